// What neither Weir nor the server can undo keeps the lease for the client's life, and the connection is
// closed after it.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

script& leaves(script& s) {
    return s.client_leaves().released_closed().old_backend_is(fake_backend::state::closed);
}

SCRIPT(hard_pins, what_was_loaded_stays) {
    s.runs("load 'auto_explain'", "LOAD").keeps_lease().pinned_by(pin_cause::load);
    s.runs("discard all", "DISCARD ALL")
        .inspected(pin_cause::settings)
        .keeps_lease()
        .pinned_by(pin_cause::load);
    leaves(s);
}

SCRIPT(hard_pins, a_seed_stays) {
    s.runs("select setseed(0.5)", "SELECT 1").keeps_lease().pinned_by(pin_cause::random_seed);
    s.runs("discard all", "DISCARD ALL").inspected(pin_cause::settings).pinned_by(pin_cause::random_seed);
    leaves(s);
}

SCRIPT(hard_pins, a_setting_of_a_computed_name_cannot_be_asked_for) {
    s.runs("select set_config('app.' || 't', 'x', false)", "SELECT 1")
        .inspected(pin_cause::settings)
        .keeps_lease()
        .pinned_by(pin_cause::unknown_setting);
    leaves(s);
}

SCRIPT(hard_pins, nor_where_the_parameter_is_null) {
    bytes rest;
    append_u16(rest, 0);
    append_u16(rest, 1);
    append_u32(rest, 0xffffffffu);
    append_u16(rest, 0);
    bytes bind;
    wire::frontend::append_bind_head(bind, "", "", rest.size());
    const bytes cycle = ask::parse("", "select set_config($1, 'x', false)") + bind + rest + ask::execute() +
                        ask::sync();
    s.client(cycle)
        .grant()
        .backend_got(cycle)
        .backend(reply().done("SELECT 1").ready('I'))
        .client_got(reply().done("SELECT 1").ready('I'))
        .inspected(pin_cause::settings)
        .pinned_by(pin_cause::unknown_setting);
}

SCRIPT(hard_pins, nor_where_sql_prepared_it) {
    s.runs("prepare p as select set_config($1, $2, false)", "PREPARE")
        .inspected(pin_cause::settings)
        .released_clean();
    s.runs("execute p('app.t', 'x')", "SELECT 1")
        .inspected(pin_cause::settings)
        .pinned_by(pin_cause::unknown_setting);
    leaves(s);
}

SCRIPT(hard_pins, a_transaction_that_is_rolled_back_undoes_none) {
    s.runs("begin; load 'auto_explain'; rollback", "ROLLBACK").keeps_lease().pinned_by(pin_cause::load);
}

SCRIPT(hard_pins, a_client_that_leaves_its_transaction_open_closes_the_connection) {
    s.client(ask::query("begin; load 'auto_explain'"))
        .grant()
        .backend_got(ask::query("begin; load 'auto_explain'"))
        .backend(reply().command_complete("BEGIN").command_complete("LOAD").ready('T'))
        .client_got(reply().command_complete("BEGIN").command_complete("LOAD").ready('T'));
    leaves(s);
}

SCRIPT(hard_pins, the_next_client_has_none_of_it) {
    leaves(s.runs("load 'auto_explain'", "LOAD")).another_client_comes();
    s.runs("insert into t values (1)", "INSERT 0 1").released_clean();
}

}  // namespace
}  // namespace weir::session
