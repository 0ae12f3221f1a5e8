// session: one client's state, as a step machine: on(event, now, out). It collects a cycle, has it
// judged, asks for a lease, passes the cycle on and hands the replies back. It knows neither sockets nor
// clocks; every wait of a client is a state of this class. See docs/life-of-a-query.md.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "session/actions.hpp"
#include "session/dispatcher.hpp"
#include "session/environment.hpp"
#include "session/judge.hpp"
#include "session/login.hpp"
#include "session/traffic.hpp"
#include "session/transaction.hpp"

namespace weir::session {

/// Tells a replica from a primary; clients are told what the primary would say.
inline constexpr std::string_view role_parameter = "in_hot_standby";

enum class phase : std::uint8_t {
    login,         // not known yet
    identifying,   // known; the shell looks for its pools
    welcoming,     // waits for a backend whose parameters it is told
    ready,         // no cycle under way; collecting the next
    asking,        // a cycle is judged and waits for a lease
    holding,       // ... waits for a primary to be there
    running,       // a cycle is on a lease
    console,       // a console statement is being answered
    closed,
};
std::string_view to_string(phase p);

class session {
public:
    session(environment& env, bool over_limit, instant now);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void on(const client_bytes& e, instant now, actions& out);
    void on(const client_closed& e, instant now, actions& out);
    void on(const tls_established& e, instant now, actions& out);
    void on(const identified& e, instant now, actions& out);
    void on(const identity_refused& e, instant now, actions& out);
    void on(const lease_granted& e, instant now, actions& out);
    void on(const lease_refused& e, instant now, actions& out);
    void on(const backend_bytes& e, instant now, actions& out);
    void on(const backend_closed& e, instant now, actions& out);
    void on(const position_known& e, instant now, actions& out);
    void on(const cluster_changed& e, instant now, actions& out);
    void on(const time_passed& e, instant now, actions& out);
    void on(const cancel_requested& e, instant now, actions& out);
    void on(const drain_begun& e, instant now, actions& out);
    void on(console_answered&& e, instant now, actions& out);

    const identity& who() const { return who_; }
    phase now_in() const { return phase_; }
    bool has_lease() const { return link_ != nullptr; }
    node_id lease_node() const { return lease_node_; }
    query::pin_cause pins() const { return pins_; }
    bool in_transaction() const { return tx_.is() != transaction::state::none; }

private:
    // session.cpp: life and death
    void finish_event(instant now, actions& out);
    void end(actions& out);
    void end_with(const fault& why, actions& out);
    void end_if_drained(actions& out);
    bytes_view as_client_sees(std::string_view name, const std::string& value) const;
    void look_for_welcome(actions& out);
    void welcome(const parameter_map& parameters, actions& out);
    void give_lease_back(give_back how, actions& out);
    give_back what_to_clean() const;

    // session_request.cpp: client bytes -> a cycle
    void consume(bytes_view in, instant now, actions& out);
    bool accepting() const;
    void take(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    void collect(const wire::frame_piece& piece, instant now, actions& out);
    void stream(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    bool take_copy_message(const wire::frame_piece& piece, bytes_view input, actions& out);
    void lend_or_copy(bytes_view raw, bytes_view input, outbox& to);
    void take_backlog(instant now, actions& out);
    void take_console(const wire::frame_piece& piece, actions& out);

    // session_route.cpp: a cycle -> a lease
    void decide(instant now, actions& out);
    bool judge_oversized();
    void route(instant now, actions& out);
    void want_replica_or_primary(instant now, actions& out);
    void want_primary(routing::reason why, instant now, actions& out);
    void move_to_primary(routing::reason why, instant now, actions& out);
    void retry_on_primary(routing::reason why, instant now, actions& out);
    void dispatch(instant now, actions& out);
    void drop_cycle(actions& out);
    void explain() const;
    void fail_cycle(const fault& why, instant now, actions& out);
    const routing::rule* rule_for_me();
    routing::consistency level_for_me();

    // session_local.cpp: what Weir answers itself
    bool answer_locally(instant now, actions& out);
    bool answer_transaction_control(instant now, actions& out);
    bool answer_deallocate(actions& out);
    bool concerns_one_statement() const;
    bool only_closes_and_syncs() const;
    bool binds_and_runs_nothing() const;
    void reply_locally(std::string_view tag, actions& out);

    // session_reply.cpp: replies -> the client
    void on_piece(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    bool on_error_piece(const wire::frame_piece& piece, owed_verdict& verdict, actions& out);
    void on_answered(const owed_reply& done);
    void on_tag(bytes_view tag, bool by_execute);
    void forward(const wire::frame_piece& piece, bytes_view input, actions& out);
    bool forward_own_notification(const wire::frame_piece& piece, actions& out);
    void make_up_replies(actions& out);
    void stop_holding_back(actions& out);
    void finish_cycle(instant now, actions& out);
    void account(instant now, actions& out);
    void after_transaction(actions& out);
    void lose_backend(const fault& why, instant now, actions& out);

    struct extended_state {
        statement_names names;
        portals open;
    };
    extended_state& extended();

    environment& env_;
    cluster_view* view_ = nullptr;
    phase phase_ = phase::login;
    bool lease_is_replica_ = false;
    bool ended_ = false;           // the client has sent the end of the cycle
    bool streaming_ = false;       // messages go to the lease as they come
    bool forward_rest_ = false;    // of the message that is being streamed
    bool drop_until_sync_ = false;  // the cycle failed before it had a lease
    bool hold_back_ = false;       // a replica's answer is kept until its first row
    bool retry_wanted_ = false;    // set by an error of a replica
    bool copy_over_ = false;       // the client has ended its copy data
    bool fatal_told_ = false;      // the server's FATAL was passed on
    bool syntax_error_ = false;    // was the answer to a statement of this cycle: it has not run
    bool begin_failed_ = false;    // the client believes in a transaction that the server has not begun
    bool draining_ = false;
    bool opaque_text_ = false;     // encoding or quoting in which text cannot be told from quotes
    owed_act current_act_ = owed_act::forward;  // of the reply message under way
    routing::reason why_ = routing::reason::read;
    query::pin_cause pins_ = query::pin_cause::none;
    std::uint32_t held_names_ = 0;  // changes of names that were answered in what is held back
    node_id lease_node_;
    backend_link* link_ = nullptr;
    traffic* counters_ = nullptr;
    instant began_ = instant::min();
    instant deadline_ = never;
    instant hold_until_ = never;   // how long this cycle may wait for a primary
    std::uint64_t rule_generation_ = 0;
    std::optional<std::size_t> rule_;
    routing::floor floor_;
    transaction tx_;
    wire::frame_splitter splitter_;
    std::unique_ptr<login> login_;
    std::unique_ptr<extended_state> extended_;
    std::unique_ptr<cycle> cycle_;
    cycle_facts judged_;
    bytes backlog_;     // client bytes that wait for the cycle before them
    bytes held_;        // a replica's answer up to its first row
    std::optional<fault> stand_in_;
    std::uint32_t pid_ = 0;
    std::array<char, 4> secret_{};
    identity who_;
};

}  // namespace weir::session
