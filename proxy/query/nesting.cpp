#include "query/nesting.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "query/lexer.hpp"

namespace weir::query {
namespace {

/// A parenthesis holds up to an OR of ANDs, which the separators within it do not count.
constexpr int per_parenthesis = 2;

/// One level of parentheses. Between two separators (comma, AND, OR, ...) every token may put one
/// more node above the others, as in 1+1+1 or NOT NOT NOT; what is separated lies side by side.
struct level {
    int tokens = 0;        // since the last separator
    int chain = 0;         // links that no separator ends: joins, set operations, CASE
    bool between = false;  // the next AND belongs to a BETWEEN

    int depth() const { return tokens + chain; }
};

bool is_any(const token& t, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view w) { return t.is_word(w); });
}

class estimate {
public:
    void take(const token& t, const token& before) {
        level& here = levels_.back();
        if (t.is('(') || t.is('[')) {
            outside_ += here.depth() + per_parenthesis;
            levels_.emplace_back();
        } else if (t.is(')') || t.is(']')) {
            close();
        } else if (t.is(';')) {
            here = level{};
        } else if (t.is(',')) {
            separate(here);
        } else if (t.kind == token_kind::word && !before.is('.')) {
            word(here, t);
        } else {
            ++here.tokens;
        }
        deepest_ = std::max(deepest_, outside_ + levels_.back().depth());
    }
    int deepest() const { return deepest_; }

private:
    static void separate(level& here) {
        here.tokens = 0;
        here.between = false;
    }
    void close() {
        if (levels_.size() > 1) {
            levels_.pop_back();
            outside_ -= levels_.back().depth() + per_parenthesis;
        }
        ++levels_.back().tokens;
    }
    static void word(level& here, const token& t) {
        ++here.tokens;
        if (is_any(t, {"and", "or"})) {
            if (here.between && t.is_word("and")) {
                here.between = false;
            } else {
                separate(here);
            }
        } else if (is_any(t, {"union", "intersect", "except"})) {
            ++here.chain;
            separate(here);
        } else if (is_any(t, {"case", "between", "join"})) {
            // Separators follow within what these nest: what came before stays above it.
            here.chain += here.tokens;
            separate(here);
            here.between = t.is_word("between");
        } else if (is_any(t, {"select", "where", "when", "then", "else"})) {
            separate(here);  // reserved words, so never a name within an expression
            if (t.is_word("select")) ++here.chain;
        }
    }

    std::vector<level> levels_{1};
    int outside_ = 0;  // the depth of all levels but the last
    int deepest_ = 0;
};

}  // namespace

bool is_shallow(std::string_view text) {
    lexer from(text);
    estimate e;
    token before;
    token t;
    for (from.next(t); t.kind != token_kind::end; from.next(t)) {
        if (t.kind == token_kind::broken) return false;
        e.take(t, before);
        if (e.deepest() > most_levels) return false;
        before = t;
    }
    return true;
}

}  // namespace weir::query
