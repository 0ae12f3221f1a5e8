// document: a TOML text as plain values, each with its place. The only door to the TOML library;
// knows nothing of Weir's keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weir::config {

/// 1-based; 0: nowhere in particular.
struct place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    auto operator<=>(const place&) const = default;
};

struct entry;

struct item {
    /// A date or a time: TOML has them, no key of ours wants one.
    struct moment {};
    using list = std::vector<item>;
    using table = std::vector<entry>;  // as a list: in the order of the text

    place at;
    std::variant<bool, std::int64_t, double, std::string, moment, list, table> value;

    template <class T>
    const T* as() const {
        return std::get_if<T>(&value);
    }
};

struct entry {
    std::string name;
    place at;  // of the name
    item held;
};

/// "a string", "a table" ...: for messages.
std::string_view phrase(const item& i);

struct syntax_error {
    place at;
    std::string message;
};

std::variant<item::table, syntax_error> parse_document(std::string_view text);

}  // namespace weir::config
