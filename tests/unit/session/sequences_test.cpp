// currval and lastval answer for what this session drew from sequences, or with a clear error.
#include "unit/session/brought_statement.hpp"
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr auto insert = "insert into t values (1)";
constexpr auto lastval = "select lastval()";
constexpr auto forget = "DISCARD SEQUENCES";

bytes row(char status = 'I') { return reply().one_row(status).str(); }
bytes tag(bytes_view text, char status = 'I') {
    return reply().command_complete(text).ready(status).str();
}
bytes unknown(char status = 'I') {
    return reply().error("55000", "currval and lastval are not known in this session").ready(status).str();
}

bool drew(script& s) { return s.shell().last_released->link.drew_sequence; }

/// A lease of its own, on a connection on which others have drawn from sequences before.
script& listens_where_others_drew(script& s) {
    s.runs(insert, "INSERT 0 1").released_clean();
    s.another_client_comes();
    return s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")}).keeps_lease();
}

SCRIPT(sequences, what_may_have_drawn_marks_the_connection) {
    for (const auto text : {insert, "select nextval('s')", "select f()", "call p()", "execute p"}) {
        s.runs(text, "DONE");
        if (s.machine().now_in() == phase::inspecting)
            s.inspected(pin_cause::settings | pin_cause::temporary | pin_cause::hold_cursor |
                        pin_cause::advisory_lock | pin_cause::listen);
        s.released_clean();
        EXPECT_TRUE(drew(s)) << text;
        s.shell().last_released->link.drew_sequence = false;
    }
    for (const auto text : {"show work_mem", "set local work_mem = 1", "unlisten *", "savepoint a"}) {
        s.runs(text, "DONE").released_clean();
        EXPECT_FALSE(drew(s)) << text;
    }
    s.client(ask::query("select 1 for update"))
        .grant()
        .backend_got(ask::query("select 1 for update"))
        .backend(row())
        .client_got(row());
}

SCRIPT(sequences, on_a_connection_where_nobody_drew_the_server_answers) {
    s.client(ask::query(lastval))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query(lastval))
        .backend(reply().error("55000", "lastval is not yet defined in this session").ready('I'));
    EXPECT_NE(s.shell().client_got.find("sequences = \"keep\""), bytes::npos);
    s.client_got(reply().error("55000", "lastval is not yet defined in this session").ready('I'))
        .released_clean();
}

SCRIPT(sequences, what_others_drew_is_forgotten_first) {
    s.runs(insert, "INSERT 0 1").released_clean().another_client_comes();
    s.client(ask::query(lastval))
        .grant()
        .is_brought({forget})
        .backend(tag(forget))
        .backend_got(ask::query(lastval))
        .backend(reply().error("55000", "lastval is not yet defined in this session").ready('I'))
        .client_got(reply().error("55000", "lastval is not yet defined in this session").ready('I'))
        .released_clean();
}

SCRIPT(sequences, so_is_what_this_session_drew_on_a_lease_that_it_gave_back) {
    s.runs("select nextval('s')", "SELECT 1").released_clean();
    s.client(ask::query("select currval('s')"))
        .grant()
        .is_brought({forget})
        .backend(tag(forget))
        .backend_got(ask::query("select currval('s')"));
}

SCRIPT(sequences, in_one_string_are_right) {
    const auto both = "insert into t values (1); select lastval()";
    s.client(ask::query(both))
        .grant()
        .backend_got(ask::query(both))
        .backend(reply().command_complete("INSERT 0 1").one_row())
        .client_got(reply().command_complete("INSERT 0 1").one_row())
        .released_clean();
}

SCRIPT(sequences, in_a_transaction_are_right) {
    s.client(ask::query("begin"))
        .client_got(tag("BEGIN", 'T'))
        .client(ask::query(insert))
        .grant()
        .backend_got(ask::begin_as("$1", "begin") + ask::query(insert))
        .backend(reply().done("BEGIN").then(tag("INSERT 0 1", 'T')))
        .client_got(tag("INSERT 0 1", 'T'))
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(row('T'))
        .client_got(row('T'));
}

/// What is sent to a server for a transaction of the second client, which has not been seen so far.
bytes sent_for_a_transaction(script& s, bytes_view begin) {
    s.runs(insert, "INSERT 0 1").released_clean().another_client_comes();
    s.client(ask::query(begin)).client_got(tag("BEGIN", 'T')).client(ask::query(insert)).grant();
    return std::exchange(s.shell().lease->got, {});
}

SCRIPT(sequences, in_a_transaction_on_a_connection_where_others_drew_are_right) {
    const bytes got = sent_for_a_transaction(s, "begin");
    const auto forgets = got.find(forget);
    ASSERT_NE(forgets, bytes::npos);
    EXPECT_LT(forgets, got.find("begin"));
    EXPECT_TRUE(got.ends_with(ask::query(insert)));
}

/// Messages up to a Sync are one transaction: what is run in it ahead of BEGIN has taken its snapshot, and
/// BEGIN ISOLATION LEVEL ... is refused with 25001 (FACTS 15).
SCRIPT(sequences, what_is_forgotten_is_no_part_of_the_clients_transaction) {
    const bytes got = sent_for_a_transaction(s, "begin isolation level repeatable read");
    name_table names;
    bool open = false;
    for (const auto& line : shown_to_server(got, names)) {
        if (line.find("begin isolation") != std::string::npos) break;
        open = !line.starts_with("Query ") && !line.starts_with("Sync ");
    }
    EXPECT_FALSE(open) << readable(got);
}

SCRIPT(sequences, a_read_only_transaction_need_not_forget) {
    s.runs(insert, "INSERT 0 1").released_clean().another_client_comes();
    s.client(ask::query("begin read only"))
        .client_got(tag("BEGIN", 'T'))
        .client(ask::query("select f()"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", "begin read only") + ask::query("select f()"));
}

SCRIPT(sequences, on_a_lease_whose_past_is_not_known_they_are_refused) {
    listens_where_others_drew(s);
    for (const bytes& cycle : {ask::query(lastval), ask::query("select currval('s')")})
        s.client(cycle).backend_got_nothing().client_got(unknown()).keeps_lease();
    s.client(ask::extended(lastval) + ask::sync()).backend_got_nothing().client_got(unknown());
    s.client(ask::query(lastval));
    EXPECT_NE(s.shell().client_got.find("RETURNING"), bytes::npos);
    s.client_got(unknown());
    // It is an error like others: the session goes on.
    s.runs(insert, "INSERT 0 1").keeps_lease();
}

SCRIPT(sequences, refused_in_a_transaction_they_fail_it) {
    listens_where_others_drew(s);
    s.client(ask::query("begin"))
        .backend_got(ask::query("begin"))
        .backend(tag("BEGIN", 'T'))
        .client_got(tag("BEGIN", 'T'))
        .client(ask::query(lastval));
    // Whatever is sent to the server, so that its transaction has failed as well.
    if (!std::exchange(s.shell().lease->got, {}).empty()) s.backend(reply().error("26000", "no").ready('E'));
    s.client_got(unknown('E'));
}

SCRIPT(sequences, once_they_are_discarded_there_the_past_is_known) {
    listens_where_others_drew(s);
    s.runs("discard sequences", forget)
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(row())
        .client_got(row());
    s.runs(insert, "INSERT 0 1")
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(row())
        .client_got(row());
}

SCRIPT(sequences, discard_all_discards_them_too) {
    listens_where_others_drew(s);
    s.runs("load 'auto_explain'", "LOAD");
    s.runs("discard all", "DISCARD ALL").inspected(pin_cause::settings | pin_cause::listen).keeps_lease();
    s.client(ask::query(lastval)).backend_got(ask::query(lastval)).backend(row()).client_got(row());
}

SCRIPT(sequences, on_a_lease_that_was_taken_where_nobody_drew_they_are_right) {
    s.runs("listen channel", "LISTEN").inspected(pin_cause::listen, {found_row("l")});
    s.runs(insert, "INSERT 0 1")
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(row())
        .client_got(row());
}

SCRIPT(sequences, in_a_failed_transaction_the_server_says_so) {
    listens_where_others_drew(s);
    s.client(ask::query("begin; select 1 / 0"))
        .backend_got(ask::query("begin; select 1 / 0"))
        .backend(reply().command_complete("BEGIN").error("22012", "division by zero").ready('E'))
        .client_got(reply().command_complete("BEGIN").error("22012", "division by zero").ready('E'))
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(reply().error("25P02", "aborted").ready('E'))
        .client_got(reply().error("25P02", "aborted").ready('E'));
}

SCRIPT(sequences, a_function_that_recalls_them_is_asked_as_it_is) {
    listens_where_others_drew(s);
    s.client(ask::query("select f()")).backend_got(ask::query("select f()"));
}

SCRIPT(sequences, a_clean_up_discards_them) {
    listens_where_others_drew(s)
        .client_leaves()
        .old_backend_got(ask::query("DISCARD ALL"))
        .old_backend(tag("DISCARD ALL"));
    EXPECT_FALSE(drew(s));
}

// ---- sequences = "keep" ----

SCRIPT(sequences, that_are_to_be_kept_keep_the_lease) {
    s.rules().keeps_sequences = true;
    s.runs(insert, "INSERT 0 1").keeps_lease().pinned_by(pin_cause::sequence_value);
    s.client(ask::query(lastval)).backend_got(ask::query(lastval)).backend(row()).client_got(row());
    s.runs("discard sequences", forget).released_clean().pinned_by(pin_cause::none);
    s.runs("select nextval('s')", "SELECT 1").pinned_by(pin_cause::sequence_value);
    s.runs("discard all", "DISCARD ALL").inspected(pin_cause::settings).released_clean();
}

SCRIPT(sequences, that_are_to_be_kept_need_no_hint) {
    s.rules().keeps_sequences = true;
    const auto refused = reply().error("55000", "lastval is not yet defined in this session").ready('I').str();
    s.client(ask::query(lastval)).grant().backend_got(ask::query(lastval)).backend(refused).client_got(refused);
}

SCRIPT(sequences, that_are_to_be_kept_begin_where_nobody_drew) {
    s.runs(insert, "INSERT 0 1").released_clean().another_client_comes();
    s.rules().keeps_sequences = true;
    s.client(ask::query(insert))
        .grant()
        .is_brought({forget})
        .backend(tag(forget))
        .backend_got(ask::query(insert))
        .backend(tag("INSERT 0 1"))
        .client_got(tag("INSERT 0 1"))
        .keeps_lease()
        .client(ask::query(lastval))
        .backend_got(ask::query(lastval))
        .backend(row())
        .client_got(row());
}

SCRIPT(sequences, that_are_to_be_kept_let_go_of_what_draws_from_none) {
    s.rules().keeps_sequences = true;
    s.runs("set local work_mem = 1", "SET").released_clean();
    s.runs("show work_mem", "SHOW").released_clean();
}

}  // namespace
}  // namespace weir::session
