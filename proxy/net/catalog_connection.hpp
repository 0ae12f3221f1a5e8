// catalog_connection: one libpq connection for reading a catalog, on a thread that may wait: every wait
// has a deadline and ends when the process does. Knows no SQL of its own.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/instant.hpp"
#include "net/conninfo.hpp"

namespace weir::net {

class catalog_connection {
public:
    /// stopping: ends all waits once it is set; outlives this.
    explicit catalog_connection(const std::atomic<bool>& stopping) : stopping_(stopping) {}

    bool is_open() const { return connection_ != nullptr; }
    void close() { connection_.reset(); }
    int server_version() const { return PQserverVersion(connection_.get()); }

    /// To that database of the node, whatever the node's own connection string says.
    result<void> open(const config::node_settings& node, probe_login login);
    /// The first field of the first row, empty where there is none. After a fault it is closed.
    result<std::string> ask(const std::string& sql, milliseconds within);
    /// COPY ... TO STDOUT, line by line; take() tells what is wrong with one, if anything.
    using line_function = std::function<std::string(std::string_view)>;
    result<void> copy(const std::string& sql, milliseconds within, const line_function& take);

private:
    struct finish {
        void operator()(PGconn* c) const { PQfinish(c); }
    };

    result<void> send(const std::string& sql);
    bool wait();
    fault broken(const std::string& what = {});

    const std::atomic<bool>& stopping_;
    std::unique_ptr<PGconn, finish> connection_;
    instant deadline_ = never;
};

}  // namespace weir::net
