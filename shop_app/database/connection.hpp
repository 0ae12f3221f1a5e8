// One connection to the shop's database. Statements carry parameters apart from their text, and
// every wait has a deadline. Used by one thread at a time; knows nothing of the shop's tables.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "database/rows.hpp"

namespace shop::database {

struct address {
    std::string conninfo;  // libpq keywords or URI
    std::chrono::milliseconds connect_timeout{5000};
    std::chrono::milliseconds query_timeout{30000};
    int interrupt_descriptor = -1;  // readable: give up waiting
};

using parameters = std::vector<std::string>;  // in text form

class connection {
public:
    // Throws failure::unreachable.
    explicit connection(const address& to);

    // Runs one statement through the extended protocol, outside a transaction block as its own
    // transaction. Throws failure; after `lost` and `too_slow` the connection is of no more use.
    rows run(const char* statement, const parameters& values = {});

    // Connected, and no statement or transaction under way, as far as is known here.
    bool is_idle() const;

    // Of database/sight.hpp. False once PostgreSQL itself has been found to be there instead of Weir.
    bool knows_sights = true;
    std::string cluster;                      // as its tokens name it; "": not known yet
    std::set<std::string> foreign_clusters;  // whose tokens it has refused

    // Idle, and the server has not closed it meanwhile: asks the socket.
    bool is_fit();

private:
    using clock = std::chrono::steady_clock;

    enum class direction { reading, writing };
    void wait(direction until, clock::time_point deadline);
    void connect();
    PGresult* next_result(clock::time_point deadline);
    [[noreturn]] void give_up(const std::string& why);

    struct finish {
        void operator()(PGconn* open) const { PQfinish(open); }
    };
    address to_;
    std::unique_ptr<PGconn, finish> open_;
    bool is_given_up_ = false;
};

}  // namespace shop::database
