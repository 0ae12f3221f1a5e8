// extended_state: what a session knows of its prepared statements, portals and what it was told of their rows. Lent
// to sessions while there is anything of the kind.
#pragma once

#include <memory>
#include <vector>

#include "session/portals.hpp"
#include "session/row_shapes.hpp"
#include "session/statement_names.hpp"

namespace weir::session {

struct extended_state {
    statement_names names;
    portals open;
    row_shapes told;       // what the client was last told by Describe
    row_shapes held_back;  // ... and will be, with what is held back of a replica's answer

    bool is_blank() const {
        return names.size() == 0 && !names.has_unsettled() && open.empty() && told.size() == 0 && held_back.size() == 0;
    }
};

class extended_pool {
public:
    std::unique_ptr<extended_state> take() {
        if (free_.empty()) return std::make_unique<extended_state>();
        auto one = std::move(free_.back());
        free_.pop_back();
        return one;
    }
    /// It must be blank.
    void put(std::unique_ptr<extended_state> one) {
        if (free_.size() < keep) free_.push_back(std::move(one));
    }

private:
    static constexpr std::size_t keep = 256;
    std::vector<std::unique_ptr<extended_state>> free_;
};

}  // namespace weir::session
