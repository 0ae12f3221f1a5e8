#include "routing/policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace weir::routing {

namespace {

constexpr std::array all_levels{consistency::eventual, consistency::bounded, consistency::session,
                                consistency::global, consistency::strong};

void say(std::string& to, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!to.empty()) to += ", ";
    to.append(name).append(" = ").append(value);
}

std::string_view to_text(bool value) { return value ? "true" : "false"; }

std::string route_text(const rule& r) {
    switch (r.route) {
        case rule_route::unsaid: return "";
        case rule_route::primary: return "primary";
        case rule_route::replicas: return r.group.empty() ? "replicas" : "group:" + r.group;
        case rule_route::reject: return "reject";
    }
    std::abort();  // no enumerator
}

}  // namespace

std::string_view to_string(consistency c) {
    switch (c) {
        case consistency::eventual:
            return "eventual";
        case consistency::bounded:
            return "bounded";
        case consistency::session:
            return "session";
        case consistency::global:
            return "global";
        case consistency::strong:
            return "strong";
    }
    std::abort();  // no enumerator: only memory that is not ours to trust gets here
}

std::string_view to_string(rate_scope scope) {
    switch (scope) {
        case rate_scope::user: return "user";
        case rate_scope::digest: return "digest";
        case rate_scope::rule: return "rule";
    }
    std::abort();  // no enumerator
}

std::optional<consistency> parse_consistency(std::string_view text) {
    for (const consistency level : all_levels) {
        if (to_string(level) == text) return level;
    }
    return std::nullopt;
}

std::optional<rate_limit> parse_rate(std::string_view text) {
    constexpr std::int64_t most = 1'000'000;
    rate_limit made;
    const char* end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, made.count);
    if (failed != std::errc() || made.count < 1 || made.count > most) return std::nullopt;
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    if (unit == "/s") {
        made.window = milliseconds(1000);
    } else if (unit == "/min") {
        made.window = milliseconds(60'000);
    } else if (unit == "/h") {
        made.window = milliseconds(3'600'000);
    } else {
        return std::nullopt;
    }
    made.burst = std::max<std::int64_t>(1, made.count * 1000 / made.window.count());
    return made;
}

std::string describe_matchers(const rule& r) {
    std::string text;
    say(text, "user", r.user);
    say(text, "database", r.database);
    say(text, "application_name", r.application_name);
    say(text, "client", r.client);
    say(text, "digest", r.digest);
    say(text, "regex", r.regex);
    say(text, "table", r.table);
    if (r.hint) say(text, "hint", *r.hint == query::hint::primary ? "primary" : "replica");
    if (r.in_transaction) say(text, "in_transaction", to_text(*r.in_transaction));
    return text.empty() ? "everything" : text;
}

std::string describe_effect(const rule& r) {
    std::string text;
    say(text, "route", route_text(r));
    if (r.level) say(text, "consistency", to_string(*r.level));
    if (r.max_lag_ms) say(text, "max_lag_ms", std::to_string(*r.max_lag_ms));
    if (r.max_lag_bytes) say(text, "max_lag_bytes", std::to_string(*r.max_lag_bytes));
    if (r.timeout.count() > 0) say(text, "timeout_ms", std::to_string(r.timeout.count()));
    if (r.rate) {
        say(text, "rate_limit",
            std::to_string(r.rate->count) + " in " + std::to_string(r.rate->window.count()) +
                " ms for each " + std::string(to_string(r.rate->each)));
    }
    if (r.commit_outcome) say(text, "commit_outcome", "true");
    if (r.log) say(text, "log", "true");
    return text;
}

}  // namespace weir::routing
