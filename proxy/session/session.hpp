// session: one client's state, as a step machine: on(event, now, out). It collects a cycle, has it
// judged, asks for a lease, passes the cycle on and hands the replies back. It knows neither sockets nor
// clocks; every wait of a client is a state of this class. See docs/life-of-a-query.md.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/rare.hpp"
#include "session/actions.hpp"
#include "session/commit_mark.hpp"
#include "session/console_talk.hpp"
#include "session/dispatcher.hpp"
#include "session/environment.hpp"
#include "session/inspection.hpp"
#include "session/judge.hpp"
#include "session/lease_state.hpp"
#include "session/login.hpp"
#include "session/own_statement.hpp"
#include "session/phase.hpp"
#include "session/pin_log.hpp"
#include "session/traffic.hpp"
#include "session/transaction.hpp"

namespace weir::session {

inline constexpr auto sequence_hint =
    "Ask in the transaction that drew from the sequence, use RETURNING, or set sequences = \"keep\" in "
    "the [pool] section of Weir's configuration.";

/// What Weir answers in a server's place. An empty tag: to an empty query.
struct local_reply {
    std::string tag = {};
    std::vector<bytes> columns = {};  // none: no rows
    std::vector<std::vector<std::optional<bytes>>> rows = {};
};

/// Because of which limit Weir has the server cancel what runs.
enum class run_limit : std::uint8_t { none, rule, query };

class session {
public:
    session(environment& env, arrival from, instant now);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    void on(const client_bytes& e, instant now, actions& out);
    void on(const client_closed& e, instant now, actions& out);
    void on(const tls_established& e, instant now, actions& out);
    void on(const host_name_known& e, instant now, actions& out);
    void on(secret_known&& e, instant now, actions& out);
    void on(const identified& e, instant now, actions& out);
    void on(const identity_refused& e, instant now, actions& out);
    void on(const lease_granted& e, instant now, actions& out);
    void on(const lease_delayed& e, instant now, actions& out);
    void on(const lease_refused& e, instant now, actions& out);
    void on(const ask_again& e, instant now, actions& out);
    void on(const backend_bytes& e, instant now, actions& out);
    void on(const backend_closed& e, instant now, actions& out);
    void on(const position_known& e, instant now, actions& out);
    void on(const cluster_changed& e, instant now, actions& out);
    void on(const time_passed& e, instant now, actions& out);
    void on(const cancel_requested& e, instant now, actions& out);
    void on(const drain_begun& e, instant now, actions& out);
    void on(const terminated& e, instant now, actions& out);
    void on(console_answered&& e, instant now, actions& out);

    const identity& who() const { return *who_; }
    /// As whom it wants to log in; only while it does.
    const identity& claimed() const { return login_->claimed(); }
    phase now_in() const { return phase_; }
    bool has_lease() const { return link_ != nullptr; }
    node_id lease_node() const { return lease_node_; }
    query::pin_cause pins() const { return state_.pins(); }
    /// Each of pins() that is known since when; null: none is.
    const pin_log* pinned() const { return pin_log_.get(); }
    /// A lease whose connection has these settings already costs no round trip.
    std::uint64_t wanted_settings() const { return digest_of(settings_); }
    /// EXPLAIN ROUTE for somebody who is not connected: as its first statement. The session is of no other use then.
    local_reply explain_as(identity_ptr who, const identified& where, const std::string& text, instant now);

    /// Bytes of the client's, and for it, that are kept until it is their turn.
    std::size_t buffered() const {
        return splitter_.kept_bytes() + backlog_.size() + held_.size() + early_copy_.size() +
               (cycle_ ? cycle_->size_bytes() : 0);
    }
    bool in_transaction() const { return tx_.is() != transaction::state::none; }

private:
    // session.cpp: life and death
    void finish_event(instant now, actions& out);
    void log_in(bytes_view in, instant now, actions& out);
    void end(actions& out);
    void end_with(const fault& why, actions& out);
    void end_if_drained(actions& out);
    void look_for_welcome(actions& out);
    void welcome(const parameter_map& parameters, actions& out);
    void give_lease_back(give_back how, actions& out);
    give_back what_to_clean() const;

    // session_limits.cpp: how long things may take
    bool is_amid() const;
    instant idle_deadline() const;
    void end_for_idleness(instant now, actions& out);
    instant statement_deadline() const;
    void on_statement_timeout(instant now, actions& out);
    instant run_deadline(instant now);
    void on_run_timeout(instant now, actions& out);
    fault why_cancelled() const;

    // session_lease.cpp: a lease is taken up, and given back
    void take_up_lease(instant now, actions& out);
    void ask_lease(bytes_view text, owed_act act, actions& out);
    void on_prepared(instant now, actions& out);
    void rest(instant now, actions& out);
    void on_inspected(instant now, actions& out);
    void let_go(actions& out);
    void note_leavings();
    void note_pinning(query::pin_cause touched);
    void log_pins();

    // session_shapes.cpp: rows are what the client was told
    bool describe_first(actions& out);
    void mark_changed_shapes();
    void note_shape(const owed_reply& done, const wire::frame_piece& piece);

    bool lease_is_free() const;
    void set_home_aside(actions& out);
    void go_home(actions& out);
    void give_home_back(actions& out);
    void back_to_start();

    // session_parameters.cpp: what the client is told by ParameterStatus
    void begin_parameters(const parameter_map& reported, bytes& to);
    void tell_parameters(bytes& to);
    void tell_start_parameters(bytes& to);
    void forget_reset();
    void remember_told(parameter_map told);

    // session_request.cpp: client bytes -> a cycle
    void consume(bytes_view in, instant now, actions& out);
    bool accepting() const;
    void take(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    void collect(const wire::frame_piece& piece, instant now, actions& out);
    void stream(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    void lend_or_copy(bytes_view raw, bytes_view input, outbox& to);
    void take_backlog(instant now, actions& out);

    // session_console.cpp: Weir's own database
    void take_console(const wire::frame_piece& piece, actions& out);
    void ask_console(bool by_sync, actions& out);

    // session_copy.cpp: the client's half of COPY FROM STDIN
    bool begin_early_copy(const wire::frame_piece& piece, instant now, actions& out);
    void send_early_copy(actions& out);
    bool take_copy_message(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    void end_copy_message(actions& out);
    bool waits_for_copy_rest() const;

    // session_route.cpp: a cycle -> a lease
    void decide(instant now, actions& out);
    bool judge_oversized();
    void route(instant now, actions& out);
    void go_on(instant now, actions& out);
    void want_primary(routing::reason why, instant now, actions& out);
    void move_to_primary(routing::reason why, instant now, actions& out);
    void retry_elsewhere(instant now, actions& out);
    void retry_on_primary(routing::reason why, instant now, actions& out);
    void dispatch(instant now, actions& out);
    void drop_cycle(actions& out);
    void explain() const;
    void fail_cycle(const fault& why, instant now, actions& out);
    bool refuse_recall(instant now, actions& out);

    // session_rules.cpp: the DBA's rules
    const routing::session_rules& rules_for_me();
    void settle_overrides();
    bool in_session_mode() const;
    const routing::rule* rule_in_force() const;
    routing::consistency level_under(const routing::rule* by) const;
    routing::request_traits request() const;
    routing::question question_under(const routing::rule* by) const;
    void meet_rules(instant now);
    void weigh_shadow(std::size_t index, instant now);
    void log_rule() const;
    bool refuse_by_rule(instant now, actions& out);
    void refuse_cycle(const fault& why, instant now, actions& out);

    // session_own.cpp: EXPLAIN ROUTE, and SHOW and SET of what is Weir's
    result<void> take_start_values();
    std::string_view only_text() const;
    bool answer_own_statement(instant now, actions& out);
    result<local_reply> reply_to(const own_statement& what, instant now);
    std::string shown(own_setting what) const;
    local_reply explain_route(const std::string& text, instant now);
    bool ask_for_token(instant now, actions& out);
    void answer_token(instant now, actions& out);
    bool take_hint_token(instant now, actions& out);
    bool is_of_another_cluster(const cluster::position& token) const;

    // session_local.cpp: what Weir answers itself
    bool answer_locally(instant now, actions& out);
    bool answer_transaction_control(instant now, actions& out);
    bool answer_deallocate(actions& out);
    bool answer_reset(actions& out);
    bool concerns_one_statement() const;
    bool only_closes_and_syncs() const;
    bool binds_and_runs_nothing() const;
    bool parses_what_is_proved(instant now) const;
    void note_proved_parses(instant now);
    std::uint64_t parse_key(const statement& what) const;
    void reply_locally(std::string_view tag, actions& out) { reply_locally(local_reply{std::string(tag)}, out); }
    void reply_locally(const local_reply& what, actions& out);

    // session_freshness.cpp: a replica that is fresh enough
    void want_replica_or_primary(instant now, actions& out);
    void wait_no_longer(instant now, actions& out);
    void want_at_last(const routing::choice& chosen, instant now, actions& out);
    routing::reason objection_to_lease();
    bool is_of_probed_incarnation() const;
    bool is_to_be_audited();
    void read_audit(const wire::frame_piece& piece);

    // session_catalog.cpp: what names stand for
    query::name_view names_now();
    void begin_catalog_change();
    bool starts_elsewhere() const;

    // session_begin.cpp: transactions that have not begun
    routing::transaction_kind transaction_kind() const;
    transaction_modes default_modes() const;
    bool begins_with_snapshot();
    void send_kept_back_begin(dispatcher& to);

    // session_learning.cpp: what replicas refuse
    bool was_refused_before() const;
    void note_state_of_node(const wire::frame_piece& piece, actions& out) const;
    void learn_refusal(const wire::backend::error_fields& error);
    std::uint64_t resolution_of_names() const;
    std::string_view text_of(const client_message& m) const;

    // session_reply.cpp: replies -> the client
    void on_piece(const wire::frame_piece& piece, bytes_view input, instant now, actions& out);
    bool on_error_piece(const wire::frame_piece& piece, owed_verdict& verdict, actions& out);
    void on_answered(const owed_reply& done);
    void append_with_own_names(const wire::frame_piece& piece, bytes& to) const;
    std::string name_of(const client_message& m) const;
    void read_inspection(const wire::frame_piece& piece, instant now, actions& out);
    void tell_ready(const wire::frame_piece& piece, bytes_view input, actions& out);
    void forward(const wire::frame_piece& piece, bytes_view input, actions& out);
    bool forward_own_notification(const wire::frame_piece& piece, actions& out);
    void make_up_replies(actions& out);
    void stop_holding_back(actions& out);
    void finish_cycle(instant now, actions& out);
    void account(instant now, actions& out);
    routing::digest_entry* answered_statement();
    void note_rows(bytes_view tag, bool by_execute);
    void note_slowness(instant now) const;
    void note_hold(instant now);
    void tell_statements(std::string& line) const;
    void after_transaction(actions& out);

    // session_loss.cpp: a node is lost
    void lose_backend(const fault& why, instant now, actions& out);
    bool has_part_of_message() const;
    bool survives_lease() const;
    bool may_have_committed() const;
    fault why_lost(std::string_view what_happened) const;
    bool goes_on_elsewhere() const;
    void go_on_elsewhere(instant now, actions& out);
    bool may_run_again() const;
    bool has_successor(node_id node) const;
    bool has_lost_lease() const;
    void leave_lost_nodes(instant now, actions& out);
    void ask_another_node(instant now, actions& out);

    // session_outcome.cpp: a COMMIT whose answer is lost
    bool wants_outcome() const;
    bool marks_commit() const;
    void mark_commit(actions& out);
    void on_marked(instant now, actions& out);
    bool can_settle() const;
    bool is_settling() const { return commit_ && commit_->now == commit_mark::stage::settling; }
    void settle_commit(instant now, actions& out);
    void ask_of_commit(const std::string& text, actions& out);
    void on_outcome(instant now, actions& out);
    void tell_outcome(commit_outcome found, instant now, actions& out);

    // session_tags.cpp: what the server says was done
    void on_tag(bytes_view tag, bool by_execute);
    void on_query_tag(bytes_view tag);
    void on_named_done(const query::named_statement& what, bytes_view tag);
    void forget_plans();

    extended_state& extended();

    environment& env_;
    cluster_view* view_ = nullptr;
    const std::optional<std::string>* start_path_ = nullptr;
    std::shared_ptr<query::catalog_view> catalog_;        // null: none is kept
    std::shared_ptr<const query::name_scope> scope_;      // what names stood for last
    std::unique_ptr<query::catalog_change> catalog_change_;  // a transaction that redefines something is open
    phase phase_ = phase::login;
    bool lease_is_replica_ = false;
    bool ended_ = false;           // the client has sent the end of the cycle
    bool streaming_ = false;       // messages go to the lease as they come
    bool forward_rest_ = false;    // of the message that is being streamed
    bool drop_until_sync_ = false;  // the cycle failed before it had a lease
    bool hold_back_ = false;       // a replica's answer is kept until its first row
    bool retry_wanted_ = false;    // set by an error of a replica
    bool settle_wanted_ = false;   // the server has gone down over a COMMIT
    bool replica_gone_ = false;    // between two reads of a transaction: it goes on elsewhere
    bool snapshots_by_default_ = false;  // connections begin at REPEATABLE READ or above, as last seen
    bool early_copy_ends_ = false;  // what waits is its end already
    bool copy_over_ = false;       // the client has ended its copy data
    bool fatal_told_ = false;      // the server's FATAL was passed on
    bool error_told_ = false;      // an error was an answer to this cycle
    bool syntax_error_ = false;    // was the answer to a statement of this cycle: it has not run
    bool end_told_ = false;        // of the transaction, ahead of the Sync: the client knows that it is over
    bool begin_failed_ = false;    // the client believes in a transaction that the server has not begun
    bool draining_ = false;
    bool ask_is_held_ = false;     // an operator has paused what was asked for: it is asked for again in time
    bool opaque_text_ = false;     // encoding or quoting in which text cannot be told from quotes
    owed_act current_act_ = owed_act::forward;  // of the reply message under way
    routing::reason why_ = routing::reason::read;
    bool describing_ = false;      // ... the server has been asked
    bool wants_token_ = false;     // ... and waits until it is known
    bool auditing_ = false;        // a replica has been asked for its position
    bool described_ = false;       // what this cycle runs, as far as that was needed
    bool fresh_lease_ = false;     // taken for this cycle: nothing of the client's ran on it before
    bool sequences_known_ = false;  // whatever currval and lastval answer on the lease is the session's
    bool untouched_ = false;       // the lease was taken for this cycle, and nothing has been answered
    bool retry_same_ = false;      // the server had given the connection up before it was used
    bool redefined_ = false;       // a table, view or function, in this transaction
    bool back_at_start_ = false;   // RESET ALL or DISCARD ALL without a lease: to be told
    bool name_reset_ = false;     // of the application, by RESET or DISCARD ALL since the lease was taken
    std::uint16_t tags_ = 0;       // command tags of the Query so far
    std::uint32_t executed_ = 0;   // of the cycle's Executes, by their tags
    lease_state state_;
    std::unique_ptr<pin_log> pin_log_;  // while something may be left behind
    settings_ptr settings_;        // what the session has set, as last found
    std::shared_ptr<const parameter_map> told_;           // by ParameterStatus
    std::shared_ptr<const parameter_map> told_at_start_;
    std::unique_ptr<inspection> inspection_;
    rare<fault> prepare_failed_;
    milliseconds own_timeout_{0};  // statement_timeout that the client connected with
    std::uint32_t held_names_ = 0;  // changes of names that were answered in what is held back
    node_id lease_node_;
    backend_link* link_ = nullptr;
    backend_link* home_ = nullptr;  // session mode: the primary's, while a replica is read from
    node_id home_node_;
    traffic* counters_ = nullptr;
    instant began_ = instant::min();
    instant sent_ = instant::min();  // to the node
    instant deadline_ = never;
    instant idle_since_ = never;   // in phase::ready: since the client was answered, or has sent something
    instant hold_until_ = never;   // how long this cycle may wait for a primary
    instant wait_until_ = never;   // ... for a replica; never: it has not asked for one
    std::uint64_t rule_generation_ = 0;
    std::uint64_t overrides_generation_ = 0;
    routing::overrides overrides_;  // for this user and this database
    std::optional<std::size_t> rule_;  // that the cycle under way has met
    routing::session_rules my_rules_;
    settings_ptr rules_settled_for_;
    milliseconds rule_timeout_{0};     // of the cycle under way; 0: none
    instant query_until_ = never;      // by query_timeout_ms
    run_limit cancelled_for_ = run_limit::none;
    own_values start_;             // as the client connected
    own_values own_;
    own_values local_;             // until the end of the transaction
    node_id ran_on_;                   // the last cycle that a node has answered
    routing::reason ran_why_ = routing::reason::read;
    std::string_view address_;
    routing::floor floor_;
    transaction tx_;
    wire::frame_splitter splitter_;
    std::unique_ptr<login> login_;
    std::unique_ptr<extended_state> extended_;
    std::unique_ptr<cycle> cycle_;
    std::unique_ptr<console_talk> console_;
    std::unique_ptr<commit_mark> commit_;  // of the COMMIT under way, where its outcome is wanted
    cycle_facts judged_;
    bytes backlog_;     // client bytes that wait for the cycle before them
    std::uint32_t copy_left_ = 0;  // bytes of the copy message that the client is in the middle of
    bytes early_copy_;  // copy data that came before the server said that it wants some
    bytes held_;        // a replica's answer up to its first row
    rare<fault> stand_in_;
    std::uint32_t pid_ = 0;
    bytes_view secret_;
    identity_ptr who_ = nobody();
};

}  // namespace weir::session
