// case_file: the rows of tests/cases/*.tsv, and the names of facts.hpp as they are written there.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "query/facts.hpp"

namespace weir::query::testing {

struct test_case {
    std::string place;  // file:line
    std::string statement, kind, route, why_not, pins;
};

inline std::string unescape(std::string_view s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const bool escape = s[i] == '\\' && i + 1 < s.size();
        const char c = escape ? s[++i] : s[i];
        out += !escape ? c : c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    return out;
}

inline std::vector<std::string> split(const std::string& line, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : line) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

inline std::vector<test_case> all_cases() {
    std::vector<std::filesystem::path> files;
    for (const auto& f : std::filesystem::directory_iterator(WEIR_SOURCE_DIR "/tests/cases"))
        if (f.path().extension() == ".tsv") files.push_back(f.path());
    std::sort(files.begin(), files.end());
    std::vector<test_case> cases;
    for (const auto& path : files) {
        std::ifstream in(path, std::ios::binary);
        int number = 0;
        for (std::string line; std::getline(in, line, '\n');) {
            ++number;
            if (line.starts_with('#')) continue;
            const std::vector<std::string> columns = split(line, '\t');
            const std::string place = path.filename().string() + ":" + std::to_string(number);
            if (columns.size() != 6) throw std::runtime_error(place + ": needs six columns");
            cases.push_back(
                {place, unescape(columns[0]), columns[1], columns[2], columns[3], columns[4]});
        }
    }
    return cases;
}

inline std::string name_of(statement_kind k) {
    static constexpr std::array<std::string_view, 16> names = {
        "empty",      "read",        "write",           "begin",  "commit",  "rollback",
        "savepoint",  "set",         "set_local",       "show",   "prepare", "execute",
        "deallocate", "discard_all", "copy_from_stdin", "several"};
    return std::string(names.at(static_cast<std::size_t>(k)));
}

inline std::string name_of(obstacle o) {
    static constexpr std::array<std::string_view, 19> names = {"none",
                                                               "unparsed",
                                                               "too_long",
                                                               "not_a_read",
                                                               "locks_rows",
                                                               "modifying_cte",
                                                               "select_into",
                                                               "unknown_function",
                                                               "volatile_function",
                                                               "tells_role",
                                                               "unknown_operator",
                                                               "unknown_cast",
                                                               "reads_setting",
                                                               "sequence_or_catalog",
                                                               "transaction_control",
                                                               "several",
                                                               "not_utf8",
                                                               "unknown_relation",
                                                               "stale_catalog"};
    return std::string(names.at(static_cast<std::size_t>(o)));
}

/// In the order of facts.hpp, separated by commas.
inline std::string names_of(pin_cause pins) {
    static constexpr std::array<std::string_view, 12> names = {
        "settings",    "temporary", "hold_cursor", "advisory_lock", "listen", "sql_prepare",
        "load",        "random_seed", "procedural", "sequence_value", "opaque", "unknown_setting"};
    std::string out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!any(pins & static_cast<pin_cause>(1u << i))) continue;
        if (!out.empty()) out += ',';
        out += names.at(i);
    }
    return out.empty() ? "none" : out;
}

}  // namespace weir::query::testing
