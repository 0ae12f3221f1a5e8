#include "admin/desk.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "admin/command.hpp"
#include "admin/dashboard.hpp"
#include "admin/json_state.hpp"
#include "admin/metrics.hpp"
#include "admin/query_string.hpp"
#include "admin/readable.hpp"
#include "admin/readiness.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

constexpr const char* reload_column = "changed";

/// A SHOW: what it needs to be gathered, and who tells it.
struct shown_by {
    command is;
    status::table (*tell)(const status::report& now);
    status::extent needs = {};
};

constexpr status::extent with_clients{.clients = true};
constexpr status::extent with_digests{.digests = true};
constexpr status::extent with_servers{.servers = true};
constexpr status::extent with_settings{.settings = true};
constexpr status::extent with_past{.past = true};

constexpr shown_by shows[] = {
    {command::show_nodes, show_nodes},
    {command::show_routes, show_routes},
    {command::show_rules, show_rules},
    {command::show_digests, show_digests, with_digests},
    {command::show_pins, show_pins, with_clients},
    {command::show_pools, show_pools},
    {command::show_stats, show_stats},
    {command::show_databases, show_databases},
    {command::show_version, show_version},
    {command::show_clients, show_clients, with_clients},
    {command::show_servers, show_servers, with_servers},
    {command::show_lists, show_lists, with_clients},
    {command::show_config, show_config, with_settings},
    {command::show_cache, show_cache, with_digests},
    {command::show_tokens, show_tokens},
    {command::show_advice, show_advice, with_digests},
    {command::show_reloads, show_reloads, with_past},
    {command::show_events, show_events, with_past},
};

const shown_by* show_of(command wanted) {
    const auto* found = std::find_if(std::begin(shows), std::end(shows), [&](const auto& s) { return s.is == wanted; });
    return found == std::end(shows) ? nullptr : found;
}

status::http_reply page(int status, std::string body) {
    status::http_reply reply;
    reply.status = status;
    reply.body = std::move(body);
    return reply;
}

status::http_reply ready_page(const status::report& now) {
    const auto why_not = why_not_ready(now);
    return why_not ? page(503, "not ready: " + *why_not + "\n") : page(200, "ready\n");
}

status::http_reply metrics_page(const status::report& now) {
    auto reply = page(200, metrics_text(now));
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return reply;
}

status::http_reply typed(const char* type, std::string body) {
    auto reply = page(200, std::move(body));
    reply.content_type = type;
    return reply;
}

/// ?statement=...&user=...&database=...
status::http_reply route_page(std::string_view query, status::control& running) {
    const auto statement = query_value(query, "statement");
    const auto database = query_value(query, "database");
    if (!statement || statement->empty() || !database || database->empty())
        return page(400, "statement and database are wanted: /api/route?database=shop&user=ann&statement=select+1\n");
    const auto told = running.explain(*statement, query_value(query, "user").value_or(""), *database);
    if (!told) return page(422, told.error().message + (told.error().hint.empty() ? "\n" : ". " + told.error().hint + '\n'));
    return typed("application/json", table_as_json(*told));
}

result<status::table> reload(status::control& running) {
    auto changes = running.reload();
    if (!changes) return changes.error();
    status::table told;
    told.columns = {reload_column};
    told.tag = "RELOAD";
    for (const auto& change : *changes) told.rows.push_back({readable(change)});
    return told;
}

status::table done(std::string_view tag) { return {{}, {}, std::string(tag), {}}; }

/// Pauses or drains, and waits.
result<status::table> hold(const order& wanted, status::control& running) {
    using kind = status::standstill::kind;
    const bool is_pause = wanted.is == command::pause;
    const auto began = is_pause ? running.pause(wanted.name) : running.drain(wanted.name);
    if (!began) return began.error();
    auto answer = done(is_pause ? "PAUSE" : "DRAIN NODE");
    answer.after = {is_pause ? kind::database : kind::node, wanted.name, wanted.within, *began};
    return answer;
}

result<status::table> let_go(const order& wanted, status::control& running) {
    const bool is_resume = wanted.is == command::resume;
    const auto ended = is_resume ? running.resume(wanted.name) : running.undrain(wanted.name);
    if (!ended) return ended.error();
    return done(is_resume ? "RESUME" : "UNDRAIN NODE");
}

result<status::table> kill(const order& wanted, status::control& running) {
    const auto ended = running.kill(wanted.name);
    if (!ended) return ended.error();
    return done("KILL " + std::to_string(*ended));
}

result<status::table> kill_client(const order& wanted, status::control& running) {
    std::uint32_t pid = 0;
    const auto* end = wanted.name.data() + wanted.name.size();
    const auto [rest, failed] = std::from_chars(wanted.name.data(), end, pid);
    if (failed != std::errc() || rest != end)
        return fault{sqlstate::syntax_error, "KILL_CLIENT takes a number", "",
                     "It is in the column ptr of SHOW CLIENTS."};
    const auto ended = running.kill_client(pid);
    if (!ended) return ended.error();
    return done("KILL_CLIENT");
}

/// What drivers set of themselves when they connect; to the console it means nothing.
bool is_of_driver(std::string_view name) {
    constexpr std::string_view names[] = {"application_name", "client_encoding", "client_min_messages", "datestyle",
                                          "extra_float_digits", "intervalstyle", "statement_timeout", "timezone"};
    std::string folded(name);
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return std::find(std::begin(names), std::end(names), folded) != std::end(names);
}

result<status::table> set(const order& wanted, status::control& running) {
    if (is_of_driver(wanted.name)) return done("SET");
    const auto is_set = running.set(wanted.name, wanted.value);
    if (!is_set) return is_set.error();
    return done("SET");
}

}  // namespace

result<status::table> desk::console(std::string_view statement, status::console_right has,
                                    status::control& running) {
    const auto wanted = parse_command(statement);
    if (!wanted) return wanted.error();
    const bool of_driver = wanted->is == command::set && is_of_driver(wanted->name);
    if (has == status::console_right::look && changes_something(wanted->is) && !of_driver)
        return fault{sqlstate::insufficient_privilege, "permission denied: this command changes something", "",
                     "You are one of stats_users, who may look; admin_users in the [auth] section may give commands."};
    if (const auto* shown = show_of(wanted->is)) return shown->tell(running.gather(shown->needs));
    switch (wanted->is) {
        case command::empty: return done("");
        case command::help: return show_help();
        case command::clear_learned: running.forget_learned(); return done("CLEAR LEARNED");
        case command::clear_digests: running.forget_digests(); return done("CLEAR DIGESTS");
        case command::reload: return reload(running);
        case command::pause:
        case command::drain_node: return hold(*wanted, running);
        case command::resume:
        case command::undrain_node: return let_go(*wanted, running);
        case command::kill: return kill(*wanted, running);
        case command::kill_client: return kill_client(*wanted, running);
        case command::set: return set(*wanted, running);
        default: std::abort();  // no enumerator, or a SHOW that nobody shows
    }
}

/// What a command answers with follows from a report in which nothing is.
result<std::vector<std::string>> desk::columns(std::string_view statement) {
    const auto wanted = parse_command(statement);
    if (!wanted) return wanted.error();
    if (wanted->is == command::help) return show_help().columns;
    if (wanted->is == command::reload) return std::vector<std::string>{reload_column};
    const auto* shown = show_of(wanted->is);
    return shown != nullptr ? shown->tell({}).columns : std::vector<std::string>();
}

status::http_reply desk::get(std::string_view path, std::string_view query, status::control& running) {
    // Alive is who answers: nobody else is asked.
    if (path == "/livez") return page(200, "ok\n");
    if (path == "/readyz") return ready_page(running.gather({}));
    if (path == "/metrics") return metrics_page(running.gather({}));
    if (path == "/") return typed("text/html; charset=utf-8", std::string(dashboard_page()));
    if (path == "/api/status") {
        const status::extent needs{.digests = query_value(query, "digests").has_value(), .past = true};
        return typed("application/json", state_as_json(running.gather(needs)));
    }
    if (path == "/api/route") return route_page(query, running);
    return page(404, "there is no such page; there are /, /metrics, /livez, /readyz, /api/status, /api/events and "
                     "/api/route\n");
}

}  // namespace weir::admin
