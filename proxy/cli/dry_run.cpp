#include "cli/dry_run.hpp"

#include "config/find_database.hpp"
#include "query/analyze.hpp"
#include "query/lexer.hpp"
#include "session/transaction.hpp"

namespace weir::cli {

namespace {

using query::statement_kind;
using routing::transaction_kind;

/// What a session answers itself, outside of a transaction or before its first statement has run.
bool is_local(const query::facts& f, const dry_client& who) {
    if (who.holds != routing::held_lease::none) return false;
    const bool begins = f.kind == statement_kind::begin && who.transaction == transaction_kind::none;
    const bool ends = (f.kind == statement_kind::commit || f.kind == statement_kind::rollback) &&
                      !f.chain && who.transaction != transaction_kind::none;
    return f.kind == statement_kind::empty || begins || ends;
}

std::string route_of(const routing::judgement& judged, const routing::question& asked,
                     const std::string& group) {
    switch (judged.is) {
        case routing::verdict::reject: return "reject";
        case routing::verdict::primary:
        case routing::verdict::move: return "primary";
        case routing::verdict::keep:
            return asked.held == routing::held_lease::replica ? "replicas" : "primary";
        case routing::verdict::replica: break;
    }
    return group.empty() ? "replicas" : "group:" + group;
}

}  // namespace

facts_source facts_by_grammar(const config::config& made) {
    return [limit = made.server.parse_limit_bytes](std::string_view text) {
        return query::analyze(text, limit);
    };
}

facts_source facts_by_catalog(const config::config& made, query::name_scope names) {
    return [by_grammar = facts_by_grammar(made), names = std::move(names)](std::string_view text) {
        return query::resolve(by_grammar(text), names);
    };
}

dry_run::dry_run(const config::config& made, facts_source facts)
    : made_(made), facts_(std::move(facts)), rules_(made.rules), overrides_(config::overrides_of(made)) {}

dry_route dry_run::route(std::string_view text, const dry_client& who) const {
    const query::facts facts = facts_(text);
    const auto wish = query::make_digest(text, {}).wish;
    routing::digest_book book;
    const routing::seen_statement seen{book.look_up(routing::public_digest(text), text), text, &facts, wish};
    std::vector<std::uint16_t> shadows;
    const auto left =
        rules_.settle({who.user, who.database, who.application_name, who.address});
    const auto index = rules_.match(
        left, {std::span(&seen, 1), who.transaction != transaction_kind::none}, shadows);
    const auto* by = index ? &rules_[*index] : nullptr;

    routing::explained what;
    what.asked = {.what = &facts, .wish = wish, .transaction = who.transaction, .held = who.holds, .by = by};
    const auto usual = who.transaction == transaction_kind::splittable
                           ? made_.routing.level_in_split
                           : overrides_.settle(who.user, who.database).level.value_or(made_.routing.level);
    what.asked.level = by != nullptr && by->level ? *by->level : usual;
    what.allowed = routing::limits_under(by, made_.routing, what.asked.level);
    what.statement = &seen;
    if (!shadows.empty()) what.shadow = &rules_[shadows.front()];

    const auto judged = routing::judge(what.asked);
    dry_route made{route_of(judged, what.asked, std::string(what.allowed.group)),
                   std::string(routing::to_string(judged.why)),
                   by != nullptr ? by->name : "",
                   {},
                   routing::explain(what)};
    for (const auto shadow : shadows) made.shadows.push_back(rules_[shadow].name);
    if (is_local(facts, who)) {
        made.route = made.reason = std::string(routing::to_string(routing::reason::local));
        made.rule.clear();
        made.explained = {{"node", "none"},
                          {"reason", "local: " + std::string(routing::phrase(routing::reason::local))}};
    }
    return made;
}

transaction_kind dry_run::after(std::string_view text, const dry_client& who) const {
    const query::facts f = facts_(text);
    const auto before = who.transaction;
    if (f.kind == statement_kind::commit || f.kind == statement_kind::rollback)
        return f.chain ? before : transaction_kind::none;
    if (f.kind != statement_kind::begin || before != transaction_kind::none) return before;
    const auto said = overrides_.settle(who.user, who.database).transactions;
    return session::kind_of(f, {}, said.value_or(made_.routing.transactions));
}

std::vector<std::string> split_statements(std::string_view script) {
    std::vector<std::string> found;
    const auto keep = [&](std::string_view piece) {
        constexpr std::string_view space = " \t\r\n\f\v";
        const auto first = piece.find_first_not_of(space);
        if (first == std::string_view::npos) return;
        found.emplace_back(piece.substr(first, piece.find_last_not_of(space) - first + 1));
    };
    query::lexer tokens(script);
    query::token t;
    std::size_t begin = 0;
    bool says_something = false;
    int depth = 0;  // of parentheses: CREATE RULE has semicolons inside
    for (tokens.next(t); t.kind != query::token_kind::end; tokens.next(t)) {
        if (t.kind == query::token_kind::broken) {
            keep(script.substr(begin));
            return found;
        }
        const bool mark = t.kind == query::token_kind::punctuation;
        if (mark && t.is('(')) ++depth;
        if (mark && t.is(')')) --depth;
        if (!mark || !t.is(';') || depth > 0) {
            says_something = true;
            continue;
        }
        const auto at = static_cast<std::size_t>(t.text.data() - script.data());
        if (says_something) keep(script.substr(begin, at - begin));
        begin = at + 1;
        says_something = false;
    }
    if (says_something) keep(script.substr(begin));
    return found;
}

}  // namespace weir::cli
