#include "session/own_statement.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace weir::session {
namespace {

using act = own_statement::act;

struct named_setting {
    own_setting is;
    std::string_view name;
    std::string_view available;  // empty: nobody may set it
    bool keeps_default = true;   // may be RESET, and SET to DEFAULT
};

constexpr std::array<named_setting, 5> own_settings = {{
    {own_setting::node, "weir.node", "", false},
    {own_setting::reason, "weir.reason", "", false},
    {own_setting::token, "weir.token", "Use what SHOW weir.token has returned, before the same servers.", false},
    {own_setting::consistency, "weir.consistency", "Available values: eventual, bounded, session, global, strong."},
    {own_setting::commit_outcome, "weir.commit_outcome", "Available values: on, off."},
}};

const named_setting* find_setting(std::string_view name) {
    for (const auto& one : own_settings)
        if (one.name == name) return &one;
    return nullptr;
}

const named_setting& named(own_setting what) {
    for (const auto& one : own_settings)
        if (one.is == what) return one;
    std::abort();  // has no name
}

/// As PostgreSQL's parse_bool() takes it, whole words only.
std::optional<bool> parse_switch(std::string_view text) {
    for (const auto* on : {"on", "true", "yes", "1"})
        if (text == on) return true;
    for (const auto* off : {"off", "false", "no", "0"})
        if (text == off) return false;
    return std::nullopt;
}

/// Words of a statement, lower case, one after the other; = is a word.
class words {
public:
    explicit words(std::string_view text) : rest_(text) {}

    std::string next() {
        skip();
        if (rest_.empty()) return {};
        if (rest_.front() == '\'') return quoted();
        if (rest_.front() == '=') return take(1);
        std::size_t end = 0;
        while (end < rest_.size() && (is_word(rest_[end]) || rest_[end] == '.')) ++end;
        auto word = take(std::max<std::size_t>(end, 1));
        for (char& c : word)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return word;
    }
    /// What is left, without the semicolon at its end.
    std::string_view rest() {
        skip();
        auto left = rest_;
        while (!left.empty() && (is_space(left.back()) || left.back() == ';')) left.remove_suffix(1);
        return left;
    }
    bool at_end() { return rest().empty(); }

private:
    static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
    static bool is_word(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }
    std::string take(std::size_t n) {
        std::string taken(rest_.substr(0, n));
        rest_.remove_prefix(n);
        return taken;
    }
    std::string quoted() {
        const auto end = rest_.find('\'', 1);
        auto inside = end == std::string_view::npos ? std::string() : std::string(rest_.substr(1, end - 1));
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return inside;
    }
    void skip() {
        while (!rest_.empty()) {
            if (is_space(rest_.front())) {
                rest_.remove_prefix(1);
            } else if (rest_.starts_with("--")) {
                rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
            } else if (rest_.starts_with("/*")) {
                const auto end = rest_.find("*/", 2);
                rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
            } else {
                return;
            }
        }
    }

    std::string_view rest_;
};

std::optional<own_statement> parse_set(words& w) {
    auto word = w.next();
    auto does = act::set;
    if (word == "local") does = act::set_local;
    if (word == "local" || word == "session") word = w.next();
    const auto* about = find_setting(word);
    if (about == nullptr || about->available.empty()) return std::nullopt;
    word = w.next();
    if (word != "=" && word != "to") return std::nullopt;
    auto value = w.next();
    if (value.empty() || !w.at_end()) return std::nullopt;
    if (value == "default" && about->keeps_default) return own_statement{act::reset, about->is, std::move(value)};
    return own_statement{does, about->is, std::move(value)};
}

std::optional<own_statement> parse_about(act does, words& w) {
    const auto* about = find_setting(w.next());
    if (about == nullptr || !w.at_end() || (does == act::reset && !about->keeps_default)) return std::nullopt;
    return own_statement{does, about->is};
}

}  // namespace

std::string_view to_string(own_setting s) { return named(s).name; }

std::string_view available_values(own_setting what) { return named(what).available; }

bool set_own_value(own_values& of, own_setting what, std::string_view text) {
    if (what == own_setting::consistency) {
        const auto level = routing::parse_consistency(text);
        if (level) of.level = level;
        return level.has_value();
    }
    const auto wanted = what == own_setting::commit_outcome ? parse_switch(text) : std::nullopt;
    if (wanted) of.commit_outcome = wanted;
    return wanted.has_value();
}

bool may_be_own_statement(const query::facts& known) {
    using kind = query::statement_kind;
    return known.kind == kind::set || known.kind == kind::set_local || known.kind == kind::show ||
           known.why_not == query::obstacle::unparsed;
}

std::optional<own_statement> parse_own_statement(std::string_view text) {
    words w(text);
    const auto first = w.next();
    if (first == "set") return parse_set(w);
    if (first == "show") return parse_about(act::show, w);
    if (first == "reset") return parse_about(act::reset, w);
    if (first != "explain" || w.next() != "route" || w.at_end()) return std::nullopt;
    return own_statement{act::explain_route, own_setting::none, std::string(w.rest())};
}

bool hides_own_setting(const query::facts& known) {
    const auto& names = known.custom_settings;
    return std::any_of(names.begin(), names.end(), [](const auto& name) {
        const auto* own = find_setting(name);
        return own != nullptr && !own->available.empty();
    });
}

}  // namespace weir::session
