// identity: who a client is and how it connected. Equal ones of a worker's clients are one value, so that an idle
// client does not hold its names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "wire/scram.hpp"
#include "wire/startup.hpp"

namespace weir::session {

/// Who a client is, once it has proved it.
struct identity {
    std::string user;
    std::string database;
    std::vector<wire::startup_parameter> parameters;  // all but user, database, replication
    std::string application_name;
    std::uint16_t minor = 0;                   // of protocol 3 as it is spoken: at most 2
    std::string password;                      // what logs in at the nodes: a clear password,
    std::optional<wire::scram_keys> keys;      // or keys recovered from the client's proof
    bool replication = false;                  // a walsender is wanted: all is passed to the primary
    bool console = false;                      // the database is Weir's own
    bool admin = false;                        // ... and it may change things there

    bool operator==(const identity&) const = default;
    std::size_t hash() const;
    /// Once its pools are found, what logs in at the nodes is theirs.
    identity without_secrets() const;
};

/// Never null.
using identity_ptr = std::shared_ptr<const identity>;
/// Of whom nobody knows who it is.
const identity_ptr& nobody();

class identity_store {
public:
    identity_ptr intern(identity made);
    std::size_t size() const { return known_.size(); }

private:
    std::unordered_multimap<std::size_t, std::weak_ptr<const identity>> known_;
    std::size_t purge_at_ = 1024;
};

}  // namespace weir::session
