// settle_peers(): peer_id and peers of [server].
#include <algorithm>

#include "base/client_pid.hpp"
#include "config/draft.hpp"
#include "config/quantity.hpp"
#include "config/settle_parts.hpp"

namespace weir::config {

namespace {

constexpr std::uint16_t usual_port = 6432;

std::optional<peer_settings> read_peer(const peer_draft& said, findings& found) {
    const auto id = parse_whole(said.name);
    if (!id || *id < 1 || *id > pid_layout::most_peers || std::to_string(*id) != said.name) {
        found.refuse(said.at,
                     "peers." + said.name + ": a peer's number is from 1 to " +
                         std::to_string(pid_layout::most_peers),
                     "the peer_id of that Weir");
        return std::nullopt;
    }
    auto read = parse_peer(said.address.text);
    if (const auto* bad = std::get_if<wrong>(&read)) {
        found.refuse(said.address.at, "peers." + said.name + " " + bad->message, bad->hint);
        return std::nullopt;
    }
    peer_settings out{static_cast<unsigned>(*id), std::get<listen_address>(std::move(read))};
    if (out.address.port == 0) out.address.port = usual_port;
    return out;
}

}  // namespace

void settle_peers(draft& d, findings& found) {
    auto& peers = d.made.server.peers;
    for (const peer_draft& said : d.peers) {
        auto made = read_peer(said, found);
        if (!made) continue;
        const auto same = std::find_if(peers.begin(), peers.end(), [&](const peer_settings& other) {
            return other.address == made->address;
        });
        if (same != peers.end()) {
            found.refuse(said.address.at, "peers " + std::to_string(same->id) + " and " + said.name +
                                              " are both at " + to_string(made->address));
        }
        peers.push_back(std::move(*made));
    }
    std::sort(peers.begin(), peers.end(),
              [](const peer_settings& a, const peer_settings& b) { return a.id < b.id; });
    if (!d.peers.empty() && d.made.server.peer_id == 0) {
        found.refuse(d.where("server.peers"), "peers needs peer_id",
                     "this Weir's own number, other than that of every other Weir");
    }
}

}  // namespace weir::config
