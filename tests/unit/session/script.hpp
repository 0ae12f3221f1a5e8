// script: a conversation of client, session and servers, line by line. Every line names who acts or what
// must have happened; what no line has looked at by the end is a failure. SCRIPT runs a conversation in
// several chunkings of both sides' bytes: the outcome must be the same.
#pragma once

#include <source_location>
#include <string>

#include "unit/session/fake_shell.hpp"
#include "unit/session/inspection_rows.hpp"
#include "unit/session/messages.hpp"
#include "unit/session/shown.hpp"

namespace weir::session {

using where = std::source_location;

class script {
public:
    explicit script(chunking by) : shell_(world_, by) {}

    world& around() { return world_; }
    fake_shell& shell() { return shell_; }
    session& machine() { return shell_.machine(); }
    /// Changes the rules in force, as before the session began.
    policy& rules() { return *world_.rules; }

    // ---- who acts ----
    script& logs_in(const std::vector<wire::startup_parameter>& parameters = {{"user", "ann"},
                                                                              {"database", "shop"}});
    script& identified_with(const parameter_map* welcome);
    script& client(bytes_view data) { return act([&] { shell_.client_sends(data); }); }
    script& client_leaves() { return act([&] { shell_.tell_and_read(client_closed{}); }); }
    script& grant(where w = where::current());
    /// No connection is free yet.
    script& delayed() { return act([&] { shell_.delay(false); }); }
    /// ... and none will be before an operator says so.
    script& held() { return act([&] { shell_.delay(true); }); }
    /// A pause has begun or ended: what was asked for will not come.
    script& asks_again() { return act([&] { shell_.let_ask_again(); }); }
    /// The operator ends the session.
    script& is_killed() { return act([&] { shell_.tell_and_read(terminated{}); }); }
    script& refuse(const fault& why = {"53300", "too many"}, bool unreachable = false) {
        return act([&] { shell_.refuse(why, unreachable); });
    }
    script& backend(bytes_view data, where w = where::current());
    script& backend_closes(where w = where::current());
    /// The connection that was given back last answers what Weir asked of it.
    script& old_backend(bytes_view data, where w = where::current());
    script& position(std::uint64_t at) {
        return act([&] {
            shell_.tell_and_read(position_known{shell_.asked_position.value_or(0), at_lsn(at)});
        });
    }
    /// Reads wait for what makes a replica fresh enough; expects_replica() then brings the position.
    script& may_wait() {
        rules().routing.causal_wait = milliseconds(5);
        return *this;
    }
    script& position_fails() {
        return act([&] {
            shell_.tell_and_read(position_known{shell_.asked_position.value_or(0), std::nullopt});
        });
    }
    script& replica_reaches(node_id which, std::uint64_t at);
    script& primary_goes();
    script& primary_comes();
    script& after(duration by) { return act([&] { shell_.pass_time(by); }); }
    /// The client leaves, and another logs in that is lent the same connections.
    script& another_client_comes(const std::vector<wire::startup_parameter>& parameters = {
                                     {"user", "ann"}, {"database", "shop"}});
    script& cancel() { return act([&] { shell_.tell_and_read(cancel_requested{}); }); }
    script& drain() { return act([&] { shell_.tell_and_read(drain_begun{}); }); }

    // ---- what Weir asks of a lease, and its answer (lease_steps.hpp) ----
    /// The one thing that the lease was sent is a question for these kinds and custom settings.
    script& asks_for(query::pin_cause kinds, const std::vector<std::string>& custom_names = {},
                     where w = where::current());
    /// ... for these kinds and the custom settings of `rows`, and these rows are the answer, apart from
    /// the identity, which is answered as it is by default.
    script& inspected(query::pin_cause kinds, std::vector<inspection_row> rows = {},
                      where w = where::current());
    /// ... these texts, each a Query of its own, and nothing of the client's.
    script& is_brought(const std::vector<std::string>& texts, where w = where::current());
    /// ... and all of them succeed, with these ParameterStatus messages on the way.
    script& brought_over(const std::vector<std::string>& texts, const reply& reported = {},
                         where w = where::current());
    /// A Query on the primary that answers with a tag.
    script& runs(bytes_view text, bytes_view tag, where w = where::current());

    // ---- what must have happened ----
    script& expects_lease(node_id node, where w = where::current());
    script& expects_replica(where w = where::current());
    script& expects_no_lease(where w = where::current());
    script& backend_got(bytes_view expected, where w = where::current());
    script& old_backend_got(bytes_view expected, where w = where::current());
    script& client_got(bytes_view expected, where w = where::current());
    script& client_got_nothing(where w = where::current()) { return client_got({}, w); }
    script& backend_got_nothing(where w = where::current()) { return backend_got({}, w); }
    script& keeps_lease(where w = where::current());
    script& released_clean(where w = where::current()) { return released({}, "clean", w); }
    script& released(const give_back& how, const char* word, where w = where::current());
    script& released_closed(where w = where::current()) {
        return released({.close = true}, "to be closed", w);
    }
    script& old_backend_is(fake_backend::state state, where w = where::current());
    script& asked_position(where w = where::current());
    script& asked_no_position(where w = where::current());
    script& is_in(phase p, where w = where::current());
    script& pinned_by(query::pin_cause causes, where w = where::current());
    script& closed_client(where w = where::current());
    script& cancelled_backend(where w = where::current());
    /// The last decision that was explained was for this reason.
    script& because(routing::reason why, where w = where::current());
    /// Nothing is left that no line has looked at.
    script& ends(where w = where::current());

    // ---- common exchanges ----
    /// A simple query that one node answers with one row, and the lease comes back clean.
    script& reads_on(node_id node, where w = where::current());
    script& reads_on_a_replica(where w = where::current());
    script& writes(std::uint64_t position_after, where w = where::current());
    /// Whether or not the primary's position is asked for.
    script& writes_unasked(where w = where::current());

private:
    script& read_is_answered(where w);
    template <class Act>
    script& act(Act perform) {
        perform();
        return *this;
    }
    /// The first failure alone tells something: what follows follows from it.
    void fail(const where& w, const std::string& text) {
        if (!failed_) ADD_FAILURE_AT(w.file_name(), static_cast<int>(w.line())) << text;
        failed_ = true;
    }
    template <class Actual, class Expected>
    void same(const where& w, const char* what, const Actual& actual, const Expected& expected) {
        if (!(actual == expected))
            fail(w, std::string(what) + ": " + ::testing::PrintToString(actual) + "\n  instead of: " +
                        ::testing::PrintToString(expected));
    }

    world world_;
    fake_shell shell_;
    name_table names_;
    name_table as_written_;
    bool failed_ = false;
};

/// Runs a conversation whole, byte by byte, and in odd pieces.
inline void run_in_every_chunking(void (*conversation)(script&)) {
    for (const chunking by : {chunking{0, 0}, chunking{1, 1}, chunking{1, 0}, chunking{0, 1},
                              chunking{7, 3}}) {
        SCOPED_TRACE("client bytes at once: " + std::to_string(by.client) +
                     ", backend bytes at once: " + std::to_string(by.backend) + " (0: all)");
        script s(by);
        s.logs_in();
        conversation(s);
        s.ends();
        if (::testing::Test::HasFailure()) return;
    }
}

}  // namespace weir::session

#define SCRIPT(suite, name)                                                       \
    static void suite##_##name(::weir::session::script&);                         \
    TEST(suite, name) { ::weir::session::run_in_every_chunking(suite##_##name); } \
    static void suite##_##name([[maybe_unused]] ::weir::session::script& s)

#include "unit/session/lease_steps.hpp"
#include "unit/session/script_steps.hpp"
