// node_roster: the nodes of one cluster by their ids, as the configuration or Patroni has them. It only grows: who
// knows an id can ask for its node on any thread, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "base/strong_id.hpp"
#include "config/config.hpp"

namespace weir::net {

class node_roster {
public:
    static constexpr std::size_t most = 1024;

    explicit node_roster(const std::vector<config::node_settings>& configured) {
        for (const auto& node : configured) add(node);
    }

    /// By one thread. Nothing where there is no room.
    std::optional<node_id> add(config::node_settings node) {
        const auto place = count_.load(std::memory_order_relaxed);
        if (place == most) return std::nullopt;
        nodes_[place] = std::make_unique<const config::node_settings>(std::move(node));
        count_.store(place + 1, std::memory_order_release);
        return node_id{static_cast<std::uint16_t>(place)};
    }
    std::size_t size() const { return count_.load(std::memory_order_acquire); }
    const config::node_settings& operator[](node_id node) const { return *nodes_[node.value]; }

private:
    std::array<std::unique_ptr<const config::node_settings>, most> nodes_;
    std::atomic<std::size_t> count_ = 0;
};

}  // namespace weir::net
