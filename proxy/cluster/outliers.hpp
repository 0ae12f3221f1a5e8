// outliers: replicas that answer their probes much later than the others do. Decides by the times of
// the answers alone who gets fewer reads, who is left out of them and who is taken back; never more than a set share is out.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/strong_id.hpp"

namespace weir::cluster {

struct outlier_settings {
    int factor = 5;           // slower than so many times the other replicas' median; 0: nobody is
    milliseconds least{50};   // ... and than this
    int most_percent = 50;    // of the replicas that may be out at one time
    milliseconds after{500};      // slow for this long, and it gets half of the reads
    milliseconds out_after{2000};  // slow for this long with next to none, and it is out
    milliseconds back_after{1000};      // fast for this long, and it is back; doubled each time again
    milliseconds longest_back{30000};
    milliseconds forgiven_after{60000};  // in for this long: the next time is a first time

    bool operator==(const outlier_settings&) const = default;
};

class outliers {
public:
    explicit outliers(outlier_settings settings) : settings_(settings) {}

    void use(const outlier_settings& settings) { settings_ = settings; }

    /// How long a node took to answer a probe.
    void on_answer(node_id node, duration took);
    /// A node that is down, or no replica: what was seen of it says nothing any more.
    void forget(node_id node);
    /// Decides anew. `replicas`: those that could be read from.
    void judge(const std::vector<node_id>& replicas, instant now);

    /// Percent of the reads that its weight would bring, by its slowness alone.
    std::uint32_t share(node_id node) const { return node.value < nodes_.size() ? nodes_[node.value].share : full_share; }
    bool is_out(node_id node) const { return node.value < nodes_.size() && nodes_[node.value].out; }
    /// The median of its last answers; nothing before it has given a few.
    std::optional<duration> usual(node_id node) const;
    /// Likewise of the others, as judge() last saw it.
    duration others(node_id node) const { return nodes_.at(node.value).others; }

private:
    static constexpr std::size_t window = 5;
    static constexpr std::uint32_t full_share = 100;
    static constexpr std::uint32_t least_share = 10;
    struct tracked {
        std::array<duration, window> took{};
        std::size_t count = 0;
        duration others{};
        std::uint32_t share = full_share;
        bool out = false;
        int times = 0;                     // out one after the other
        std::optional<instant> slow_since;  // without a break
        std::optional<instant> fast_since;
        std::optional<instant> in_since;
    };

    tracked& at(node_id node);
    void weigh(tracked& node, duration usual, instant now);
    void give_less(tracked& node, instant now);
    void give_more(tracked& node, instant now);
    milliseconds patience(const tracked& node) const;
    void keep_to_share(const std::vector<node_id>& replicas, instant now);

    outlier_settings settings_;
    std::vector<tracked> nodes_;
};

}  // namespace weir::cluster
