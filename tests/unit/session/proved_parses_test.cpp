// A Parse that would wait for a connection is answered where a server has taken the same a short while ago:
// who sends it may be who would free the connection (several sessions driven one after the other).
#include <gtest/gtest.h>

#include "session/proved_parses.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

const bytes parse_write = ask::parse("s1", "update t set a = 1") + ask::sync();

/// The server takes it once, and the client gives its name back.
script& proved(script& s) {
    return s.client(parse_write)
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::parse("$1", "update t set a = 1") + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'))
        .released_clean()
        .client(ask::close("s1") + ask::sync())
        .client_got(reply().close_complete().ready('I'));
}

SCRIPT(proved_parses, a_parse_that_would_wait_is_answered) {
    proved(s)
        .client(parse_write)
        .expects_lease(primary_node)
        .delayed()
        .expects_no_lease()
        .client_got(reply().parse_complete().ready('I'))
        .client(ask::bind("", "s1") + ask::execute() + ask::sync())
        .expects_lease(primary_node)
        .delayed()
        .client_got_nothing()
        .grant()
        .backend_got(ask::parse("$2", "update t set a = 1") + ask::bind("", "$2") + ask::execute() + ask::sync())
        .backend(reply().parse_complete().bind_complete().command_complete("UPDATE 1").ready('I'))
        .client_got(reply().bind_complete().command_complete("UPDATE 1").ready('I'))
        .released_clean()
        .asked_position();
}

SCRIPT(proved_parses, in_a_transaction_that_has_not_begun_at_the_server_as_well) {
    proved(s)
        .client(ask::query("begin"))
        .client_got(reply().command_complete("BEGIN").ready('T'))
        .client(parse_write)
        .expects_lease(primary_node)
        .delayed()
        .expects_no_lease()
        .client_got(reply().parse_complete().ready('T'));
}

SCRIPT(proved_parses, one_that_no_server_has_taken_waits) {
    s.client(parse_write).expects_lease(primary_node).delayed().expects_lease(primary_node).client_got_nothing().client_leaves();
}

SCRIPT(proved_parses, one_that_runs_something_waits) {
    proved(s)
        .client(ask::parse("s1", "update t set a = 1") + ask::bind("", "s1") + ask::execute() + ask::sync())
        .expects_lease(primary_node)
        .delayed()
        .expects_lease(primary_node)
        .client_got_nothing()
        .client_leaves();
}

SCRIPT(proved_parses, a_description_is_the_servers_to_give) {
    proved(s)
        .client(ask::parse("s1", "update t set a = 1") + ask::describe("s1") + ask::sync())
        .expects_lease(primary_node)
        .delayed()
        .expects_lease(primary_node)
        .client_got_nothing()
        .client_leaves();
}

SCRIPT(proved_parses, it_counts_for_a_minute) {
    proved(s)
        .after(proved_parses::lasting)
        .client(parse_write)
        .expects_lease(primary_node)
        .delayed()
        .expects_lease(primary_node)
        .client_got_nothing()
        .client_leaves();
}

SCRIPT(proved_parses, one_that_failed_proves_nothing) {
    s.client(parse_write)
        .grant()
        .backend_got(ask::parse("$1", "update t set a = 1") + ask::sync())
        .backend(reply().error("42P01", "no t").ready('I'))
        .client_got(reply().error("42P01", "no t").ready('I'))
        .released_clean()
        .client(parse_write)
        .expects_lease(primary_node)
        .delayed()
        .expects_lease(primary_node)
        .client_got_nothing()
        .client_leaves();
}

TEST(proved_parses, hold_what_was_noted_for_a_while) {
    proved_parses known;
    const instant now{std::chrono::hours(1)};
    EXPECT_FALSE(known.hold(1, now));
    known.note(1, now);
    EXPECT_TRUE(known.hold(1, now));
    EXPECT_TRUE(known.hold(1, now + proved_parses::lasting - milliseconds(1)));
    EXPECT_FALSE(known.hold(1, now + proved_parses::lasting));
    EXPECT_FALSE(known.hold(2, now));
}

}  // namespace
}  // namespace weir::session
