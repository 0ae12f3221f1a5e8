#include "query/facts.hpp"

#include <algorithm>
#include <iterator>

namespace weir::query {

std::string_view phrase(obstacle o) {
    switch (o) {
        case obstacle::none:
            return "none";
        case obstacle::unparsed:
            return "syntax that is not understood";
        case obstacle::too_long:
            return "longer than parse_limit_bytes";
        case obstacle::not_a_read:
            return "not a read";
        case obstacle::locks_rows:
            return "locks rows";
        case obstacle::modifying_cte:
            return "WITH that modifies data";
        case obstacle::select_into:
            return "SELECT INTO";
        case obstacle::unknown_function:
            return "function that is not built in";
        case obstacle::volatile_function:
            return "function that must run on the primary";
        case obstacle::tells_role:
            return "answers differently on a replica";
        case obstacle::unknown_operator:
            return "operator that is not built in";
        case obstacle::unknown_cast:
            return "type that is not built in";
        case obstacle::reads_setting:
            return "reads a setting";
        case obstacle::sequence_or_catalog:
            return "contents differ between nodes";
        case obstacle::transaction_control:
            return "transaction control among other statements";
        case obstacle::several:
            return "several statements, not all of them reads";
        case obstacle::not_utf8:
            return "text is not tokenised in this encoding";
        case obstacle::unknown_relation:
            return "relation that is not in the catalog";
        case obstacle::stale_catalog:
            return "the catalog is being read again";
    }
    return "";
}

std::string_view phrase(pin_cause single) {
    switch (single) {
        case pin_cause::none:
            return "none";
        case pin_cause::settings:
            return "settings";
        case pin_cause::temporary:
            return "temporary object";
        case pin_cause::hold_cursor:
            return "cursor WITH HOLD";
        case pin_cause::advisory_lock:
            return "advisory lock";
        case pin_cause::listen:
            return "LISTEN";
        case pin_cause::sql_prepare:
            return "PREPARE";
        case pin_cause::load:
            return "LOAD";
        case pin_cause::random_seed:
            return "setseed";
        case pin_cause::procedural:
            return "DO or CALL";
        case pin_cause::sequence_value:
            return "sequence value";
        case pin_cause::opaque:
            return "text that is not tokenised";
        case pin_cause::unknown_setting:
            return "setting of a computed name";
    }
    return "several";
}

namespace {

bool only_drops(const facts& f) {
    return !f.redefines || !f.drops.empty();
}

obstacle first_obstacle(const facts& a, const facts& b, bool controls_transaction) {
    if (controls_transaction) return obstacle::transaction_control;
    if (a.read_only != b.read_only) return obstacle::several;
    return a.why_not;
}

template <class Item>
void append_missing(std::vector<Item>& to, const std::vector<Item>& from) {
    for (const Item& i : from)
        if (std::find(to.begin(), to.end(), i) == to.end()) to.push_back(i);
}

/// Where one of them is no read, whatever its names stand for, both are none.
void merge_names(facts& both, const facts& a, const facts& b) {
    const bool may_read = (a.catalog_decides || a.read_only) && (b.catalog_decides || b.read_only);
    both.catalog_decides = may_read && (a.catalog_decides || b.catalog_decides);
    if (!both.catalog_decides) return;
    std::set_union(a.names.begin(), a.names.end(), b.names.begin(), b.names.end(),
                   std::back_inserter(both.names));
}

}  // namespace

bool shows_data(const facts& f) {
    switch (f.kind) {
        case statement_kind::empty:
        case statement_kind::begin:
        case statement_kind::commit:
        case statement_kind::rollback:
        case statement_kind::savepoint:
        case statement_kind::set:
        case statement_kind::set_local:
        case statement_kind::show:
        case statement_kind::prepare:
        case statement_kind::deallocate:
        case statement_kind::discard_all: return false;
        case statement_kind::read:
        case statement_kind::write:
        case statement_kind::execute:
        case statement_kind::copy_from_stdin:
        case statement_kind::several: return true;
    }
    return true;
}

facts merge(const facts& a, const facts& b) {
    if (a.kind == statement_kind::empty) return b;
    if (b.kind == statement_kind::empty) return a;
    facts both;
    both.kind = statement_kind::several;
    both.controls_transaction = a.controls_transaction || b.controls_transaction;
    both.read_only = a.read_only && b.read_only;
    both.why_not = first_obstacle(a, b, both.controls_transaction);
    both.pins = a.pins | b.pins;
    both.literals_matter = a.literals_matter || b.literals_matter;
    both.writes_position = a.writes_position || b.writes_position;
    both.access = b.access != access_mode::unsaid ? b.access : a.access;
    both.level = b.level != isolation::unsaid ? b.level : a.level;
    both.deferrable = a.deferrable || b.deferrable;
    both.chain = b.chain;
    both.tells_time = a.tells_time || b.tells_time;
    both.out_of_sight = a.out_of_sight || b.out_of_sight;
    both.recalls_sequence = a.recalls_sequence || b.recalls_sequence;
    both.lists_statements = a.lists_statements || b.lists_statements;
    both.resets_name = a.resets_name || b.resets_name;
    both.ends = a.ends | b.ends;
    both.redefines = a.redefines || b.redefines;
    if (only_drops(a) && only_drops(b)) {
        both.drops = a.drops;
        append_missing(both.drops, b.drops);
    }
    both.statements = static_cast<std::uint16_t>(a.statements + b.statements);
    both.custom_settings = a.custom_settings;
    append_missing(both.custom_settings, b.custom_settings);
    both.setting_parameters = a.setting_parameters;
    append_missing(both.setting_parameters, b.setting_parameters);
    both.named = a.named;
    for (named_statement n : b.named) {
        n.index = static_cast<std::uint16_t>(n.index + a.statements);
        both.named.push_back(std::move(n));
    }
    both.relations = a.relations;
    append_missing(both.relations, b.relations);
    merge_names(both, a, b);
    return both;
}

}  // namespace weir::query
