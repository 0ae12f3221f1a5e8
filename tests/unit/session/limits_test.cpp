// client_idle_timeout_ms, idle_in_transaction_timeout_ms and query_timeout_ms.
#include "unit/session/door.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using namespace std::chrono_literals;

bytes idle_session() {
    return reply().error("57P05", "terminating connection due to idle-session timeout", "FATAL").str();
}

bytes idle_in_transaction() {
    return reply().error("25P03", "terminating connection due to idle-in-transaction timeout", "FATAL").str();
}

constexpr auto write = "insert into t values (1)";

/// Up to where the server works.
script& runs_on_the_primary(script& s) {
    return s.client(ask::query(write)).expects_lease(primary_node).grant().backend_got(ask::query(write));
}

SCRIPT(limits, an_idle_client_is_ended) {
    s.rules().limits.client_idle = 10s;
    s.reads_on_a_replica().after(9s).client_got_nothing().after(1s).client_got(idle_session()).closed_client();
}

SCRIPT(limits, the_time_begins_with_each_answer) {
    s.rules().limits.client_idle = 10s;
    for (int i = 0; i < 4; ++i) s.reads_on_a_replica().after(6s).client_got_nothing();
    // What Weir answers itself is an answer, too.
    s.client(ask::query("")).client_got(reply().empty_query().ready('I')).after(9s).client_got_nothing();
    s.after(1s).client_got(idle_session()).closed_client();
}

SCRIPT(limits, news_of_the_cluster_are_no_sign_of_life) {
    s.rules().limits.client_idle = 10s;
    s.reads_on_a_replica().after(9s).primary_goes().primary_comes().after(1s).client_got(idle_session()).closed_client();
}

SCRIPT(limits, a_client_that_waits_for_its_answer_is_not_idle) {
    s.rules().limits.client_idle = 10s;
    runs_on_the_primary(s)
        .after(1min)
        .client_got_nothing()
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean()
        .after(9s)
        .client_got_nothing();
}

SCRIPT(limits, a_transaction_has_a_limit_of_its_own) {
    s.rules().limits.client_idle = 10s;
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .after(1min)
        .client_got_nothing();
    s.rules().limits.idle_in_transaction = 5s;
    s.client(ask::query(write))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query(write))
        .backend(reply().done("BEGIN").command_complete("INSERT 0 1").ready('T'))
        .client_got(reply().command_complete("INSERT 0 1").ready('T'))
        .after(4s)
        .client_got_nothing()
        .after(1s)
        .client_got(idle_in_transaction())
        .closed_client();
    EXPECT_NE(s.shell().last_released, nullptr);
    EXPECT_TRUE(s.shell().last_released->how->roll_back);
    s.shell().last_released->got.clear();
}

SCRIPT(limits, a_kept_back_begin_is_a_transaction) {
    s.rules().limits.idle_in_transaction = 5s;
    s.after(1h).client_got_nothing();
    s.client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .after(5s)
        .client_got(idle_in_transaction())
        .closed_client();
}

SCRIPT(limits, what_runs_too_long_is_cancelled) {
    s.rules().limits.query = 2s;
    runs_on_the_primary(s).after(1s);
    EXPECT_FALSE(s.shell().cancelled_backend);
    s.after(1s).cancelled_backend();
    s.after(250ms).cancelled_backend();  // the first may have come before the statement
    s.backend(reply().error("57014", "canceling statement due to user request").ready('I'))
        .client_got(reply().error("57014", "canceling statement due to query timeout").ready('I'))
        .released_clean()
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(limits, what_waits_does_not_run) {
    s.rules().limits.query = 2s;
    s.client(ask::query(write)).expects_lease(primary_node).after(1min).client_got_nothing();
    s.grant().backend_got(ask::query(write)).after(1s);
    EXPECT_FALSE(s.shell().cancelled_backend);
    s.backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(limits, a_cancel_of_the_clients_own_is_told_as_such) {
    s.rules().limits.query = 2s;
    runs_on_the_primary(s)
        .cancel()
        .cancelled_backend()
        .backend(reply().error("57014", "canceling statement due to user request").ready('I'))
        .client_got(reply().error("57014", "canceling statement due to user request").ready('I'))
        .released_clean();
}

SCRIPT(limits, another_limit_counts_after_a_reload) {
    s.reads_on_a_replica().after(1h);
    s.rules().limits.client_idle = 10s;
    s.shell().tell_and_read(time_passed{});
    s.after(0s).client_got(idle_session()).closed_client();
}

DOOR(limits, the_console_has_none) {
    d.rules().admin_users = {"root"};
    d.rules().limits.client_idle = 1s;
    d.sends(ask::startup({{"user", "root"}, {"database", "weir"}}));
    static const parameter_map told{{"server_version", "15.20"}};
    d.shell().tell_and_read(identified{&told, 5000000, "secr", nullptr, nullptr});
    d.shell().pass_time(1h);
    EXPECT_FALSE(d.shell().closed);
    d.shell().client_got.clear();
}

}  // namespace
}  // namespace weir::session
