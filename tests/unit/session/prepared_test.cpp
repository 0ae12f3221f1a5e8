// Named and unnamed statements of a client over connections that other sessions use, too.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

/// One cycle on whatever node is asked for.
script& cycle(script& s, bytes_view sent, bytes_view arrives, bytes_view answer, bytes_view seen) {
    return s.client(sent).grant().backend_got(arrives).backend(answer).client_got(seen);
}

SCRIPT(prepared, a_name_is_known_on_every_connection) {
    cycle(s, ask::parse("s1", "select 1") + ask::sync(), ask::parse("$1", "select 1") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    // A connection that has not got it prepares it first; one that has does not.
    s.primary_goes().primary_comes();
    s.replica_reaches(replica_1, 0x10).replica_reaches(replica_2, 0x10).writes(0x100);
    cycle(s, ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::parse("$1", "select 1") + ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().done("SELECT 0").ready('I'),
          reply().bind_complete().command_complete("SELECT 0").ready('I'));
    cycle(s, ask::describe("s1") + ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::describe("$1") + ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().parameter_description().row_description().bind_complete().command_complete("SELECT 0").ready(
              'I'),
          reply().parameter_description().row_description().bind_complete().command_complete("SELECT 0").ready(
              'I'))
        .released_clean();
}

SCRIPT(prepared, a_name_in_use_is_a_duplicate) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::parse("s1", "insert into t values (2)") + ask::bind("", "s1") + ask::sync(),
          ask::parse("$2", "insert into t values (2)") + ask::describe("weir_0") +
              ask::bind("", "$1") + ask::sync(),
          reply().parse_complete().error("26000", "weir_0 does not exist").ready('I'),
          reply().error("42P05", "prepared statement \"s1\" already exists").ready('I'))
        .released_clean();
    // The old one lives on.
    cycle(s, ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
}

SCRIPT(prepared, a_duplicate_with_a_syntax_error_is_a_syntax_error) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::parse("s1", "insert onto t") + ask::sync(),
          ask::parse("$2", "insert onto t") + ask::describe("weir_0") + ask::sync(),
          reply().error("42601", "syntax error").ready('I'),
          reply().error("42601", "syntax error").ready('I'))
        .released_clean();
}

SCRIPT(prepared, an_unknown_name_never_finds_what_another_session_left) {
    for (const auto name : {"", "weir_1", "weir_0"}) {
        const std::string said = *name == '\0'
                                     ? "unnamed prepared statement does not exist"
                                     : "prepared statement \"" + std::string(name) + "\" does not exist";
        cycle(s, ask::bind("", name) + ask::execute() + ask::sync(),
              ask::describe("weir_0") + ask::execute() + ask::sync(),
              reply().error("26000", "weir_0 does not exist").ready('I'),
              reply().error("26000", said).ready('I'))
            .released_clean()
            .position(0x100);
        cycle(s, ask::describe(name) + ask::sync(), ask::describe("weir_0") + ask::sync(),
              reply().error("26000", "weir_0 does not exist").ready('I'),
              reply().error("26000", said).ready('I'));
    }
}

SCRIPT(prepared, close_frees_the_name_and_leaves_the_connection_alone) {
    cycle(s, ask::parse("s1", "select 1") + ask::sync(), ask::parse("$1", "select 1") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    s.client(ask::close("s1") + ask::sync())
        .expects_no_lease()
        .client_got(reply().close_complete().ready('I'))
        .client(ask::close("s1") + ask::close_portal("") + ask::sync())
        .expects_no_lease()
        .client_got(reply().close_complete().close_complete().ready('I'));
    cycle(s, ask::bind("", "s1") + ask::sync(), ask::bind("", "s1") + ask::sync(),
          reply().error("26000", "prepared statement \"s1\" does not exist").ready('I'),
          reply().error("26000", "prepared statement \"s1\" does not exist").ready('I'));
}

SCRIPT(prepared, close_and_parse_again_in_one_cycle) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s,
          ask::close("s1") + ask::parse("s1", "insert into t values (2)") + ask::bind("", "s1") +
              ask::execute() + ask::sync(),
          ask::parse("$2", "insert into t values (2)") + ask::bind("", "$2") + ask::execute() +
              ask::sync(),
          reply().done("INSERT 0 1").ready('I'),
          reply().close_complete().done("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(prepared, a_parse_that_fails_leaves_the_name_free) {
    cycle(s, ask::parse("s1", "insert into nowhere values (1)") + ask::sync(),
          ask::parse("$1", "insert into nowhere values (1)") + ask::sync(),
          reply().error("42P01", "no such table").ready('I'),
          reply().error("42P01", "no such table").ready('I'));
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$2", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
}

SCRIPT(prepared, a_close_behind_an_error_did_not_happen) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::bind("", "s1", {"x"}) + ask::close("s1") + ask::sync(),
          ask::bind("", "$1", {"x"}) + ask::sync(), reply().error("08P01", "no parameters").ready('I'),
          reply().error("08P01", "no parameters").ready('I'));
    cycle(s, ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
}

SCRIPT(prepared, the_unnamed_statement_follows_its_session) {
    cycle(s, ask::parse("", "insert into t values (1)") + ask::sync(),
          ask::parse("", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::bind("", "") + ask::execute() + ask::sync(),
          ask::bind("", "") + ask::execute() + ask::sync(),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
    // Another session's query destroys it on that connection, and not for this session.
    s.shell().last_released->link.unnamed = 0;
    cycle(s, ask::bind("", "") + ask::execute() + ask::sync(),
          ask::parse("", "insert into t values (1)") + ask::bind("", "") + ask::execute() + ask::sync(),
          reply().done("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
}

SCRIPT(prepared, the_unnamed_statement_ends_with_a_query_of_its_session) {
    cycle(s, ask::parse("", "insert into t values (1)") + ask::sync(),
          ask::parse("", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    s.writes(0);
    cycle(s, ask::bind("", "") + ask::sync(), ask::describe("weir_0") + ask::sync(),
          reply().error("26000", "weir_0 does not exist").ready('I'),
          reply().error("26000", "unnamed prepared statement does not exist").ready('I'));
}

SCRIPT(prepared, the_same_text_is_prepared_once_for_two_names) {
    const auto text = "insert into t values (1)";
    cycle(s, ask::parse("s1", text) + ask::parse("s2", text) + ask::sync(),
          ask::parse("$1", text) + ask::sync(), reply().parse_complete().ready('I'),
          reply().parse_complete().parse_complete().ready('I'))
        .released_clean();
}

/// Two names of one text have one name on the connection.
SCRIPT(prepared, an_error_names_it_as_the_message_that_failed) {
    const auto text = "update t set a = $1";
    cycle(s, ask::parse("s1", text) + ask::sync(), ask::parse("$1", text) + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    const auto what = s.around().statements.intern(text, ask::no_types(), s.around().verdicts);
    const auto needs_one = [](const std::string& name) {
        return "bind message supplies 0 parameters, but prepared statement \"" + name + "\" requires 1";
    };
    cycle(s,
          ask::bind("", "s1", {"1"}) + ask::parse("s2", text) + ask::bind("", "s2") + ask::execute() + ask::sync(),
          ask::bind("", "$1", {"1"}) + ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().bind_complete().error("08P01", needs_one(what->server_name())).ready('I'),
          reply().bind_complete().parse_complete().error("08P01", needs_one("s2")).ready('I'));
}

SCRIPT(prepared, made_up_answers_come_in_their_turn) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::extended("insert into t values (2)") + ask::parse("s2", "insert into t values (1)") +
                 ask::describe("s2") + ask::sync(),
          ask::extended("insert into t values (2)") + ask::describe("$1") + ask::sync(),
          reply().done("INSERT 0 1").parameter_description().no_data().ready('I'),
          reply().done("INSERT 0 1").parse_complete().parameter_description().no_data().ready('I'))
        .released_clean();
}

SCRIPT(prepared, a_made_up_answer_behind_an_error_is_not_given) {
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s, ask::parse("", "insert onto") + ask::parse("s2", "insert into t values (1)") + ask::sync(),
          ask::parse("", "insert onto") + ask::sync(), reply().error("42601", "syntax").ready('I'),
          reply().error("42601", "syntax").ready('I'));
    cycle(s, ask::bind("", "s2") + ask::sync(), ask::bind("", "s2") + ask::sync(),
          reply().error("26000", "no s2").ready('I'), reply().error("26000", "no s2").ready('I'));
}

SCRIPT(prepared, what_is_prepared_on_a_connection_is_bounded) {
    s.rules().prepared_per_backend = 2;
    const bytes texts[] = {"insert into t values (1)", "insert into t values (2)",
                           "insert into t values (3)"};
    for (int i = 0; i < 3; ++i) {
        const bytes name = "s" + std::to_string(i + 1);
        const bytes server_name = "$" + std::to_string(i + 1);
        const bytes evicted = i < 2 ? bytes() : ask::close("$1");
        cycle(s, ask::parse(name, texts[i]) + ask::sync(),
              evicted + ask::parse(server_name, texts[i]) + ask::sync(),
              (i < 2 ? reply() : reply().close_complete()).parse_complete().ready('I'),
              reply().parse_complete().ready('I'))
            .released_clean();
    }
    EXPECT_EQ(s.shell().backends().at(0)->link.prepared.size(), 2u);
    cycle(s, ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::close("$2") + ask::parse("$1", texts[0]) + ask::bind("", "$1") + ask::execute() +
              ask::sync(),
          reply().close_complete().done("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(prepared, an_eviction_behind_an_error_did_not_happen) {
    s.rules().prepared_per_backend = 1;
    cycle(s, ask::parse("s1", "insert into t values (1)") + ask::sync(),
          ask::parse("$1", "insert into t values (1)") + ask::sync(),
          reply().parse_complete().ready('I'), reply().parse_complete().ready('I'));
    cycle(s,
          ask::parse("", "insert onto") + ask::parse("s2", "insert into t values (2)") + ask::sync(),
          ask::parse("", "insert onto") + ask::close("$1") + ask::parse("$2", "insert into t values (2)") +
              ask::sync(),
          reply().error("42601", "syntax").ready('I'), reply().error("42601", "syntax").ready('I'));
    // The server still has the first one.
    cycle(s, ask::bind("", "s1") + ask::execute() + ask::sync(),
          ask::bind("", "$1") + ask::execute() + ask::sync(),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'),
          reply().bind_complete().command_complete("INSERT 0 1").ready('I'));
}

SCRIPT(prepared, in_a_failed_transaction_the_server_refuses_a_parse) {
    s.client(ask::parse("s1", "insert into t values (1)") + ask::sync())
        .grant()
        .backend_got(ask::parse("$1", "insert into t values (1)") + ask::sync())
        .backend(reply().parse_complete().ready('I'))
        .client_got(reply().parse_complete().ready('I'))
        .client(ask::query("begin; select 1/0"))
        .grant()
        .backend_got(ask::query("begin; select 1/0"))
        .backend(reply().command_complete("BEGIN").error("22012", "division").ready('E'))
        .client_got(reply().command_complete("BEGIN").error("22012", "division").ready('E'))
        .client(ask::parse("s2", "insert into t values (1)") + ask::sync())
        .backend_got(ask::parse("$1", "insert into t values (1)") + ask::sync())
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'))
        .client(ask::parse("s1", "insert into t values (1)") + ask::sync())
        .backend_got(ask::parse("s1", "insert into t values (1)") + ask::sync())
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").ready('I'))
        .released_clean();
    EXPECT_EQ(s.shell().backends().at(0)->link.prepared.size(), 1u);
}

SCRIPT(prepared, a_malformed_message_ends_the_client) {
    s.client(ask::message('P', "no end"))
        .client(ask::sync())
        .expects_no_lease()
        .client_got(reply().error("08P01", "invalid string in message", "FATAL"))
        .closed_client();
}

}  // namespace
}  // namespace weir::session
