// portals: which statement each open portal of the client runs, so that an Execute can be judged.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "session/statement.hpp"

namespace weir::session {

class portals {
public:
    void bind(std::string_view name, statement_ptr what) {
        for (auto& p : open_) {
            if (p.first == name) {
                p.second = std::move(what);
                return;
            }
        }
        open_.emplace_back(std::string(name), std::move(what));
    }
    /// Null where it is not known, as for a cursor declared in SQL.
    statement_ptr find(std::string_view name) const {
        for (const auto& p : open_)
            if (p.first == name) return p.second;
        return nullptr;
    }
    void clear() { open_.clear(); }
    bool empty() const { return open_.empty(); }

private:
    std::vector<std::pair<std::string, statement_ptr>> open_;
};

}  // namespace weir::session
