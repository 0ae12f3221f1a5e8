// A lease that has to be brought to the session's settings first: what can go wrong there fails closed.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;
using routing::reason;

constexpr auto path_a = "SELECT pg_catalog.set_config('search_path', 'a', false)";
constexpr auto write = "insert into t values (1)";

/// A session that has set something, for whose next statement the primary's connection is another.
script& has_path(script& s) {
    s.runs("set search_path = a", "SET")
        .inspected(pin_cause::settings, {setting_row("search_path", "a")})
        .released_clean()
        .position(0x100);
    s.shell().last_released->link.applied.reset();
    return s;
}

script& is_answered(script& s, bytes_view text = write) {
    return s.backend_got(ask::query(text))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(preparation, refused_by_a_replica_it_is_tried_at_the_primary) {
    has_path(s)
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .is_brought({path_a})
        .backend(reply().error("0A000", "cannot be serializable here").ready('I'))
        .client_got_nothing()
        .released_closed()
        .expects_lease(primary_node)
        .grant()
        .brought_over({path_a})
        .because(reason::replica_refused)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(preparation, refused_by_the_primary_it_is_the_servers_error) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .backend(reply().error("42501", "permission denied").ready('I'))
        .released_closed()
        .client_got(reply().error("42501", "permission denied").ready('I'))
        .is_in(phase::ready)
        .expects_no_lease();
    // The next statement tries again.
    s.client(ask::query(write)).grant().brought_over({path_a});
    is_answered(s);
}

SCRIPT(preparation, its_error_says_what_can_be_done) {
    has_path(s).client(ask::query(write)).grant().is_brought({path_a});
    s.backend(reply().error("42501", "permission denied").ready('I'));
    const bytes got = std::exchange(s.shell().client_got, {});
    EXPECT_NE(got.find("settings"), bytes::npos);
    EXPECT_NE(got.find("DISCARD ALL"), bytes::npos);
}

SCRIPT(preparation, the_first_of_several_errors_is_told) {
    s.runs("set client_encoding = latin1; set search_path = a", "SET");
    s.inspected(pin_cause::settings,
                {setting_row("client_encoding", "LATIN1"), setting_row("search_path", "a")})
        .released_clean();
    s.shell().last_released->link.applied.reset();
    s.client(ask::query(write))
        .grant()
        .is_brought({"SELECT pg_catalog.set_config('client_encoding', 'LATIN1', false)", path_a})
        .backend(reply().error("22023", "no such encoding").ready('I'))
        .client_got_nothing()
        .backend(reply().error("22021", "invalid byte sequence").ready('I'))
        .client_got(reply().error("22023", "no such encoding").ready('I'))
        .released_closed();
}

SCRIPT(preparation, in_a_transaction_that_was_kept_back_it_fails_the_transaction) {
    has_path(s)
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .backend(reply().error("42501", "permission denied").ready('I'))
        .client_got(reply().error("42501", "permission denied").ready('E'))
        .released_closed()
        .client(ask::query(write))
        .client_got(reply()
                        .error("25P02",
                               "current transaction is aborted, commands ignored until end of "
                               "transaction block")
                        .ready('E'))
        .client(ask::query("rollback"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(preparation, what_comes_meanwhile_waits) {
    has_path(s)
        .client(ask::query(write) + ask::query("delete from t"))
        .grant()
        .is_brought({path_a})
        .client(ask::query("delete from u"))
        .backend_got_nothing()
        .backend(reply().one_row());
    is_answered(s);
    // The connection has it now.
    is_answered(s.grant(), "delete from t");
    is_answered(s.grant(), "delete from u");
}

SCRIPT(preparation, a_connection_lost_there_is_asked_for_again) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .backend_closes()
        .client_got_nothing()
        .released_closed()
        .expects_lease(primary_node)
        .grant()
        .brought_over({path_a});
    is_answered(s);
    EXPECT_EQ(s.shell().probed.size(), 1u);
}

SCRIPT(preparation, a_replica_lost_there_is_not_needed) {
    has_path(s)
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .is_brought({path_a})
        .backend_closes()
        .client_got_nothing()
        .released_closed()
        .expects_lease(primary_node)
        .grant()
        .brought_over({path_a})
        .because(reason::replica_lost)
        .backend_got(ask::query("select 1"));
}

SCRIPT(preparation, a_last_word_of_the_server_is_not_held_against_the_next_connection) {
    has_path(s)
        .client(ask::query("set search_path = b"))
        .grant()
        .is_brought({path_a})
        .backend(reply().error("57P01", "terminating", "FATAL"))
        .backend_closes()
        .client_got_nothing()
        .released_closed()
        .expects_lease(primary_node);
    // The next has all that is wanted.
    s.shell().idle_connection(primary_node).link.applied = s.around().settings.intern(
        std::make_shared<const settings>(std::vector<setting>(1, {"search_path", "a"})));
    s.grant()
        .backend_got(ask::query("set search_path = b"))
        .backend(reply().command_complete("SET").ready('I'))
        .client_got(reply().command_complete("SET").ready('I'))
        .inspected(pin_cause::settings, {setting_row("search_path", "b")})
        .released_clean();
}

SCRIPT(preparation, cancelled_there_nothing_of_the_clients_has_run) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .cancel()
        .released_closed()
        .client_got(reply().error("57014", "canceling statement due to user request").ready('I'))
        .is_in(phase::ready)
        .expects_no_lease();
    s.client(ask::query(write)).grant().brought_over({path_a});
    is_answered(s);
}

SCRIPT(preparation, a_client_that_leaves_there_closes_the_connection) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .client_leaves()
        .released_closed()
        .closed_client();
}

SCRIPT(preparation, notices_there_are_not_the_clients) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .backend(reply().notice("01000", "careful").one_row());
    is_answered(s);
}

SCRIPT(preparation, drain_waits_for_what_comes_behind_it) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .drain()
        .client_got_nothing()
        .backend(reply().one_row())
        .backend_got(ask::query(write))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply()
                        .command_complete("INSERT 0 1")
                        .ready('I')
                        .error("57P01", "terminating connection because Weir is shutting down", "FATAL"))
        .closed_client();
}

SCRIPT(preparation, a_server_out_of_step_there_is_not_lent_again) {
    has_path(s)
        .client(ask::query(write))
        .grant()
        .is_brought({path_a})
        .backend(reply().bind_complete())
        .released_closed()
        .client_got_nothing()
        .expects_lease(primary_node)
        .grant()
        .brought_over({path_a});
    is_answered(s);
}

}  // namespace
}  // namespace weir::session
