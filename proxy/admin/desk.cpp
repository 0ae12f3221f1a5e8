#include "admin/desk.hpp"

#include <charconv>
#include <cstdlib>

#include "admin/command.hpp"
#include "admin/metrics.hpp"
#include "admin/readable.hpp"
#include "admin/readiness.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

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

result<status::table> reload(status::control& running) {
    auto changes = running.reload();
    if (!changes) return changes.error();
    status::table told;
    told.columns = {"changed"};
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

}  // namespace

result<status::table> desk::console(std::string_view statement, status::console_right has,
                                    status::control& running) {
    const auto wanted = parse_command(statement);
    if (!wanted) return wanted.error();
    if (has == status::console_right::look && changes_something(wanted->is))
        return fault{sqlstate::insufficient_privilege, "permission denied: this command changes something", "",
                     "You are one of stats_users, who may look; admin_users in the [auth] section may give commands."};
    switch (wanted->is) {
        case command::empty:
            return done("");
        case command::help:
            return show_help();
        case command::show_nodes:
            return show_nodes(running.gather(false));
        case command::show_routes:
            return show_routes(running.gather(false));
        case command::show_rules:
            return show_rules(running.gather(false));
        case command::show_digests:
            return show_digests(running.gather(true));
        case command::show_pins:
            return show_pins(running.gather(true));
        case command::show_pools:
            return show_pools(running.gather(false));
        case command::show_stats:
            return show_stats(running.gather(false));
        case command::show_databases:
            return show_databases(running.gather(false));
        case command::show_version:
            return show_version(running.gather(false));
        case command::show_clients:
            return show_clients(running.gather(true));
        case command::show_lists:
            return show_lists(running.gather(true));
        case command::clear_learned:
            running.forget_learned();
            return done("CLEAR LEARNED");
        case command::reload:
            return reload(running);
        case command::pause:
        case command::drain_node:
            return hold(*wanted, running);
        case command::resume:
        case command::undrain_node:
            return let_go(*wanted, running);
        case command::kill:
            return kill(*wanted, running);
        case command::kill_client:
            return kill_client(*wanted, running);
    }
    std::abort();  // no enumerator
}

status::http_reply desk::get(std::string_view path, status::control& running) {
    // Alive is who answers: nobody else is asked.
    if (path == "/livez") return page(200, "ok\n");
    if (path == "/readyz") return ready_page(running.gather(false));
    if (path == "/metrics") return metrics_page(running.gather(false));
    if (path == "/") {
        return page(200, "Weir " + running.gather(false).version +
                             "\n\n/metrics  for Prometheus\n/livez    does it run?\n"
                             "/readyz   can clients be sent here?\n");
    }
    return page(404, "there is no such page; / lists what there is\n");
}

}  // namespace weir::admin
