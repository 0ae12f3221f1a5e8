#include "session/judge.hpp"

#include <algorithm>

#include "wire/frontend.hpp"

namespace weir::session {
namespace {

namespace frontend = wire::frontend;
using query::named_statement;
using query::pin_cause;

/// runs: else it is only prepared or described, and yet PostgreSQL looks at what EXECUTE names. A statement
/// of the protocol may itself be a PREPARE, EXECUTE or DEALLOCATE: what EXECUTE runs is followed.
void resolve_uses(client_message& m, const query::facts& f, const statement_names& names,
                  bool runs, int depth = 0) {
    constexpr int deepest = 8;
    for (const auto& n : f.named) {
        if (n.does == named_statement::act::deallocate_all) continue;
        if (!runs && n.does != named_statement::act::execute) continue;
        const auto what = names.find(n.name);
        m.uses.push_back({n.name, what, runs && n.does != named_statement::act::execute});
        if (what && !what->by_sql() && n.does == named_statement::act::execute && depth < deepest)
            resolve_uses(m, *what->known, names, runs, depth + 1);
    }
}

result<void> resolve_parse(client_message& m, bytes_view body, environment& env,
                           statement_names& names) {
    auto parse = frontend::decode_parse(body);
    if (!parse) return parse.error();
    m.what = env.statements.intern(parse->query, parse->parameter_types, env.verdicts);
    resolve_uses(m, *m.what->known, names, false);
    m.duplicate = !parse->statement.empty() && names.find(parse->statement) != nullptr;
    if (m.duplicate) return {};
    names.add(parse->statement, m.what);
    m.changes_names = true;
    return {};
}

result<void> resolve_target(client_message& m, bytes_view body, statement_names& names, const portals& open) {
    auto target = frontend::decode_target(body);
    if (!target) return target.error();
    if (target->kind != 'S' && target->kind != 'P')
        return fault{sqlstate::protocol_violation, "invalid message format"};
    if (target->kind == 'P') {
        if (m.type == frontend::close) return {};
        m.what = open.find(target->name);
        m.of_unnamed = open.is_of_unnamed(target->name);
        return {};
    }
    m.what = names.find(target->name);
    if (m.what && !m.what->by_sql() && m.type == frontend::describe)
        resolve_uses(m, *m.what->known, names, false);
    if (m.type == frontend::close && m.what) {
        names.remove(target->name);
        m.changes_names = true;
    }
    return {};
}

/// An Execute of PREPARE, DEALLOCATE or DISCARD ALL changes names when it is answered, and what follows it in the
/// pipeline counts on that.
result<void> resolve_execute(client_message& m, bytes_view body, environment& env,
                             statement_names& names, const portals& open) {
    auto execute = frontend::decode_execute(body);
    if (!execute) return execute.error();
    m.what = open.find(execute->portal);
    if (!m.what) return {};
    const auto& f = *m.what->known;
    if (m.what->by_sql()) return {};  // what PREPARE has prepared runs, and not PREPARE
    const bool known = f.kind == query::statement_kind::deallocate && names.find(f.name);
    if (!known) resolve_uses(m, f, names, true);
    const auto* run = what_runs(f, names);
    if (f.kind == query::statement_kind::discard_all || deallocates_all(f)) {
        names.remove_all();
        m.changes_names = true;
    } else if (f.kind == query::statement_kind::prepare && !names.find(f.named.front().name)) {
        names.add(f.named.front().name, prepared_by_sql(f.named.front(), env));
        m.changes_names = true;
    } else if (f.kind == query::statement_kind::execute && run != nullptr) {
        m.runs_named = true;
        if (run->does == named_statement::act::prepare && !names.find(run->name)) {
            names.add(run->name, prepared_by_sql(*run, env));
            m.changes_names = true;
        } else if (run->does == named_statement::act::deallocate && names.find(run->name)) {
            names.remove(run->name);
            m.changes_names = true;
        } else if (run->does == named_statement::act::deallocate_all) {
            names.remove_all();
            m.changes_names = true;
        }
    } else if (known) {
        names.remove(f.name);
        m.changes_names = true;
    }
    return {};
}

}  // namespace

statement_ptr prepared_by_sql(const query::named_statement& how, environment& env) {
    return env.statements.intern(how.text, statement::sql_prepare, env.verdicts);
}

const query::named_statement* what_runs(const query::facts& f, const statement_names& names) {
    constexpr int deepest = 8;
    const auto* at = f.named.empty() ? nullptr : &f.named.front();
    for (int depth = 0; at != nullptr && at->does == named_statement::act::execute; ++depth) {
        const auto what = names.find(at->name);
        if (!what || what->by_sql() || what->known->named.empty() || depth == deepest) return nullptr;
        at = &what->known->named.front();
    }
    return at;
}

bool deallocates_all(const query::facts& f) {
    return f.kind == query::statement_kind::deallocate && f.name.empty();
}

const std::shared_ptr<const query::facts>& unknown_facts() {
    static const auto facts = [] {
        auto f = std::make_shared<query::facts>();
        f->writes_position = true;
        return std::shared_ptr<const query::facts>(std::move(f));
    }();
    return facts;
}

const std::shared_ptr<const query::facts>& opaque_facts() {
    static const auto facts = [] {
        auto f = std::make_shared<query::facts>(*unknown_facts());
        f->why_not = query::obstacle::not_utf8;
        f->pins = query::pin_cause::opaque;
        return std::shared_ptr<const query::facts>(std::move(f));
    }();
    return facts;
}

void cycle_facts::add(const std::shared_ptr<const query::facts>& one, query::hint wished) {
    if (wish == query::hint::none) wish = wished;
    if (!what) {
        what = one;
    } else if (what != one) {
        what = std::make_shared<const query::facts>(query::merge(*what, *one));
    }
}

void cycle_facts::take_in_begin() {
    if (!begin) return;
    what = what ? std::make_shared<const query::facts>(query::merge(*begin, *what)) : begin;
    begin.reset();
}

void cycle_facts::run(const query::facts& one) {
    using query::obstacle;
    // Statements of PREPARE are carried by their names.
    pins = pins | query::without(one.pins, pin_cause::sql_prepare);
    if (one.out_of_sight) pins = pins | pin_cause::procedural;
    ends = ends | one.ends;
    for (const auto& name : one.custom_settings) touch_setting(name);
    resets_name = resets_name || one.resets_name;
    const bool changes = query::redefines(one, names);
    redefines = redefines || changes;
    drops_nothing = drops_nothing || (one.redefines && !changes);
    recalls_sequence = recalls_sequence || one.recalls_sequence;
    draws_sequence = draws_sequence || one.writes_position;
    lists_statements = lists_statements || one.lists_statements;
    if (one.why_not == obstacle::unparsed || one.why_not == obstacle::too_long ||
        one.why_not == obstacle::not_utf8)
        ++unread;
}

void cycle_facts::touch_setting(std::string_view name) {
    std::string folded(name);
    for (char& c : folded)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    if (is_custom(folded) && std::find(custom_settings.begin(), custom_settings.end(), folded) ==
                                 custom_settings.end())
        custom_settings.push_back(std::move(folded));
}

namespace {

void run_query(cycle_facts& of, client_message& m, const std::shared_ptr<const query::facts>& known,
               const statement_names& names) {
    of.query = known;
    of.run(*known);
    resolve_uses(m, *known, names, true);
}

/// What EXECUTE runs was said by PREPARE or Parse.
void run_named(cycle_facts& of, const client_message& m) {
    for (const auto& [name, what, changes] : m.uses) {
        if (!what || changes) continue;
        of.run(*what->known);
        if (!what->known->setting_parameters.empty()) of.pins = of.pins | pin_cause::unknown_setting;
    }
}

/// set_config($1, ...): the name stands in the Bind message.
void note_bound_settings(cycle_facts& of, const client_message& m, bytes_view body) {
    if (!m.what || m.what->known->setting_parameters.empty()) return;
    const auto bind = frontend::decode_bind(body);
    for (const auto number : m.what->known->setting_parameters) {
        const auto name = bind && number > 0 ? frontend::bound_value(bind->rest, number - 1u) : std::nullopt;
        if (name) {
            of.touch_setting(*name);
        } else {
            of.pins = of.pins | pin_cause::unknown_setting;
        }
    }
}

}  // namespace

void note_run(cycle_facts& of, client_message& m, bytes_view body, environment& env,
              const statement_names& names) {
    if (m.type == frontend::execute && m.what) {
        of.run(*env.verdicts.resolved(m.what->known, of.names));
    } else if (m.type == frontend::bind) {
        note_bound_settings(of, m, body);
    } else if (m.type == frontend::query) {
        if (auto text = frontend::decode_query(body))
            run_query(of, m, env.verdicts.resolved(env.verdicts.look_up(*text, {}).known, of.names), names);
    } else if (m.type == frontend::function_call) {
        of.pins = of.pins | pin_cause::procedural;
    }
    if (m.type == frontend::execute || m.type == frontend::query) run_named(of, m);
}

result<void> resolve(client_message& m, bytes_view body, environment& env, statement_names& names,
                     portals& open) {
    switch (m.type) {
        case frontend::parse: return resolve_parse(m, body, env, names);
        case frontend::describe:
        case frontend::close: return resolve_target(m, body, names, open);
        case frontend::bind: {
            auto bind = frontend::decode_bind(body);
            if (!bind) return bind.error();
            m.what = names.find(bind->statement);
            if (m.what && !m.what->by_sql()) resolve_uses(m, *m.what->known, names, false);
            open.bind(bind->portal, m.what, bind->statement.empty());
            return {};
        }
        case frontend::execute: return resolve_execute(m, body, env, names, open);
        default: return {};
    }
}

namespace {

void judge_execute(cycle_facts& run, const client_message& m, bytes_view body, bool first, const portals& open,
                   environment& env, query::name_view in) {
    const auto execute = frontend::decode_execute(body);
    run.resumes = run.resumes || open.is_older(execute->portal);
    run.keeps_portal = run.keeps_portal || execute->max_rows != 0 || !execute->portal.empty();
    const bool known = m.what && !m.what->by_sql();
    if (first && known && m.what->known->kind == query::statement_kind::begin) {
        run.begin = m.what->known;
        run.begin_text = m.what->text;
        return;
    }
    run.add(known ? env.verdicts.resolved(m.what->known, in) : unknown_facts(),
            m.what ? m.what->wish : query::hint::none);
}

void see(cycle& c, const statement& what, environment& env) {
    c.saw({env.digests.look_up(what.shape, what.text), what.text, what.known.get(), what.wish});
}

}  // namespace

result<cycle_facts> judge_cycle(cycle& c, environment& env, statement_names& names, portals& open,
                                query::name_view in) {
    cycle_facts run;       // of what is executed
    cycle_facts prepared;  // of what is only parsed or described
    int executed = 0;
    std::string_view text;
    run.names = in;
    open.begin_cycle();
    for (auto& m : c.messages()) {
        const auto body = c.body(m);
        if (auto resolved = resolve(m, body, env, names, open); !resolved) return resolved.error();
        switch (m.type) {
            case frontend::query: {
                auto query = frontend::decode_query(body);
                if (!query) return query.error();
                auto v = env.verdicts.look_up(*query, {});
                const auto& known = env.verdicts.resolved(v.known, in);
                run.add(known, v.wish);
                c.saw({env.digests.look_up(v.shape, *query), *query, v.known.get(), v.wish});
                run_query(run, m, known, names);
                run_named(run, m);
                run.simple = true;
                text = *query;
                ++executed;
                break;
            }
            case frontend::execute:
                judge_execute(run, m, body, executed == 0, open, env, in);
                note_run(run, m, body, env, names);
                if (m.what) see(c, *m.what, env);
                text = m.what ? std::string_view(m.what->text) : std::string_view();
                ++executed;
                break;
            case frontend::function_call:
                run.add(unknown_facts(), query::hint::none);
                note_run(run, m, body, env, names);
                ++executed;
                break;
            case frontend::bind: note_run(run, m, body, env, names); [[fallthrough]];
            case frontend::parse:
            case frontend::describe:
                if (m.what) prepared.add(env.verdicts.resolved(m.what->known, in), m.what->wish);
                break;
            default: break;
        }
    }
    run.executes = executed > 0;
    run.names = {};
    if (executed == 1) run.single_text = text;
    if (executed == 1) run.take_in_begin();
    if (!run.what) {
        run.what = prepared.what ? prepared.what : unknown_facts();
        run.wish = prepared.wish;
    }
    if (executed == 0)
        for (const auto& m : c.messages())
            if (m.what) see(c, *m.what, env);
    return run;
}

}  // namespace weir::session
