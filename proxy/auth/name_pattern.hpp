// name_pattern: one entry for a database or a user in pg_hba.conf or pg_ident.conf: a name, or a regular expression
// behind a slash (manual, 21.1). PostgreSQL's expressions and RE2's agree but for back references and look-around,
// which RE2 refuses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auth/token_lines.hpp"

namespace re2 {
class RE2;
}

namespace weir::auth {

class name_pattern {
public:
    /// Or what is wrong with it.
    static std::variant<name_pattern, std::string> make(const token& from);

    bool is_regex() const { return regex_ != nullptr; }
    bool has_group() const;
    /// The token's text was not quoted and is this keyword.
    bool is_keyword(std::string_view word) const { return !quoted_ && !regex_ && text_ == word; }
    bool is_role() const { return !quoted_ && !regex_ && text_.starts_with('+'); }
    const std::string& text() const { return text_; }
    bool matches(std::string_view name) const;
    /// Of a regular expression that matches: what its first group stands for, empty where it has none. Nothing: no match.
    std::optional<std::string> first_group(std::string_view name) const;

private:
    std::string text_;
    bool quoted_ = false;
    std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace weir::auth
