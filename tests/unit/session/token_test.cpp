// SHOW weir.token, SET weir.token and the hint after=TOKEN: what one session has seen, another sees.
#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using routing::reason;

bytes shows(const char* token) {
    return reply().row_description({"weir.token"}).data_row(token).command_complete("SHOW").ready('I').str();
}

SCRIPT(token, of_a_session_that_has_seen_nothing_asks_for_nothing) {
    s.client(ask::query("show weir.token")).expects_no_lease().client_got(shows("w1-0-0-0"));
    s.client(ask::query("set weir.token = 'w1-0-0-0'")).client_got(reply().command_complete("SET").ready('I'));
    s.reads_on_a_replica();
}

SCRIPT(token, covers_a_write_whose_position_is_not_known_yet) {
    s.writes(0);
    s.client(ask::query("show weir.token")).is_in(phase::waiting).client_got_nothing().position(0x123);
    s.client_got(shows("w1-7-1-123")).is_in(phase::ready);
}

SCRIPT(token, covers_what_a_replica_has_shown) {
    s.reads_on_a_replica();
    s.client(ask::query("show weir.token")).asked_position().position(0x200).client_got(shows("w1-7-1-200"));
}

SCRIPT(token, makes_another_session_wait_for_it) {
    s.client(ask::query("set weir.token to 'w1-7-1-200'"))
        .expects_no_lease()
        .client_got(reply().command_complete("SET").ready('I'))
        .reads_on(primary_node)
        .because(reason::behind_floor)
        .position(0x200);
    s.replica_reaches(replica_1, 0x200).reads_on(replica_1);
}

SCRIPT(token, in_a_hint_counts_for_the_statement) {
    const auto text = "/* weir: after=w1-7-1-200 */ select 1";
    s.client(ask::query(text))
        .expects_lease(primary_node)
        .grant()
        .because(reason::behind_floor)
        .backend_got(ask::query(text))
        .backend(reply().one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(token, that_is_none_is_refused) {
    s.client(ask::query("set weir.token = 'nonsense'"))
        .client_got(reply().error("22023", "invalid value for parameter \"weir.token\": \"nonsense\"").ready('I'))
        .client(ask::query("/* weir: after=nonsense */ select 1"))
        .expects_no_lease()
        .client_got(reply().error("22023", "invalid value for parameter \"weir.token\": \"nonsense\"").ready('I'));
}

SCRIPT(token, of_another_cluster_is_refused) {
    s.client(ask::query("set weir.token = 'w1-8-1-200'"))
        .client_got(reply().error("22023", "invalid value for parameter \"weir.token\": \"w1-8-1-200\"").ready('I'));
}

SCRIPT(token, is_not_waited_for_for_ever) {
    s.writes(0);
    s.client(ask::query("show weir.token"))
        .after(milliseconds(1000))
        .client_got(reply().error("57P03", "the primary's position is not known").ready('I'));
}

SCRIPT(token, with_what_comes_behind_it) {
    s.writes(0);
    s.client(ask::query("show weir.token") + ask::query("set weir.token = 'w1-0-0-0'"))
        .client_got_nothing()
        .position(0x123)
        .client_got(shows("w1-7-1-123") + reply().command_complete("SET").ready('I').str());
}

}  // namespace
}  // namespace weir::session
