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
            if (p.name == name) {
                p.what = std::move(what);
                p.fresh = true;
                return;
            }
        }
        open_.push_back({std::string(name), std::move(what), true});
    }
    /// Null where it is not known, as for a cursor declared in SQL.
    statement_ptr find(std::string_view name) const {
        for (const auto& p : open_)
            if (p.name == name) return p.what;
        return nullptr;
    }
    void clear() { open_.clear(); }
    bool empty() const { return open_.empty(); }

    void begin_cycle() {
        for (auto& p : open_) p.fresh = false;
    }
    /// Was it there before this cycle?
    bool is_older(std::string_view name) const {
        for (const auto& p : open_)
            if (p.name == name) return !p.fresh;
        return false;
    }

private:
    struct portal {
        std::string name;
        statement_ptr what;
        bool fresh;
    };
    std::vector<portal> open_;
};

}  // namespace weir::session
