// probes: short words for probe results, so that a test of health reads as a story of the servers.
#pragma once

#include <string>

#include "cluster/health.hpp"

namespace weir::cluster::test {

inline instant at_ms(std::int64_t ms) {
    return instant{} + std::chrono::hours(1) + milliseconds(ms);
}
inline node_id id(int n) { return node_id{static_cast<std::uint16_t>(n)}; }

/// A cluster of nodes "a", "b", "c" and the time, probed by hand.
class story {
public:
    explicit story(int count, health_settings settings = {}) : health_(names(count), settings) {}

    struct server {
        std::uint64_t identifier = 7;
        std::uint32_t timeline = 1;
        std::int64_t started = 0;  // 0: by the node's number
        std::int64_t age_ms = -1;
        std::uint64_t received = 0;  // 0: all that was received is replayed
    };

    story& at(std::int64_t ms) { return now_ = at_ms(ms), *this; }
    story& primary(int node, std::uint64_t flushed) { return primary(node, flushed, server{}); }
    story& replica(int node, std::uint64_t replayed) { return replica(node, replayed, server{}); }
    story& primary(int node, std::uint64_t flushed, server s) {
        return answer(node, false, flushed, s);
    }
    story& replica(int node, std::uint64_t replayed, server s) {
        return answer(node, true, replayed, s);
    }
    /// It answers, this long after it was asked.
    story& answers_after(int node, std::int64_t ms) {
        took_ = milliseconds(ms);
        replica(node, 1);
        took_ = milliseconds(0);
        return *this;
    }
    story& leads(std::optional<weir::node_id> node) { return health_.on_leader(node, now_), *this; }
    story& gone(int node, bool is) { return health_.set_gone(id(node), is), *this; }
    story& suspects(int node) { return health_.on_suspicion(id(node)), *this; }
    story& conflict(int node) { return health_.on_conflict(id(node), now_), *this; }
    story& fails(int node, std::string why = "connection refused") {
        health_.on_probe(id(node), probe_result{now_, now_, std::nullopt, std::move(why)});
        health_.look(now_);
        return *this;
    }

    story& drained(int node, bool is) { return health_.set_drained(id(node), is), *this; }
    snapshot_ptr look() { return health_.look(now_); }
    node_state look(int node) { return look()->nodes.at(static_cast<std::size_t>(node)); }
    /// The primary's name, or "none".
    std::string who_is_primary() {
        auto seen = look();
        return seen->primary ? seen->find(*seen->primary)->address.name : "none";
    }
    health& under_test() { return health_; }

private:
    static std::vector<node_address> names(int count) {
        std::vector<node_address> result;
        for (int i = 0; i < count; ++i) {
            node_address address;
            address.name = std::string(1, static_cast<char>('a' + i));
            address.host = "127.0.0.1";
            address.port = static_cast<std::uint16_t>(5432 + i);
            result.push_back(address);
        }
        return result;
    }
    story& answer(int node, bool in_recovery, std::uint64_t where, server s) {
        probe_answer a;
        a.in_recovery = in_recovery;
        a.at = position{s.identifier, s.timeline, lsn{where}};
        if (in_recovery) a.received = lsn{s.received ? s.received : where};
        a.started_at_us = s.started ? s.started : 1000 + node;
        a.replay_age_ms = s.age_ms;
        a.server_version = 150000;
        health_.on_probe(id(node), probe_result{now_, now_ + took_, a, {}});
        health_.look(now_);
        return *this;
    }

    health health_;
    instant now_ = at_ms(0);
    milliseconds took_{0};
};

}  // namespace weir::cluster::test
