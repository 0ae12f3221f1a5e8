// What is said of a transaction apart from BEGIN: SET TRANSACTION behind it, and the session's defaults.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

constexpr auto begin_text = "begin";

bytes begun() { return reply().command_complete("BEGIN").ready('T').str(); }
bytes set() { return reply().command_complete("SET").ready('T').str(); }
bytes committed() { return reply().command_complete("COMMIT").ready('I').str(); }

script& commits(script& s) {
    return s.client(ask::query("commit"))
        .backend_got(ask::query("commit"))
        .backend(committed())
        .client_got(committed())
        .released_clean();
}

SCRIPT(set_transaction, read_only_behind_begin_lets_it_run_on_a_replica) {
    const auto modes = "set transaction read only";
    s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query(modes))
        .expects_no_lease()
        .client_got(set())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::begin_as("$2", modes) + ask::query("select 1"))
        .backend(reply().done("BEGIN").done("SET").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(set_transaction, its_level_counts_as_that_of_begin) {
    const auto modes = "set transaction isolation level repeatable read";
    s.client(ask::query("begin read only"))
        .client_got(begun())
        .client(ask::query(modes))
        .client_got(set())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::isolation)
        .backend_got(ask::begin_as("$1", "begin read only") + ask::begin_as("$2", modes) + ask::query("select 1"))
        .backend(reply().done("BEGIN").done("SET").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(set_transaction, the_last_word_counts) {
    s.client(ask::query("begin read only"))
        .client_got(begun())
        .client(ask::query("set transaction read write"))
        .client_got(set())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::transaction)
        .backend_got(ask::begin_as("$1", "begin read only") +
                     ask::begin_as("$2", "set transaction read write") + ask::query("select 1"))
        .backend(reply().done("BEGIN").done("SET").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(set_transaction, of_a_snapshot_is_the_servers_matter) {
    const auto text = "set transaction snapshot '00000003-0000001B-1'";
    s.client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query(text))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query(text))
        .backend(reply().done("BEGIN").command_complete("SET").ready('T'))
        .client_got(reply().command_complete("SET").ready('T'));
    commits(s);
}

SCRIPT(set_transaction, outside_of_a_transaction_the_server_warns) {
    const auto text = "set transaction read only";
    s.client(ask::query(text))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::query(text))
        .backend(reply().notice("25P01", "no transaction").command_complete("SET").ready('I'))
        .client_got(reply().notice("25P01", "no transaction").command_complete("SET").ready('I'))
        .released_clean();
}

SCRIPT(set_transaction, a_server_that_reports_read_only_by_default_has_replicas_for_it) {
    s.shell().connections_report = {{"server_version", "15.20"}, {"default_transaction_read_only", "on"}};
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply()
                        .row_description()
                        .data_row()
                        .command_complete("SELECT 1")
                        .parameter("default_transaction_read_only", "on")
                        .ready('I'))
        .client(ask::query(begin_text))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .backend_got(ask::begin_as("$1", begin_text) + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
}

SCRIPT(set_transaction, a_connection_that_begins_at_repeatable_read_is_no_replicas) {
    s.shell().connections_start.isolation = "repeatable read";
    s.client(ask::query("begin read only"))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .expects_lease(primary_node)
        .grant()
        .because(reason::isolation)
        .backend_got(ask::begin_as("$1", "begin read only") + ask::query("select 1"))
        .backend(reply().done("BEGIN").one_row('T'))
        .client_got(reply().one_row('T'));
    commits(s);
    // Known from then on: no replica's connection is taken in vain.
    s.client(ask::query("begin read only"))
        .client_got(begun())
        .client(ask::query("select 1"))
        .expects_lease(primary_node)
        .grant()
        .backend_got(ask::bind("", "$1") + ask::execute() + ask::query("select 1"));
}

}  // namespace
}  // namespace weir::session
