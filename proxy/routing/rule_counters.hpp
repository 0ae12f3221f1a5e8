// rule_counters: what one worker counts for each rule. By index on the path of a query; a reload finds the
// counts again by the rules' names.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "routing/rule_set.hpp"

namespace weir::routing {

struct rule_counts {
    std::uint64_t hits = 0;     // of a shadow rule: what it would have matched
    std::uint64_t refused = 0;  // rejected, or over the rate
    // Of a shadow rule: what would have changed.
    std::uint64_t to_primary = 0;  // a read that went to a replica
    std::uint64_t to_replica = 0;  // a read that went to the primary, or to a replica of another kind
    std::uint64_t to_refusal = 0;

    void add(const rule_counts& other) {
        hits += other.hits;
        refused += other.refused;
        to_primary += other.to_primary;
        to_replica += other.to_replica;
        to_refusal += other.to_refusal;
    }
};

class rule_counters {
public:
    /// From now on the indices are of this set.
    void use(const rule_set& rules) {
        std::map<std::string, rule_counts> before;
        for (std::size_t i = 0; i < names_.size(); ++i) before[names_[i]].add(counts_[i]);
        names_.clear();
        counts_.clear();
        for (const rule& r : rules.all()) {
            names_.push_back(r.name);
            counts_.push_back(before[r.name]);
        }
    }
    std::size_t size() const { return counts_.size(); }
    const std::string& name(std::size_t index) const { return names_[index]; }
    rule_counts& operator[](std::size_t index) {
        if (index >= counts_.size()) counts_.resize(index + 1), names_.resize(index + 1);
        return counts_[index];
    }
    const rule_counts& operator[](std::size_t index) const { return counts_[index]; }

private:
    std::vector<std::string> names_;
    std::vector<rule_counts> counts_;
};

}  // namespace weir::routing
