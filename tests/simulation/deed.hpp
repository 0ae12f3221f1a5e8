// deed: one statement of a simulated client, as text of the simple protocol or as text and values of the extended
// one, and what it must be answered.
#pragma once

#include <string>
#include <vector>

#include "simulation/sentence.hpp"

namespace weir::simulation {

struct deed {
    verb does = verb::read;
    int key = 0;
    std::string value = {};     // that an update writes, that SET sets
    std::string mark = {};      // unique: comes back with each row
    std::string name = {};      // of a setting
    bool read_only = false;     // of a BEGIN
    bool repeatable = false;
    std::string hint = {};

    std::string text() const;
    /// With $1, $2 for its values; the name that it is prepared under says the kind.
    std::string prepared_text() const;
    std::vector<std::string> values() const;
    std::string statement_name() const;
    std::string tag() const;
    bool reads() const { return does == verb::read || does == verb::scan; }
    bool writes() const { return does == verb::update; }
    bool ends_transaction() const { return does == verb::commit || does == verb::rollback; }
};

}  // namespace weir::simulation
