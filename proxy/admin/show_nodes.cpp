#include "admin/layout.hpp"
#include "admin/show.hpp"
#include "admin/tally.hpp"

namespace weir::admin {
namespace {

struct node_row {
    const std::string& cluster;
    const cluster::node_state& node;
    node_load load;
};

bool was_ever_seen(const cluster::node_state& node) { return node.known.timeline != 0; }

const column<node_row> columns[] = {
    {"cluster", [](const node_row& r) { return text(r.cluster); }},
    {"node", [](const node_row& r) { return text(r.node.address.name); }},
    {"host", [](const node_row& r) { return text(r.node.address.host); }},
    {"port", [](const node_row& r) { return number(r.node.address.port); }},
    {"role", [](const node_row& r) { return text(to_string(r.node.is)); }},
    {"state", [](const node_row& r) { return text(r.node.up ? "up" : "down"); }},
    {"timeline",
     [](const node_row& r) {
         return was_ever_seen(r.node) ? number(r.node.known.timeline) : unknown();
     }},
    {"position",
     [](const node_row& r) {
         return was_ever_seen(r.node) ? text(to_string(r.node.known.at)) : unknown();
     }},
    // How far a node is behind that does not answer, nobody knows.
    {"lag_bytes",
     [](const node_row& r) { return r.node.up ? number(r.node.lag_bytes) : unknown(); }},
    {"lag_ms", [](const node_row& r) { return r.node.up ? number(r.node.lag_ms) : unknown(); }},
    {"trouble", [](const node_row& r) { return text(r.node.trouble); }},
    {"reads", [](const node_row& r) { return number(r.load.reads[0] + r.load.reads[1]); }},
    {"writes", [](const node_row& r) { return number(r.load.writes[0] + r.load.writes[1]); }},
    {"connections", [](const node_row& r) { return number(r.load.connections); }},
    {"group", [](const node_row& r) { return text(r.node.address.group); }},
    {"weight", [](const node_row& r) { return number(r.node.address.weight); }},
    {"server_version",
     [](const node_row& r) {
         return r.node.server_version > 0 ? number(r.node.server_version) : unknown();
     }},
    {"read_percent", [](const node_row& r) { return number(r.node.read_percent); }},
    {"read_limit", [](const node_row& r) { return text(to_string(r.node.read_limit)); }},
    {"drained", [](const node_row& r) { return yes_no(r.node.drained); }},
};

}  // namespace

status::table show_nodes(const status::report& now) {
    const auto loads = load_by_node(now);
    std::vector<node_row> rows;
    for (const auto& cluster : now.clusters) {
        for (const auto& node : cluster.known->nodes) {
            if (node.gone) continue;
            const auto load = loads.find({cluster.name, node.address.name});
            rows.push_back({cluster.name, node, load == loads.end() ? node_load{} : load->second});
        }
    }
    return lay_out(columns, rows);
}

}  // namespace weir::admin
