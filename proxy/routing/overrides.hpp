// overrides: what the DBA has said for one user or one database; what is not said is as for all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "routing/policy.hpp"

namespace weir::routing {

/// session: a client keeps its connection to the primary until it disconnects; reads still go to replicas.
enum class pool_mode : std::uint8_t { transaction, session };

struct overrides {
    std::optional<pool_mode> mode = {};
    std::optional<consistency> level = {};
    std::optional<transaction_policy> transactions = {};
    std::optional<bool> commit_outcome = {};

    bool operator==(const overrides&) const = default;
};

class override_table {
public:
    void say_for_user(std::string name, const overrides& said) { users_[std::move(name)] = said; }
    /// name "*": any database of which nothing is said by name.
    void say_for_database(std::string name, const overrides& said) { databases_[std::move(name)] = said; }

    /// A user's word goes before a database's, item by item.
    overrides settle(std::string_view user, std::string_view database) const;

private:
    using by_name = std::map<std::string, overrides, std::less<>>;
    by_name users_;
    by_name databases_;
};

}  // namespace weir::routing
