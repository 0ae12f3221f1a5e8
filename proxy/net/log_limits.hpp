// log_limits: a gate for each kind of line, so that no trouble, however often it comes, fills the log or hides another.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>

#include "net/log_gate.hpp"

namespace weir::net {

/// What lines have in common that tell the same of different things: their first words without numbers, names in
/// quotes, addresses and users.
inline std::uint64_t kind_of_line(std::string_view line) {
    constexpr std::string_view marks = "0123456789\"'@/\\=";
    constexpr int words_counted = 4;
    std::uint64_t kind = 0;
    for (int words = 0; words < words_counted && !line.empty();) {
        const auto word = line.substr(0, line.find_first_of(" \n"));
        line.remove_prefix(word.size() + (word.size() < line.size()));
        if (word.empty() || word.find_first_of(marks) != word.npos) continue;
        kind = kind * 1099511628211u + std::hash<std::string_view>()(word);
        ++words;
    }
    return kind;
}

class log_limits {
public:
    static constexpr std::size_t most_kinds = 512;
    static constexpr int lines_at_once = 100;  // a cluster of 50 nodes may tell of each

    /// The gate of this line's kind. Kinds beyond `most_kinds` share one.
    log_gate& gate_of(std::string_view line) {
        const auto kind = kind_of_line(line);
        if (const auto found = gates_.find(kind); found != gates_.end()) return found->second;
        return gates_.try_emplace(gates_.size() < most_kinds ? kind : 0, lines_at_once).first->second;
    }

private:
    std::unordered_map<std::uint64_t, log_gate> gates_;
};

}  // namespace weir::net
