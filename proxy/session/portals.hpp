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
    /// unnamed: of the unnamed statement.
    void bind(std::string_view name, statement_ptr what, bool unnamed = false) {
        for (auto& p : open_) {
            if (p.name == name) {
                p.what = std::move(what);
                p.fresh = true;
                p.unnamed = unnamed;
                return;
            }
        }
        open_.push_back({std::string(name), std::move(what), true, unnamed});
    }
    /// Null where it is not known, as for a cursor declared in SQL.
    statement_ptr find(std::string_view name) const {
        for (const auto& p : open_)
            if (p.name == name) return p.what;
        return nullptr;
    }
    bool is_of_unnamed(std::string_view name) const {
        for (const auto& p : open_)
            if (p.name == name) return p.unnamed;
        return false;
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
        bool unnamed;
    };
    std::vector<portal> open_;
};

}  // namespace weir::session
