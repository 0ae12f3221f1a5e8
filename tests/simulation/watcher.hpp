// watcher: probes the simulated nodes and asks the primary for its position, in the place of net's prober: the real
// health judges what comes back, and the workers are told what it makes of it.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "cluster/health.hpp"
#include "simulation/node.hpp"
#include "simulation/plan.hpp"

namespace weir::simulation {

class watcher {
public:
    using position_function = std::function<void(std::optional<cluster::position>)>;
    using publish_function = std::function<void(cluster::snapshot_ptr)>;

    watcher(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes, publish_function publish);

    void begin();
    void ask_position(position_function answer);
    void probe_now(node_id which);
    void suspect(node_id which);
    void note_conflict(node_id which);
    cluster::snapshot_ptr latest() const { return published_; }

private:
    struct watch {
        instant sent = instant::min();
        std::uint64_t number = 0;  // of the timer that counts
        bool under_way = false;
        bool kicked = false;
        int failures = 0;
        std::optional<cluster::probe_answer> last;
        std::optional<cluster::position> wanted;
        instant hurry_until = instant::min();
    };
    using answer_function = std::function<void(cluster::probe_result)>;

    void ask(node_id which, answer_function then);
    void wait_for_its_end(node_id which, std::int64_t started_at_us, std::shared_ptr<bool> told, answer_function tell);
    void probe(node_id which);
    void on_result(node_id which, const cluster::probe_result& result);
    void renew(bool always);
    void plan_next(node_id which);
    instant due(const watch& w) const;
    bool is_awaited(const watch& w) const;
    void send_question();
    void on_position(node_id asked, const cluster::probe_result& found);
    void announce(const cluster::position& at);

    surroundings& in_;
    const plan& plan_;
    std::vector<std::unique_ptr<node>>& nodes_;
    publish_function publish_;
    cluster::health health_;
    cluster::snapshot_ptr published_;
    std::vector<watch> watches_;
    std::vector<position_function> waiting_;
    std::vector<position_function> asked_;
    bool asking_ = false;
};

}  // namespace weir::simulation
