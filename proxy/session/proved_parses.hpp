// proved_parses: which statements a server has taken in a Parse a short while ago, for whom. A Parse that
// would have to wait for a connection need not: drivers that prepare and wait would else stand still for
// those who hold the connections. One a worker, for all its sessions.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/instant.hpp"

namespace weir::session {

class proved_parses {
public:
    /// key: of everything that a Parse depends on, as far as Weir sees it.
    void note(std::uint64_t key, instant now) {
        if (last_.size() >= most) last_.clear();
        last_[key] = now;
    }
    bool hold(std::uint64_t key, instant now) const {
        const auto found = last_.find(key);
        return found != last_.end() && now - found->second < lasting;
    }

    /// What another session has changed behind Weir's back counts after this time.
    static constexpr milliseconds lasting{60000};

private:
    static constexpr std::size_t most = 1u << 16;  // some 3 MiB

    std::unordered_map<std::uint64_t, instant> last_;
};

}  // namespace weir::session
