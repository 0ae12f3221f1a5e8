#include "simulation/worker.hpp"

#include <algorithm>

#include "cluster/changes.hpp"

namespace weir::simulation {
namespace {

using std::chrono::microseconds;

constexpr milliseconds tick_interval{20};

/// How long a message between two threads is on its way.
duration hand_over_time(surroundings& in) { return in.chances.between(microseconds(1), microseconds(100)); }

}  // namespace

worker::worker(surroundings& in, const plan& how, gateway& of, unsigned number)
    : in_(in),
      gateway_(of),
      number_(number),
      environment_{how.policy,
                   verdicts_,
                   statements_,
                   settings_,
                   parameters_,
                   cycles_,
                   proved_,
                   learned_,
                   [this](std::size_t n) {
                       bytes made;
                       while (made.size() < n) made.push_back(static_cast<char>(in_.chances.below(256)));
                       return made;
                   },
                   "key of the process",
                   nullptr},
      desk_(
          in, how, of.nodes(), number, of.books(),
          [this](const pool::pool_key& key) { gateway_.spread(number_, key); },
          [this](unsigned to, const lender::backend_ptr& what, const pool::pool_key& key) {
              gateway_.move(to, what, key);
          },
          [this](node_id which) { suspect(which); }) {
    if (in_.log.is_shown())
        environment_.explain = [this](std::string_view line) { in_.log.note([&] { return std::string(line); }); };
    environment_.rule_counts.use(how.policy->rules);
    view_.known = gateway_.watch().latest();
    view_.loads.resize(of.nodes().size());
}

void worker::adopt(wire_pair client) {
    std::uint32_t slot = 0;
    while (slot < fronts_.size() && fronts_[slot]) ++slot;
    if (slot == fronts_.size()) fronts_.emplace_back();
    fronts_[slot] = std::make_shared<front>(in_, *this, session_id{slot}, std::move(client), 5000000 + slot);
    fronts_[slot]->begin();
}

void worker::on_cluster(cluster::snapshot_ptr known) {
    if (known->version < view_.known->version) return;
    for (std::size_t n = 0; n < known->nodes.size(); ++n)
        if (view_.known->nodes[n].is != known->nodes[n].is) desk_.close_idle_of(known->nodes[n].id);
    const bool left = cluster::is_left_by_any(*view_.known, *known);
    view_.known = std::move(known);
    tell_those_who_wait();
    if (left) tell_those_who_use();
}

void worker::tell_those_who_use() {
    for (std::size_t i = 0; i < fronts_.size(); ++i)
        if (const auto f = fronts_[i]; f && f->uses_a_node()) f->tell(session::cluster_changed{});
}

void worker::tell_those_who_wait() {
    const auto waiting = std::exchange(waiting_for_cluster_, {});
    for (auto slot : waiting) {
        auto f = fronts_[slot];
        if (f && f->waits_for_cluster()) f->tell(session::cluster_changed{});
    }
}

void worker::tick() {
    desk_.tick();
    tell_those_who_wait();
}

void worker::ask_position(std::weak_ptr<front> who, std::uint32_t ticket) {
    asking_.emplace_back(std::move(who), ticket);
    if (!asked_) send_question();
}

void worker::send_question() {
    asked_ = true;
    const auto batch = std::exchange(asking_, {});
    const auto tell = [this, batch](std::optional<cluster::position> at) {
        in_.time.after(hand_over_time(in_), [this, batch, at] {
            asked_ = false;
            for (const auto& [who, ticket] : batch)
                if (auto f = who.lock()) f->tell(session::position_known{ticket, at});
            if (!asking_.empty() && !asked_) send_question();
        });
    };
    in_.time.after(hand_over_time(in_), [this, tell] { gateway_.watch().ask_position(tell); });
}

void worker::suspect(node_id which) {
    in_.time.after(hand_over_time(in_), [this, which] { gateway_.watch().suspect(which); });
}

void worker::note_conflict(node_id which) {
    in_.time.after(hand_over_time(in_), [this, which] { gateway_.watch().note_conflict(which); });
}

void worker::probe(node_id which) {
    in_.time.after(hand_over_time(in_), [this, which] { gateway_.watch().probe_now(which); });
}

std::size_t worker::clients() const {
    return static_cast<std::size_t>(std::count_if(fronts_.begin(), fronts_.end(), [](const auto& f) { return f != nullptr; }));
}

std::string worker::describe() const {
    std::string text;
    for (const auto& f : fronts_)
        if (f)
            text += " session " + std::to_string(f->id().value) + " of worker " + std::to_string(number_) + ": " +
                    std::string(session::to_string(f->machine().now_in())) + (f->machine().has_lease() ? " with a lease of node" + std::to_string(f->machine().lease_node().value) : "") + ";";
    return text;
}

gateway::gateway(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes)
    : in_(in), nodes_(nodes), watcher_(in, how, nodes, [this](const cluster::snapshot_ptr& known) {
          for (auto& w : workers_)
              in_.time.after(hand_over_time(in_), [&to = *w, known] { to.on_cluster(known); });
      }) {
    for (unsigned i = 0; i < how.workers; ++i) workers_.push_back(std::make_unique<worker>(in, how, *this, i));
}

void gateway::begin() {
    watcher_.begin();
    tick();
}

void gateway::tick() {
    for (auto& w : workers_) w->tick();
    in_.time.after(tick_interval, [this] { tick(); });
}

void gateway::accept(wire_pair client) {
    auto least = std::min_element(workers_.begin(), workers_.end(),
                                  [](const auto& a, const auto& b) { return a->clients() < b->clients(); });
    (*least)->adopt(std::move(client));
}

std::size_t gateway::clients() const {
    std::size_t n = 0;
    for (const auto& w : workers_) n += w->clients();
    return n;
}

void gateway::spread(unsigned from, const pool::pool_key& key) {
    for (unsigned i = 0; i < workers_.size(); ++i)
        if (i != from)
            in_.time.after(hand_over_time(in_), [&to = *workers_[i], key] { to.desk().give_to_starving(key); });
}

void gateway::move(unsigned to, const lender::backend_ptr& what, const pool::pool_key& key) {
    in_.time.after(hand_over_time(in_), [this, to, what, key] { workers_[to]->desk().take_in(what, key); });
}

void gateway::check_at_rest() {
    for (auto& w : workers_) w->desk().check_at_rest();
}

std::string gateway::describe() const {
    std::string text;
    for (const auto& w : workers_) text += w->describe();
    return text;
}

}  // namespace weir::simulation
