// node_survey: what one node answers to `weir check --connect`: role, position, what the probe user
// may do there, how many connections it takes. Blocks; nothing that serves clients uses it.
#pragma once

#include <string>
#include <variant>

#include "cluster/probe.hpp"
#include "net/conninfo.hpp"

namespace weir::net {

struct node_survey {
    cluster::probe_answer probe;
    std::string user;  // who asked, as the node calls it
    bool may_monitor = false;
    int max_connections = 0;
    int reserved_connections = 0;  // of these, for superusers
};

/// The answers, or why there are none, in one line.
std::variant<node_survey, std::string> survey(const config::node_settings& node,
                                              const probe_login& login);

}  // namespace weir::net
