// cluster_check: `weir check --connect`, one cluster: what its nodes answered, and what of it
// stands in the way. Judges values; asks nobody.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "net/node_survey.hpp"

namespace weir::cli {

struct surveyed_node {
    std::string name;
    std::variant<net::node_survey, std::string> answer;  // or why there is none
};

struct cluster_findings {
    std::vector<std::string> nodes;     // a line for each
    std::vector<std::string> troubles;  // with the SQL that mends them, where SQL does
};

/// pool_size: the most connections that one database and user may open at a node.
cluster_findings judge(const std::string& cluster, const std::vector<surveyed_node>& nodes,
                       std::size_t pool_size);

}  // namespace weir::cli
