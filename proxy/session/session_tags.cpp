// What a CommandComplete says of names, plans and sequences, beside what the statement was judged to be.
#include "session/session.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

using query::pin_cause;

/// by_execute: of an Execute, which was known for what it is when it was sent; else of a Query.
void session::on_tag(bytes_view tag, bool by_execute) {
    if (current_act_ != owed_act::forward) return;
    if (!by_execute) on_query_tag(tag);
    const bool redefines = tag.starts_with("ALTER ") || tag.starts_with("DROP ") || tag == "CREATE VIEW" ||
                           tag == "CREATE FUNCTION" || tag == "CREATE TABLE";
    const auto temporary = (state_.pins() | state_.suspected() | judged_.pins) & pin_cause::temporary;
    redefined_ = redefined_ || (redefines && !query::any(temporary));
    if (redefines && !query::any(temporary) && !judged_.drops_nothing) begin_catalog_change();
    if (tag == "COMMIT" || tag == "ROLLBACK") end_told_ = !judged_.what->chain;
    const bool discard_all = tag == "DISCARD ALL";
    name_reset_ = name_reset_ || discard_all;
    if (tag == "ROLLBACK") forget_reset();
    if (discard_all || tag == "DISCARD SEQUENCES") {
        link_->drew_sequence = false;
        sequences_known_ = true;
        state_.ended(pin_cause::sequence_value);
    }
    if (discard_all) {
        state_.ended(pin_cause::opaque);
        judged_.pins = query::without(judged_.pins, pin_cause::opaque);
    }
    if (!discard_all && tag != "DEALLOCATE ALL") return;
    // The server says that these are gone: so are Weir's own.
    state_.ended(pin_cause::sql_prepare);
    // An Execute that was known to do this has said so already; that of an EXECUTE was not.
    if (by_execute) {
        link_->named.doubt_all();
        return;
    }
    link_->prepared.clear();
    link_->named.clear();
    link_->shapes.clear();
    if (extended_) {
        extended_->names.remove_all();
        extended_->names.settle_oldest();
    }
}

/// A statement's rows have changed under it. It is prepared anew for whoever asks for its text again, and
/// on this connection for those who still hold it.
void session::forget_plans() {
    statement_store::tables_changed();
    if (!cycle_) return;
    for (const auto& m : cycle_->messages()) {
        if (m.type != wire::frontend::bind || !m.what) continue;
        link_->prepared.forget(m.what->id);
        link_->shapes.erase(m.what->id, false);
    }
}

/// PREPARE and DEALLOCATE in a Query count when the server says that they were done.
void session::on_query_tag(bytes_view tag) {
    const auto index = tags_++;
    if (!judged_.query) return;
    for (const auto& n : judged_.query->named) {
        if (n.index != index) continue;
        query::facts alone;
        alone.named.push_back(n);
        if (const auto* run = what_runs(alone, extended().names)) on_named_done(*run, tag);
    }
}

void session::on_named_done(const query::named_statement& what, bytes_view tag) {
    using act = query::named_statement::act;
    auto& names = extended().names;
    if (what.does == act::prepare && tag == "PREPARE") {
        const auto made = prepared_by_sql(what, env_);
        names.add(what.name, made);
        names.settle_oldest();
        link_->named.set(what.name, made->id);
    } else if (what.does == act::deallocate && tag == "DEALLOCATE") {
        const auto name = what.name;
        names.remove(name);
        names.settle_oldest();
        link_->named.erase(name);
    }
}

}  // namespace weir::session
