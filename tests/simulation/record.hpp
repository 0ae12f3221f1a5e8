// record: one entry of the write-ahead log, shared by all nodes that hold it; and where a state of the data stands in
// the history of the cluster.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/lsn.hpp"

namespace weir::simulation {

struct change {
    int key;
    std::string value;
};

struct record {
    std::uint32_t timeline;
    lsn end;
    lsn data_end;  // of the last record up to here that changes data: two states that differ by other records are one
    std::vector<change> changes;
    std::uint64_t transaction;  // whose id it carries; 0: none's
};
using record_ptr = std::shared_ptr<const record>;

/// A state of the data: all that was committed on this timeline up to there.
struct state_of_data {
    std::uint32_t timeline = 1;
    lsn at;
};

}  // namespace weir::simulation
