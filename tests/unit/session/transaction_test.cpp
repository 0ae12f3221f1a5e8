// Transactions: the BEGIN that is kept back, where they run, and how they end.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

SCRIPT(transaction, begin_is_answered_at_once_and_sent_ahead_of_the_first_statement) {
    s.client(ask::query("begin"))
        .expects_no_lease()
        .client_got(reply().command_complete("BEGIN").ready('T'))
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
        .backend(reply().command_complete("COMMIT").ready('I'))
        .client_got(reply().command_complete("COMMIT").ready('I'))
        .released_clean();
}

}  // namespace
}  // namespace weir::session
