// Rows are what the client was told: a statement that is prepared anew, on another connection or after
// the tables have changed, is described before it runs, and refused where its rows differ (FACTS 18).
#include "session/session.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

namespace {

/// Does the client ask again in this cycle what the rows of the statement are like?
bool describes_again(const cycle& c, const statement_ptr& what) {
    for (const auto& m : c.messages())
        if (m.type == frontend::describe && m.what == what && c.body(m).starts_with('S')) return true;
    return false;
}

/// PostgreSQL never asks again what EXECUTE returns.
bool has_rows_of_its_own(const statement& what) {
    return !what.by_sql() && what.known->kind != query::statement_kind::execute;
}

}  // namespace

/// True: what will be run is being described first.
bool session::describe_first(actions& out) {
    if (!extended_ || extended_->told.size() == 0 || streaming_ || link_->unsynced ||
        link_->owed.skipping() || link_->in_failed_transaction())
        return false;
    dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
    bool any = false;
    for (auto& m : cycle_->messages()) {
        if (m.type == frontend::parse && frontend::decode_parse(cycle_->body(m))->statement.empty())
            break;  // what follows may be about the new one
        if (m.type != frontend::bind || !m.what || !has_rows_of_its_own(*m.what)) continue;
        const bool unnamed = frontend::decode_bind(cycle_->body(m))->statement.empty();
        if (!extended_->told.find(m.what->id, unnamed) || describes_again(*cycle_, m.what)) continue;
        any = to.describe_anew(*m.what, unnamed) || any;
    }
    if (any) to.end_own();
    return any;
}

/// A Bind whose rows are not what the client was told gets the error on which drivers prepare again.
void session::mark_changed_shapes() {
    if (!extended_ || extended_->told.size() == 0) return;
    for (auto& m : cycle_->messages()) {
        if (!m.what || !has_rows_of_its_own(*m.what)) continue;
        if (m.type == frontend::parse && !m.duplicate)
            extended_->told.erase(m.what->id, frontend::decode_parse(cycle_->body(m))->statement.empty());
        if (m.type != frontend::bind) continue;
        const bool unnamed = frontend::decode_bind(cycle_->body(m))->statement.empty();
        const auto told = extended_->told.find(m.what->id, unnamed);
        const auto is = link_->shapes.find(m.what->id, unnamed);
        m.changed_rows = told && is && *told != *is && !describes_again(*cycle_, m.what);
    }
}

/// done: a Describe. The connection knows its rows now, and so does the client where it is
/// told.
void session::note_shape(const owed_reply& done, const wire::frame_piece& piece) {
    if (done.describes == 0) return;
    const auto shape = piece.type == wire::backend::no_data ? no_rows : row_shape(piece.body);
    link_->shapes.set(done.describes, done.of_unnamed, shape);
    if (current_act_ != owed_act::forward || !extended_) return;
    constexpr std::size_t spare = 64;
    if (extended_->told.size() > 2 * extended_->names.size() + spare) extended_->told.clear();
    auto& told = hold_back_ ? extended_->held_back : extended_->told;
    told.set(done.describes, done.of_unnamed, shape);
}

}  // namespace weir::session
