#include "session/own_statement.hpp"

#include <algorithm>

namespace weir::session {
namespace {

using act = own_statement::act;

constexpr std::string_view consistency_name = "weir.consistency";
constexpr std::string_view token_name = "weir.token";

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
    auto does = act::set_consistency;
    if (word == "local") does = act::set_local;
    if (word == "local" || word == "session") word = w.next();
    const bool token = word == token_name;
    if (word != consistency_name && !token) return std::nullopt;
    word = w.next();
    if (word != "=" && word != "to") return std::nullopt;
    auto value = w.next();
    if (value.empty() || !w.at_end()) return std::nullopt;
    if (token) return own_statement{act::set_token, std::move(value)};
    if (value == "default") return own_statement{act::reset_consistency};
    return own_statement{does, std::move(value)};
}

std::optional<own_statement> parse_show(words& w) {
    const auto name = w.next();
    if (!w.at_end()) return std::nullopt;
    if (name == "weir.node") return own_statement{act::show_node};
    if (name == "weir.reason") return own_statement{act::show_reason};
    if (name == consistency_name) return own_statement{act::show_consistency};
    if (name == token_name) return own_statement{act::show_token};
    return std::nullopt;
}

}  // namespace

bool may_be_own_statement(const query::facts& known) {
    using kind = query::statement_kind;
    return known.kind == kind::set || known.kind == kind::set_local || known.kind == kind::show ||
           known.why_not == query::obstacle::unparsed;
}

std::optional<own_statement> parse_own_statement(std::string_view text) {
    words w(text);
    const auto first = w.next();
    if (first == "set") return parse_set(w);
    if (first == "show") return parse_show(w);
    if (first == "reset") {
        if (w.next() != consistency_name || !w.at_end()) return std::nullopt;
        return own_statement{act::reset_consistency};
    }
    if (first != "explain" || w.next() != "route" || w.at_end()) return std::nullopt;
    return own_statement{act::explain_route, std::string(w.rest())};
}

bool hides_own_setting(const query::facts& known) {
    const auto& names = known.custom_settings;
    return std::any_of(names.begin(), names.end(),
                       [](const auto& name) { return name == consistency_name || name == token_name; });
}

}  // namespace weir::session
