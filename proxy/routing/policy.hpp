// policy: what the DBA has decided, as values: consistency, limits, and rules. First matching rule wins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "query/digest.hpp"

namespace weir::routing {

enum class consistency : std::uint8_t { eventual, bounded, session, global, strong };
std::optional<consistency> parse_consistency(std::string_view text);
std::string_view to_string(consistency c);

/// split: the reads ahead of the first write of a READ COMMITTED transaction may run on a replica.
enum class transaction_policy : std::uint8_t { safe, split };

struct policy_settings {
    consistency level = consistency::session;
    std::int64_t max_lag_bytes = 0;  // for bounded; 0: no limit
    std::int64_t max_lag_ms = 10000;
    milliseconds causal_wait{5};
    std::int64_t audit_every = 0;  // reads on replicas; 0: none is audited
    transaction_policy transactions = transaction_policy::safe;
    /// What is read ahead of a write decides what is written: it is to be all that was acknowledged.
    consistency level_in_split = consistency::global;
    milliseconds failover_wait{60000};
    bool commit_outcome = false;  // of a COMMIT whose answer is lost is found out

    bool operator==(const policy_settings&) const = default;
};

enum class rule_route : std::uint8_t { unsaid, primary, replicas, reject };

enum class rate_scope : std::uint8_t {
    user,    // one bucket for each user
    digest,  // ... for each shape of statement
    rule,    // one bucket for all
};
std::string_view to_string(rate_scope scope);

/// A token bucket: `count` requests in `window`, and up to `burst` at once.
struct rate_limit {
    std::int64_t count = 0;
    milliseconds window{1000};
    std::int64_t burst = 1;
    rate_scope each = rate_scope::user;

    bool operator==(const rate_limit&) const = default;
};
/// "100/s", "30/min", "5/h"; the burst is what comes in a second, at least 1. Nothing where it is none.
std::optional<rate_limit> parse_rate(std::string_view text);

/// Matchers that are not said match everything. A rule never sends a write to a replica.
struct rule {
    std::string name;
    std::string user;
    std::string database;
    std::string application_name;
    rule_route route = rule_route::unsaid;
    std::optional<consistency> level = {};
    std::string message = {};  // of a rejection
    std::string group = {};    // with route replicas: only those of this group
    std::string client = {};   // "10.0.0.0/8", "::1", "unix"
    // Of one statement of the request, all that are said of the same one:
    std::string digest = {};  // 32 hexadecimal digits
    std::string regex = {};   // RE2, on the digest's text
    std::string table = {};   // lower case, with its schema or without
    std::optional<query::hint> hint = {};
    std::optional<bool> in_transaction = {};
    std::optional<std::int64_t> max_lag_ms = {};
    std::optional<std::int64_t> max_lag_bytes = {};
    milliseconds timeout{0};  // 0: none
    std::optional<rate_limit> rate = {};
    bool commit_outcome = false;  // of the transaction in which such a request runs
    bool log = false;
    bool shadow = false;  // evaluated and counted, does not act
    bool enabled = true;
    std::string comment = {};

    bool asks_for_statement() const {
        return !digest.empty() || !regex.empty() || !table.empty() || hint.has_value();
    }
    bool operator==(const rule&) const = default;
};

/// "user = analytics, table = orders"; "everything" where nothing is said.
std::string describe_matchers(const rule& r);
/// "route = replicas, consistency = eventual".
std::string describe_effect(const rule& r);

}  // namespace weir::routing
