#include "session/console_talk.hpp"

#include <utility>

#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
namespace backend = wire::backend;
using kind = console_step::kind;

namespace {

fault no_such(const char* what, bytes_view name) {
    return {sqlstate::invalid_statement_name, std::string(what) + " \"" + std::string(name) + "\" does not exist"};
}

}  // namespace

void console_talk::take(char type, bytes_view body) {
    if (failed_) return;
    switch (type) {
        case frontend::query: {
            const auto text = frontend::decode_query(body);
            if (!text) return fail(text.error());
            steps_.push_back({kind::query, std::string(*text)});
            ends_with_ready_ = true;
            return;
        }
        case frontend::parse: return parse(body);
        case frontend::bind: return bind(body);
        case frontend::describe: return describe(body);
        case frontend::execute: return execute(body);
        case frontend::close: return close(body);
        default:
            return fail({sqlstate::feature_not_supported, "Weir's console has no function calls and no COPY", "",
                         "Send a command; SHOW HELP lists them."});
    }
}

std::vector<console_step> console_talk::take_steps(bool by_sync) {
    ends_with_ready_ = by_sync;
    if (by_sync) {
        failed_ = false;
        portals_.clear();
    }
    return std::exchange(steps_, {});
}

void console_talk::parse(bytes_view body) {
    const auto parsed = frontend::decode_parse(body);
    if (!parsed) return fail(parsed.error());
    const std::string name(parsed->statement);
    if (!name.empty() && statements_.contains(name))
        return fail({sqlstate::duplicate_prepared_statement, "prepared statement \"" + name + "\" already exists"});
    statements_[name] = std::string(parsed->query);
    reply(backend::append_parse_complete);
}

void console_talk::bind(bytes_view body) {
    const auto bound = frontend::decode_bind(body);
    if (!bound) return fail(bound.error());
    const auto found = statements_.find(bound->statement);
    if (found == statements_.end()) return fail(no_such("prepared statement", bound->statement));
    const auto counts = frontend::count_bound(bound->rest);
    if (!counts || counts->values > 0)
        return fail({sqlstate::protocol_violation, "commands of Weir's console have no parameters", "",
                     "Write the name into the command, in double quotes where it needs them."});
    portals_[std::string(bound->portal)] = found->second;
    reply(backend::append_bind_complete);
}

void console_talk::describe(bytes_view body) {
    const auto target = frontend::decode_target(body);
    if (!target) return fail(target.error());
    const bool is_portal = target->kind == 'P';
    const auto& in = is_portal ? portals_ : statements_;
    const auto found = in.find(target->name);
    if (found == in.end()) return fail(no_such(is_portal ? "portal" : "prepared statement", target->name));
    steps_.push_back({is_portal ? kind::describe_portal : kind::describe_statement, found->second});
}

void console_talk::execute(bytes_view body) {
    const auto executed = frontend::decode_execute(body);
    if (!executed) return fail(executed.error());
    const auto found = portals_.find(executed->portal);
    if (found == portals_.end()) return fail(no_such("portal", executed->portal));
    steps_.push_back({kind::execute, found->second});
}

void console_talk::close(bytes_view body) {
    const auto target = frontend::decode_target(body, frontend::close);
    if (!target) return fail(target.error());
    (target->kind == 'P' ? portals_ : statements_).erase(std::string(target->name));
    reply(backend::append_close_complete);
}

void console_talk::fail(const fault& why) {
    failed_ = true;
    bytes message;
    backend::append_error(message, "ERROR", why);
    steps_.push_back({kind::fails, std::move(message)});
}

void console_talk::reply(void (*append)(bytes&)) {
    bytes message;
    append(message);
    steps_.push_back({kind::reply, std::move(message)});
}

}  // namespace weir::session
