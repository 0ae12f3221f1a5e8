#include "session/judge.hpp"

#include "wire/frontend.hpp"

namespace weir::session {
namespace {

namespace frontend = wire::frontend;

result<void> resolve_parse(client_message& m, bytes_view body, environment& env,
                           statement_names& names) {
    auto parse = frontend::decode_parse(body);
    if (!parse) return parse.error();
    m.what = env.statements.intern(parse->query, parse->parameter_types, env.verdicts);
    m.duplicate = !parse->statement.empty() && names.find(parse->statement) != nullptr;
    if (m.duplicate) return {};
    names.add(parse->statement, m.what);
    m.changes_names = true;
    return {};
}

result<void> resolve_target(client_message& m, bytes_view body, statement_names& names) {
    auto target = frontend::decode_target(body);
    if (!target) return target.error();
    if (target->kind != 'S' && target->kind != 'P')
        return fault{sqlstate::protocol_violation, "invalid message format"};
    if (target->kind != 'S') return {};
    m.what = names.find(target->name);
    if (m.type == frontend::close && m.what) {
        names.remove(target->name);
        m.changes_names = true;
    }
    return {};
}

/// An Execute of DEALLOCATE or DISCARD ALL changes names when it is answered, and what follows it in the
/// pipeline counts on that.
result<void> resolve_execute(client_message& m, bytes_view body, statement_names& names,
                             const portals& open) {
    auto execute = frontend::decode_execute(body);
    if (!execute) return execute.error();
    m.what = open.find(execute->portal);
    if (!m.what) return {};
    const auto& f = *m.what->known;
    if (f.kind == query::statement_kind::discard_all || deallocates_all(f)) {
        names.remove_all();
        m.changes_names = true;
    } else if (f.kind == query::statement_kind::deallocate && names.find(f.name)) {
        names.remove(f.name);
        m.changes_names = true;
    }
    return {};
}

}  // namespace

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
        f->pins = query::pin_cause::procedural;  // it may have been a SET
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

void cycle_facts::run(const query::facts& one) {
    using query::obstacle;
    pins = pins | one.pins;
    if (one.why_not == obstacle::unparsed || one.why_not == obstacle::too_long ||
        one.why_not == obstacle::not_utf8)
        ++unread;
}

void note_run(cycle_facts& of, const client_message& m, bytes_view body, environment& env) {
    if (m.type == frontend::execute && m.what) {
        of.run(*m.what->known);
    } else if (m.type == frontend::query) {
        if (auto text = frontend::decode_query(body)) of.run(*env.verdicts.look_up(*text, {}).known);
    } else if (m.type == frontend::function_call) {
        of.pins = of.pins | query::pin_cause::procedural;
    }
}

result<void> resolve(client_message& m, bytes_view body, environment& env, statement_names& names,
                     portals& open) {
    switch (m.type) {
        case frontend::parse: return resolve_parse(m, body, env, names);
        case frontend::describe:
        case frontend::close: return resolve_target(m, body, names);
        case frontend::bind: {
            auto bind = frontend::decode_bind(body);
            if (!bind) return bind.error();
            m.what = names.find(bind->statement);
            open.bind(bind->portal, m.what);
            return {};
        }
        case frontend::execute: return resolve_execute(m, body, names, open);
        default: return {};
    }
}

result<cycle_facts> judge_cycle(cycle& c, environment& env, statement_names& names, portals& open) {
    cycle_facts run;       // of what is executed
    cycle_facts prepared;  // of what is only parsed or described
    int executed = 0;
    std::string_view text;
    open.begin_cycle();
    for (auto& m : c.messages()) {
        const auto body = c.body(m);
        if (auto resolved = resolve(m, body, env, names, open); !resolved) return resolved.error();
        switch (m.type) {
            case frontend::query: {
                auto query = frontend::decode_query(body);
                if (!query) return query.error();
                auto v = env.verdicts.look_up(*query, {});
                run.add(v.known, v.wish);
                run.run(*v.known);
                run.simple = true;
                text = *query;
                ++executed;
                break;
            }
            case frontend::execute: {
                run.resumes = run.resumes || open.is_older(frontend::decode_execute(body)->portal);
                run.add(m.what ? m.what->known : unknown_facts(),
                        m.what ? m.what->wish : query::hint::none);
                note_run(run, m, body, env);
                text = m.what ? std::string_view(m.what->text) : std::string_view();
                ++executed;
                break;
            }
            case frontend::function_call:
                run.add(unknown_facts(), query::hint::none);
                note_run(run, m, body, env);
                ++executed;
                break;
            case frontend::parse:
            case frontend::bind:
            case frontend::describe:
                if (m.what) prepared.add(m.what->known, m.what->wish);
                break;
            default: break;
        }
    }
    run.executes = executed > 0;
    if (executed == 1) run.single_text = text;
    if (!run.what) {
        run.what = prepared.what ? prepared.what : unknown_facts();
        run.wish = prepared.wish;
    }
    return run;
}

}  // namespace weir::session
