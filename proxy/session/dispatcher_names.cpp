// The names half of dispatcher: what clients have named is on the connection what it is to them.
#include "session/dispatcher.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;

void dispatcher::ensure_absent(std::string_view name) {
    const auto is = link_.named.find(name);
    if (!is || *is == named_set::going) return;
    frontend::append_target(out_.own(), frontend::close, 'S', name);
    link_.owed.push({.kind = owed_kind::close, .act = owed_act::swallow, .of_client_name = true});
    link_.named.close(name);
    link_.unsynced = true;
}

void dispatcher::ensure_named(std::string_view name, const statement& what) {
    if (link_.named.find(name) == what.id) return;
    ensure_absent(name);
    if (what.by_sql()) {
        run_unnamed(what.text, {.kind = owed_kind::execute, .of_client_name = true});
    } else {
        frontend::append_parse(out_.own(), name, what.text, what.parameter_types);
        link_.owed.push({.kind = owed_kind::parse, .act = owed_act::swallow, .of_client_name = true});
        link_.unsynced = true;
    }
    link_.named.set(name, what.id);
}

void dispatcher::list_exactly(const std::map<std::string, statement_ptr, std::less<>>& names) {
    if (link_.owed.skipping()) return;
    exact_ = true;
    if (!link_.in_failed_transaction()) return bring_list(names);
    // Nothing but Close is taken there (FACTS 18), until something leads out of it.
    close_until(0);
    auto is_another_sessions = [&](const std::string& name, std::uint64_t id) {
        const auto own = names.find(name);
        return own == names.end() || (id != 0 && id != own->second->id);
    };
    for (const auto& name : link_.named.select(is_another_sessions)) ensure_absent(name);
    listed_later_ = names;
}

void dispatcher::bring_list(const std::map<std::string, statement_ptr, std::less<>>& names) {
    const bool between = !link_.unsynced && link_.status == wire::backend::transaction_status::idle;
    run_unnamed("DEALLOCATE ALL", {.kind = owed_kind::execute, .clears_prepared = true});
    link_.prepared.begin_clear();
    link_.named.doubt_all();
    if (between) end_own();
    for (const auto& [name, what] : names) {
        ensure_named(name, *what);
        // One whose tables are gone fails on its own.
        if (between) end_own();
    }
}

/// What SQL's PREPARE, EXECUTE and DEALLOCATE name is on the connection what it is to the session. What
/// PREPARE and DEALLOCATE name is in doubt until their outcome is seen.
void dispatcher::bring_names(const client_message& m) {
    for (const auto& [name, what, changes] : m.uses) {
        // A failed transaction takes a Close, and a Query may begin with what leads out of it.
        if (!brought_ && what && !link_.in_failed_transaction()) ensure_named(name, *what);
        if (!brought_ && !what) ensure_absent(name);
        if (changes && !link_.in_failed_transaction()) link_.named.doubt(name);
    }
}

void dispatcher::bring_names_first(const client_message& m) {
    const bool between = !link_.unsynced && link_.status == wire::backend::transaction_status::idle;
    if (!between || m.uses.empty()) return;
    const std::size_t before = link_.owed.size();
    for (const auto& [name, what, changes] : m.uses) {
        if (what) {
            ensure_named(name, *what);
        } else {
            ensure_absent(name);
        }
    }
    if (link_.owed.size() > before) end_own();
    brought_ = true;
}

/// The server takes again what follows, once it has executed this.
void dispatcher::leave_failed_transaction() {
    link_.left_failed = true;
    if (listed_later_.empty()) return;
    bring_list(listed_later_);
    listed_later_.clear();
}

}  // namespace weir::session
