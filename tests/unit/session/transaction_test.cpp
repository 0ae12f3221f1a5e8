// Transactions: the BEGIN that is kept back, where they run, and how they end.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

bytes begun() { return reply().command_complete("BEGIN").ready('T').str(); }
bytes committed() { return reply().command_complete("COMMIT").ready('I').str(); }

SCRIPT(transaction, begin_is_answered_at_once_and_sent_ahead_of_the_first_statement) {
    s.client(ask::query("begin"))
        .expects_no_lease()
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::transaction)
        .backend_got(ask::begin_as("$1", "begin") + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'))
        .keeps_lease()
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean();
}

SCRIPT(transaction, begin_stays_prepared_on_the_connection) {
    for (int i = 0; i < 3; ++i) {
        s.client(ask::query("begin")).client_got(begun()).client(ask::query("select 1")).grant();
        if (i == 0) {
            s.backend_got(ask::begin_as("$1", "begin") + ask::query("select 1"))
                .backend(reply().done("BEGIN").one_row('T'));
        } else {
            s.backend_got(ask::bind("", "$1") + ask::execute() + ask::query("select 1"))
                .backend(reply().bind_complete().command_complete("BEGIN").one_row('T'));
        }
        s.client_got(reply().one_row('T'))
            .client(ask::query("rollback"))
            .backend_got(ask::query("rollback"))
            .backend(reply().command_complete("ROLLBACK").ready('I'))
            .client_got(reply().command_complete("ROLLBACK").ready('I'))
            .released_clean();
    }
}

SCRIPT(transaction, a_write_in_it_asks_for_the_position_at_its_end) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("insert into t values (1)"))
        .backend(reply().done("BEGIN").command_complete("INSERT 0 1").ready('T'))
        .client_got(reply().command_complete("INSERT 0 1").ready('T'))
        .asked_no_position()
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean()
        .asked_position();
}

SCRIPT(transaction, begin_and_commit_with_nothing_between_need_no_node) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("commit"))
        .expects_no_lease()
        .client_got(committed());
    s.client(ask::query("start transaction"))
        .client_got(reply().command_complete("START TRANSACTION").ready('T'))
        .client(ask::query("rollback"))
        .expects_no_lease()
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
    EXPECT_FALSE(s.machine().in_transaction());
}

SCRIPT(transaction, extended_begin_and_commit_are_answered_message_by_message) {
    s.client(ask::parse("", "begin") + ask::bind("", "") + ask::describe_portal("") + ask::execute() +
             ask::sync())
        .expects_no_lease()
        .client_got(
            reply().parse_complete().bind_complete().no_data().command_complete("BEGIN").ready('T'))
        .client(ask::parse("", "commit") + ask::describe("") + ask::bind("", "") + ask::execute() +
                ask::sync())
        .expects_no_lease()
        .client_got(reply()
                        .parse_complete()
                        .parameter_description()
                        .no_data()
                        .bind_complete()
                        .command_complete("COMMIT")
                        .ready('I'));
}

SCRIPT(transaction, begin_goes_ahead_of_an_extended_statement) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::extended("select 1") + ask::sync())
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::extended("select 1") + ask::sync())
        .backend(reply().done("BEGIN").done("SELECT 0").ready('T'))
        .client_got(reply().done("SELECT 0").ready('T'))
        .keeps_lease()
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
}

SCRIPT(transaction, a_begin_that_fails_skips_the_statement_and_fails_the_transaction) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("insert into t values (1)"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("insert into t values (1)"))
        .backend(reply().parse_complete().bind_complete().error("57014", "canceled"))
        .backend_got(ask::sync())
        .client_got(reply().error("57014", "canceled"))
        .backend(reply().ready('I'))
        .client_got(reply().ready('E'))
        .released_clean()
        // The client believes that it is in a transaction: nothing may run until it ends that.
        .client(ask::query("insert into t values (2)"))
        .expects_no_lease()
        .client_got(reply()
                        .error("25P02",
                               "current transaction is aborted, commands ignored until end of "
                               "transaction block")
                        .ready('E'))
        .client(ask::query("commit"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .position(0x100)
        .reads_on_a_replica();
}

SCRIPT(transaction, a_begin_that_fails_ahead_of_an_extended_statement_fails_the_transaction) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::extended("insert into t values (1)") + ask::sync())
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::extended("insert into t values (1)") +
                     ask::sync())
        .backend(reply().error("57014", "canceled").ready('I'))
        .client_got(reply().error("57014", "canceled").ready('E'))
        .released_clean()
        .client(ask::extended("rollback") + ask::sync())
        .client_got(reply().done("ROLLBACK").ready('I'));
}

SCRIPT(transaction, an_error_behind_begin_fails_it_as_the_server_says) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("insert into nowhere values (1)"))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("insert into nowhere values (1)"))
        .backend(reply().done("BEGIN").error("42P01", "no such table").ready('E'))
        .client_got(reply().error("42P01", "no such table").ready('E'))
        .keeps_lease()
        .client(ask::query("select 1"))
        .backend_got(ask::query("select 1"))
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
}

SCRIPT(transaction, no_lease_for_its_first_statement_fails_it) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .refuse({"53300", "too many connections"})
        .client_got(reply().error("53300", "too many connections").ready('E'))
        .client(ask::query("rollback"))
        .client_got(reply().command_complete("ROLLBACK").ready('I'));
}

SCRIPT(transaction, a_begin_among_other_statements_is_not_kept_back) {
    const bytes cycle = ask::extended("begin") + ask::extended("insert into t values (1)") + ask::sync();
    s.client(cycle)
        .expects_lease(primary_node)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("BEGIN").then(reply().done("INSERT 0 1").ready('T')))
        .client_got(reply().done("BEGIN").then(reply().done("INSERT 0 1").ready('T')))
        .keeps_lease()
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean()
        .asked_position();
}

SCRIPT(transaction, a_string_that_opens_one_keeps_the_lease) {
    s.client(ask::query("begin; select 1"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query("begin; select 1"))
        .backend(reply().command_complete("BEGIN").one_row('T'))
        .client_got(reply().command_complete("BEGIN").one_row('T'))
        .keeps_lease()
        .client(ask::query("select 1"))
        .because(reason::held_primary)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row('T'))
        .client_got(reply().one_row('T'))
        .client(ask::query("end"))
        .backend_got(ask::query("end"))
        .backend(committed())
        .client_got(committed())
        .released_clean();
}

SCRIPT(transaction, commit_and_chain_goes_on) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("commit and chain"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("commit and chain"))
        .backend(reply().done("BEGIN").command_complete("COMMIT").ready('T'))
        .client_got(reply().command_complete("COMMIT").ready('T'))
        .keeps_lease()
        .client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean();
}

SCRIPT(transaction, a_second_begin_warns_as_the_server_does) {
    s.client(ask::query("begin"))
        .client_got(begun())
        .client(ask::query("begin"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query("begin"))
        .backend(reply().done("BEGIN").notice("25001", "already").command_complete("BEGIN").ready('T'))
        .client_got(reply().notice("25001", "already").command_complete("BEGIN").ready('T'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
}

}  // namespace
}  // namespace weir::session
