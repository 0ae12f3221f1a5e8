// client: a simulated program that uses Weir: it connects, plays errands drawn by chance, reads every byte that it is
// answered, and knows what it must be. What it cannot know alone, the oracle judges.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "simulation/oracle.hpp"
#include "simulation/request.hpp"
#include "simulation/session_model.hpp"
#include "wire/backend.hpp"

namespace weir::simulation {

class client {
public:
    using call_function = std::function<void(wire_pair)>;

    client(surroundings& in, const plan& how, oracle& judge, unsigned number, call_function call);

    void begin();
    bool is_done() const { return done_; }
    std::string describe() const;

private:
    // client.cpp: the connection
    void connect();
    void on_bytes(bytes_view data);
    void on_end();
    void leave(bool rudely);
    void lost(bool by_server);
    void again();
    void settle_lost();

    // client_errands.cpp: what it asks
    void next();
    void play(request what);
    void send_rest();
    void think();
    request errand();
    request errand_in_transaction();
    request in_some_protocol(const std::vector<deed>& all);
    void add_extended(request& to, const deed& what);
    request of_settings();
    deed read();
    deed update();
    std::string unique();

    // client_answers.cpp: what it is answered
    void on_message(char type, bytes_view body);
    void on_start_message(char type, bytes_view body);
    void on_error(bytes_view body);
    void on_row(bytes_view body);
    void on_shown(bytes_view value);
    void on_complete(bytes_view tag);
    void on_ready(bytes_view body);
    void take(answer_kind kind, const char* what);
    bool expects(answer_kind kind) const;
    bool may_fail_with(std::string_view code, bool fatal) const;
    void fail(const std::string& what);

    surroundings& in_;
    const plan& plan_;
    oracle& oracle_;
    const unsigned number_;
    const std::string name_;
    call_function call_;
    const routing::consistency level_;  // that it sets
    routing::consistency level_now_;

    wire_pair wire_;
    std::uint64_t connection_ = 0;
    bool connected_ = false;
    bool welcomed_ = false;
    bytes inbox_;
    std::deque<request> under_way_;
    std::deque<demand> demands_;      // of each
    std::size_t at_ = 0;              // in the owed answers of the first
    std::size_t rows_ = 0;
    bool was_shown_rows_ = false;     // of the request
    std::optional<std::string> failed_with_;
    bool undone_ = false;  // the COMMIT that failed with it  // in this request, up to its ready
    bool fatal_ = false;
    session_model mine_;
    state_of_data seen_;
    std::size_t left_;
    std::size_t counter_ = 0;
    bool done_ = false;
};

}  // namespace weir::simulation
