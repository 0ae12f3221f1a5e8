// Simple queries without a transaction: where they go and what the client sees.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

SCRIPT(simple_query, a_read_goes_to_a_replica) {
    s.client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .because(reason::read)
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean()
        .asked_no_position();
}

SCRIPT(simple_query, a_write_goes_to_the_primary_and_its_position_is_asked) {
    s.client(ask::query("insert into t values (1)"))
        .expects_lease(primary_node)
        .grant()
        .because(reason::not_read_only)
        .backend_got(ask::query("insert into t values (1)"))
        .backend(reply().command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean()
        .asked_position();
}

}  // namespace
}  // namespace weir::session
