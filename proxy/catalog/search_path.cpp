#include "catalog/search_path.hpp"

#include <algorithm>

namespace weir::catalog {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

void skip_space(std::string_view& text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
}

/// SplitIdentifierString(): quoted, with "" for a quote, or folded to lower case.
std::optional<std::string> read_name(std::string_view& text) {
    std::string name;
    if (text.starts_with('"')) {
        for (text.remove_prefix(1);; text.remove_prefix(1)) {
            if (text.empty()) return std::nullopt;
            if (text.front() == '"') {
                text.remove_prefix(1);
                if (!text.starts_with('"')) return name;
            }
            name.push_back(text.front());
        }
    }
    while (!text.empty() && text.front() != ',' && !is_space(text.front())) {
        const char c = text.front();
        // Beyond ASCII the server folds by its locale, which is not known here.
        if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
        name.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
        text.remove_prefix(1);
    }
    if (name.empty()) return std::nullopt;
    return name;
}

std::optional<std::vector<std::string>> read_names(std::string_view text) {
    std::vector<std::string> names;
    skip_space(text);
    while (!text.empty()) {
        auto name = read_name(text);
        if (!name) return std::nullopt;
        names.push_back(std::move(*name));
        skip_space(text);
        if (text.empty()) return names;
        if (text.front() != ',') return std::nullopt;
        text.remove_prefix(1);
        skip_space(text);
        if (text.empty()) return std::nullopt;
    }
    return names;
}

}  // namespace

std::optional<std::vector<std::string>> read_search_path(std::string_view value, std::string_view user) {
    auto names = read_names(value);
    if (!names) return std::nullopt;
    for (auto& n : *names)
        if (n == "$user") n = user;
    names->emplace_back("pg_catalog");
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
    return names;
}

bool names_user(std::string_view value) { return value.find("$user") != std::string_view::npos; }

}  // namespace weir::catalog
