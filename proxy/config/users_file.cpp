#include "config/users_file.hpp"

#include <algorithm>
#include <optional>

namespace weir::config {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::string_view scram_prefix = "SCRAM-SHA-256$";

/// One line, read from the left.
class line_reader {
public:
    explicit line_reader(std::string_view line) : line_(line) { skip_blanks(); }

    bool says_nothing() const {
        return at_ == line_.size() || line_[at_] == ';' || line_[at_] == '#';
    }
    std::uint32_t column() const { return static_cast<std::uint32_t>(at_ + 1); }

    /// A quoted word and the blanks behind it; nothing, and no movement, if there is none.
    std::optional<std::string> quoted() {
        if (at_ == line_.size() || line_[at_] != '"') return std::nullopt;
        std::string out;
        for (std::size_t i = at_ + 1; i < line_.size(); ++i) {
            if (line_[i] == '"') {
                if (i + 1 == line_.size() || line_[i + 1] != '"') {
                    at_ = i + 1;
                    skip_blanks();
                    return out;
                }
                ++i;
            }
            out += line_[i];
        }
        return std::nullopt;
    }

private:
    void skip_blanks() { at_ = std::min(line_.find_first_not_of(blanks, at_), line_.size()); }

    std::string_view line_;
    std::size_t at_ = 0;
};

bool is_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

bool is_base64(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    return !text.empty() &&
           text.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") ==
               std::string_view::npos;
}

/// <iterations>:<salt>$<StoredKey>:<ServerKey>, the keys 32 bytes each: 44 characters of base64.
bool is_scram_secret(std::string_view secret) {
    const auto rest = secret.substr(scram_prefix.size());
    const auto dollar = rest.find('$');
    if (dollar == std::string_view::npos) return false;
    const auto head = rest.substr(0, dollar);
    const auto keys = rest.substr(dollar + 1);
    const auto colon = head.find(':');
    if (colon == std::string_view::npos || keys.size() != 89 || keys[44] != ':') return false;
    const auto iterations = parse_whole(head.substr(0, colon));
    return iterations && *iterations > 0 && is_base64(head.substr(colon + 1)) &&
           is_base64(keys.substr(0, 44)) && is_base64(keys.substr(45));
}

std::optional<wrong> read_line(line_reader& line, std::uint32_t number, users& out) {
    const auto name = line.quoted();
    if (!name) return wrong{"expected a name in double quotes", "\"name\" \"secret\""};
    if (name->empty()) return wrong{"a name cannot be empty"};
    const auto secret = line.quoted();
    if (!secret) return wrong{"expected a secret in double quotes", "\"name\" \"secret\""};
    if (secret->starts_with(scram_prefix) && !is_scram_secret(*secret)) {
        return wrong{"the SCRAM secret of \"" + *name + "\" is incomplete",
                     "copy all of pg_authid.rolpassword, or make one with `weir scram-secret`"};
    }
    const auto [known, added] = out.entries.try_emplace(*name, user_entry{*secret, number});
    if (added) return std::nullopt;
    return wrong{"\"" + *name + "\" was already on line " + std::to_string(known->second.line)};
}

}  // namespace

secret_form form_of(std::string_view secret) {
    if (secret.starts_with(scram_prefix)) return secret_form::scram_sha_256;
    if (secret.size() == 35 && secret.starts_with("md5") && is_hexadecimal(secret.substr(3))) {
        return secret_form::md5;
    }
    return secret_form::plain;
}

users parse_users(std::string_view text) {
    users out;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        line_reader line(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.says_nothing()) continue;
        if (const auto fault = read_line(line, number, out)) {
            out.faults.push_back({{number, line.column()}, *fault});
        }
    }
    return out;
}

}  // namespace weir::config
