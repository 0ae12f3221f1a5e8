#include "simulation/watcher.hpp"

#include <algorithm>

#include "cluster/changes.hpp"

namespace weir::simulation {
namespace {

using std::chrono::microseconds;

constexpr milliseconds interval{100};
constexpr milliseconds slowest{1000};
constexpr milliseconds closest{1};
constexpr milliseconds hurry{3};
constexpr milliseconds hurry_time{100};
constexpr milliseconds flush_patience{10};
constexpr milliseconds look_again{5};

std::vector<cluster::node_address> addresses_of(const std::vector<std::unique_ptr<node>>& nodes) {
    std::vector<cluster::node_address> all;
    for (const auto& n : nodes) {
        cluster::node_address a;
        a.name = n->name;
        all.push_back(a);
    }
    return all;
}

}  // namespace

watcher::watcher(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes, publish_function publish)
    : in_(in),
      plan_(how),
      nodes_(nodes),
      publish_(std::move(publish)),
      health_(addresses_of(nodes), {}),
      published_(health_.look(in.time.now())),
      watches_(nodes.size()) {}

void watcher::begin() {
    for (std::uint16_t i = 0; i < watches_.size(); ++i) probe(node_id{i});
}

/// The answer is of the moment at which the question reaches the node.
void watcher::ask(node_id which, answer_function then) {
    const auto sent = in_.time.now();
    const auto told = std::make_shared<bool>(false);
    const auto way = [this] {
        return in_.chances.chance(5) ? in_.chances.between(milliseconds(1), milliseconds(40))
                                     : in_.chances.between(microseconds(50), milliseconds(1));
    };
    const auto tell = [this, sent, told, then](cluster::probe_result r) {
        if (std::exchange(*told, true)) return;
        r.sent = sent;
        r.received = in_.time.now();
        then(r);
    };
    in_.time.after(way(), [this, which, way, told, tell] {
        const auto& n = *nodes_[which.value];
        if (n.alive() && !n.answers()) return wait_for_its_end(which, n.probe().started_at_us, told, tell);
        cluster::probe_result r;
        if (!n.alive() || n.is_starting()) {
            r.trouble = "connection refused";
        } else {
            r.answer = n.probe();
            if (!n.in_recovery() && plan_.tells_history && n.timeline() > 1)
                r.history = std::make_shared<cluster::timeline_history>(in_.truth.history_of(n.timeline()));
        }
        in_.time.after(way(), [tell, r] { tell(r); });
    });
    in_.time.after(plan_.probe_timeout, [tell] {
        cluster::probe_result late;
        late.trouble = "no answer in time";
        tell(late);
    });
}

/// A question that is not answered: till its time is over, or the server is gone, which ends its connections.
void watcher::wait_for_its_end(node_id which, std::int64_t started_at_us, std::shared_ptr<bool> told,
                               answer_function tell) {
    if (*told) return;
    const auto& n = *nodes_[which.value];
    if (!n.cut_off && (!n.alive() || n.probe().started_at_us != started_at_us)) {
        cluster::probe_result gone;
        gone.trouble = "the connection was lost";
        return tell(gone);
    }
    in_.time.after(look_again, [=, this] { wait_for_its_end(which, started_at_us, told, tell); });
}

void watcher::probe(node_id which) {
    auto& w = watches_[which.value];
    w.sent = in_.time.now();
    w.kicked = false;
    w.under_way = true;
    ++w.number;
    ask(which, [this, which](const cluster::probe_result& r) { on_result(which, r); });
}

void watcher::on_result(node_id which, const cluster::probe_result& result) {
    auto& w = watches_[which.value];
    w.under_way = false;
    if (result.answer) w.last = result.answer;
    w.failures = result.answer ? 0 : w.failures + 1;
    in_.log.note([&] {
        return "probe of " + nodes_[which.value]->name + ": " +
               (result.answer ? (result.answer->in_recovery ? "replica" : "primary") : result.trouble);
    });
    health_.on_probe(which, result);
    renew(result.answer.has_value());
    plan_next(which);
}

void watcher::suspect(node_id which) {
    health_.on_suspicion(which);
    probe_now(which);
}

void watcher::note_conflict(node_id which) {
    health_.on_conflict(which, in_.time.now());
    renew(false);
}

void watcher::renew(bool always) {
    auto next = health_.look(in_.time.now());
    const auto before = published_;
    if (always || next->nodes != before->nodes || next->primary != before->primary) {
        for (const auto& c : cluster::changes(*before, *next)) in_.log.note([&] { return "weir: " + c.text; });
        published_ = next;
        publish_(next);
    }
}

bool watcher::is_awaited(const watch& w) const {
    return w.wanted && in_.time.now() < w.hurry_until && w.last && w.last->in_recovery &&
           !cluster::has_reached(w.last->at, *w.wanted);
}

instant watcher::due(const watch& w) const {
    duration wait = interval;
    for (int i = 1; i < w.failures && wait < slowest; ++i) wait *= 2;
    wait = std::min<duration>(wait, slowest);
    if (w.failures == 0 && is_awaited(w)) wait = hurry;
    if (w.kicked) wait = std::min<duration>(wait, w.failures == 0 ? closest : interval);
    return w.sent + wait;
}

void watcher::plan_next(node_id which) {
    auto& w = watches_[which.value];
    if (w.under_way) return;
    in_.time.at(due(w), [this, which, number = ++w.number] {
        if (watches_[which.value].number == number) probe(which);
    });
}

void watcher::probe_now(node_id which) {
    if (which.value >= watches_.size()) return;
    watches_[which.value].kicked = true;
    plan_next(which);
}

void watcher::ask_position(position_function answer) {
    waiting_.push_back(std::move(answer));
    if (!asking_) send_question();
}

void watcher::send_question() {
    asking_ = true;
    asked_ = std::exchange(waiting_, {});
    const auto primary = published_->primary;
    const auto rest = [this] {
        asking_ = false;
        if (!waiting_.empty()) send_question();
    };
    if (!primary) {
        for (const auto& tell : std::exchange(asked_, {})) tell(std::nullopt);
        return in_.time.after(closest, rest);
    }
    ask(*primary, [this, rest, asked = *primary](const cluster::probe_result& r) {
        on_position(asked, r);
        in_.time.after(closest, rest);
    });
}

void watcher::on_position(node_id asked, const cluster::probe_result& found) {
    std::optional<cluster::position> at;
    const bool good = found.answer && !found.answer->in_recovery;
    if (!good) {
        probe_now(asked);
    } else if (published_->primary == asked) {
        at = found.answer->at;
        at->at = std::max(at->at, found.answer->inserted);
    }
    for (const auto& tell : std::exchange(asked_, {})) tell(at);
    if (!at) return;
    announce(*at);
    if (found.answer->inserted > found.answer->at.at)
        in_.time.after(flush_patience, [this, asked] {
            if (nodes_[asked.value]->answers()) nodes_[asked.value]->note_something();
        });
}

void watcher::announce(const cluster::position& at) {
    for (std::uint16_t i = 0; i < watches_.size(); ++i) {
        auto& w = watches_[i];
        w.wanted = at;
        w.hurry_until = in_.time.now() + hurry_time;
        if (is_awaited(w)) plan_next(node_id{i});
    }
}

}  // namespace weir::simulation
