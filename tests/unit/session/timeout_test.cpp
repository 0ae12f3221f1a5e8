// statement_timeout counts what waits inside Weir, whether it was set or the client connected with it.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using namespace std::chrono_literals;
using query::pin_cause;

constexpr auto write = "insert into t values (1)";
constexpr auto two_seconds = "set statement_timeout = '2s'";
constexpr auto set_2000 = "SELECT pg_catalog.set_config('statement_timeout', '2000', false)";

bytes timed_out(char status = 'I') {
    return reply().error("57014", "canceling statement due to statement timeout").ready(status).str();
}

/// SET, as the server tells it: in milliseconds.
script& has_limit(script& s) {
    return s.runs(two_seconds, "SET")
        .inspected(pin_cause::settings, {setting_row("statement_timeout", "2000")})
        .released_clean()
        .position(0x100);
}

script& connects_with(script& s, const std::string& name, const std::string& value) {
    return s.another_client_comes({{"user", "ann"}, {"database", "shop"}, {name, value}});
}

SCRIPT(timeout, ends_the_wait_for_a_lease) {
    has_limit(s)
        .client(ask::query("select 1"))
        .expects_replica()
        .after(1999ms)
        .client_got_nothing()
        .expects_replica()
        .after(2ms)
        .expects_no_lease()
        .client_got(timed_out())
        .is_in(phase::ready);
}

SCRIPT(timeout, ends_the_wait_for_a_primary) {
    has_limit(s)
        .primary_goes()
        .client(ask::query(write))
        .is_in(phase::holding)
        .after(1900ms)
        .client_got_nothing()
        .after(200ms)
        .client_got(timed_out())
        .is_in(phase::ready)
        .primary_comes()
        .expects_no_lease();
}

SCRIPT(timeout, counts_from_the_first_message_over_every_wait) {
    has_limit(s)
        .primary_goes()
        .client(ask::query(write))
        .after(1500ms)
        .primary_comes()
        .expects_lease(primary_node)
        .after(400ms)
        .client_got_nothing()
        .refuse({"08006", "refused"}, true)
        .is_in(phase::holding)
        .after(200ms)
        .client_got(timed_out())
        .is_in(phase::ready);
}

SCRIPT(timeout, ends_a_preparation) {
    has_limit(s);
    s.shell().last_released->link.applied.reset();
    s.client(ask::query(write))
        .grant()
        .is_brought({set_2000})
        .after(2001ms)
        .released_closed()
        .client_got(timed_out())
        .is_in(phase::ready)
        .expects_no_lease();
}

SCRIPT(timeout, of_a_statement_that_runs_is_the_servers_matter) {
    has_limit(s)
        .client(ask::query(write))
        .grant()
        .backend_got(ask::query(write))
        .after(10s)
        .client_got_nothing()
        .backend(reply().error("57014", "canceling statement due to statement timeout").ready('I'))
        .client_got(timed_out());
    EXPECT_FALSE(s.shell().cancelled_backend);
}

SCRIPT(timeout, of_an_idle_client_there_is_none) {
    has_limit(s).after(10s).client_got_nothing().is_in(phase::ready);
    // The next statement has all of its time.
    s.client(ask::query("select 1")).after(1s).client_got_nothing().expects_replica().grant();
    s.brought_over({set_2000}).backend_got(ask::query("select 1"));
}

SCRIPT(timeout, of_a_transaction_that_was_kept_back_fails_it) {
    has_limit(s)
        .primary_goes()
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .after(10s)
        .client_got_nothing()
        .client(ask::query(write))
        .after(2001ms)
        .client_got(timed_out('E'))
        .client(ask::query("rollback"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(timeout, what_comes_behind_it_is_taken_up) {
    has_limit(s)
        .primary_goes()
        .client(ask::query(write) + ask::query("select 1"))
        .after(2001ms)
        .client_got(timed_out())
        .expects_replica();
    s.client_leaves();
}

SCRIPT(timeout, of_failover_comes_first_where_it_is_shorter) {
    s.runs("set statement_timeout = '10min'", "SET")
        .inspected(pin_cause::settings, {setting_row("statement_timeout", "600000")})
        .released_clean()
        .primary_goes()
        .client(ask::query(write))
        .after(61s)
        .client_got(reply().error("57P03", "no primary is available").ready('I'));
}

SCRIPT(timeout, of_zero_is_none) {
    connects_with(s, "statement_timeout", "1000");
    s.runs("set statement_timeout = 0", "SET")
        .inspected(pin_cause::settings, {setting_row("statement_timeout", "0")})
        .released_clean()
        .primary_goes()
        .client(ask::query(write))
        .after(30s)
        .client_got_nothing()
        .is_in(phase::holding);
}

SCRIPT(timeout, that_a_client_connects_with_counts) {
    struct {
        const char* name;
        const char* value;
        std::chrono::milliseconds limit;
    } const all[] = {
        {"statement_timeout", "1500", 1500ms},
        {"statement_timeout", "2s", 2s},
        {"statement_timeout", "1 min", 60s - 1s},
        {"statement_timeout", "1.5s", 1500ms},
        {"statement_timeout", "5000000us", 5s},
        {"options", "-c statement_timeout=3s", 3s},
        {"options", "-c work_mem=1MB -c statement_timeout=3000 -c geqo=off", 3s},
        {"options", "--statement_timeout=4s", 4s},
        {"options", "-c statement_timeout=1s -c statement_timeout=3s", 3s},
    };
    for (const auto& one : all) {
        connects_with(s, one.name, one.value).primary_goes().client(ask::query(write));
        const auto nearly = one.limit - 100ms;
        s.after(nearly).client_got_nothing();
        EXPECT_EQ(s.machine().now_in(), phase::holding) << one.value;
        if (one.limit > 50s) s.after(1s);
        s.after(101ms);
        EXPECT_EQ(shown_to_client(s.shell().client_got), shown_to_client(timed_out())) << one.value;
        s.client_got(timed_out()).primary_comes();
    }
}

SCRIPT(timeout, that_makes_no_sense_is_none) {
    for (const auto value : {"", "abc", "-5", "0"}) {
        connects_with(s, "statement_timeout", value)
            .primary_goes()
            .client(ask::query(write))
            .after(30s)
            .client_got_nothing()
            .is_in(phase::holding)
            .primary_comes();
        s.client_leaves();
    }
}

SCRIPT(timeout, that_was_set_goes_before_what_the_client_connected_with) {
    connects_with(s, "statement_timeout", "1000");
    has_limit(s)
        .primary_goes()
        .client(ask::query(write))
        .after(1500ms)
        .client_got_nothing()
        .after(501ms)
        .client_got(timed_out());
    // Reset, it is again what the client connected with.
    s.client(ask::query("reset all")).client_got(reply().command_complete("RESET").ready('I'));
    s.client(ask::query(write)).after(1001ms).client_got(timed_out());
}

}  // namespace
}  // namespace weir::session
