// policy: what the DBA has decided, as values: consistency, limits, and rules. First matching rule wins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace weir::routing {

enum class consistency : std::uint8_t { eventual, bounded, session, global, strong };
std::optional<consistency> parse_consistency(std::string_view text);
std::string_view to_string(consistency c);

enum class transaction_policy : std::uint8_t { safe };

struct policy_settings {
    consistency level = consistency::session;
    std::int64_t max_lag_bytes = 0;  // for bounded; 0: no limit
    std::int64_t max_lag_ms = 10000;
    milliseconds causal_wait{5};
    transaction_policy transactions = transaction_policy::safe;
    milliseconds failover_wait{60000};

    bool operator==(const policy_settings&) const = default;
};

enum class rule_route : std::uint8_t { unsaid, primary, replicas, reject };

/// Empty matchers match everything. A rule never sends a write to a replica.
struct rule {
    std::string name;
    std::string user;
    std::string database;
    std::string application_name;
    rule_route route = rule_route::unsaid;
    std::optional<consistency> level;
    std::string message;  // of a rejection

    bool operator==(const rule&) const = default;
};

/// Index of the first rule that matches this session, or nothing.
std::optional<std::size_t> match(const std::vector<rule>& rules, std::string_view user,
                                 std::string_view database, std::string_view application_name);

}  // namespace weir::routing
