#include "simulation/node.hpp"

#include <algorithm>

#include "simulation/server.hpp"

namespace weir::simulation {
namespace {

using std::chrono::microseconds;

constexpr std::uint64_t first_lsn = 0x1000000;
constexpr std::uint64_t system_identifier = 7001;

}  // namespace

node::node(surroundings& in, node_id number)
    : id(number),
      name("node" + std::to_string(number.value)),
      in_(in),
      started_at_us_(1000 + number.value) {}

lsn node::end_of(std::size_t count) const { return count == 0 ? lsn{first_lsn} : log_[count - 1]->end; }

state_of_data node::state_at(std::size_t count) const {
    return {timeline_, count == 0 ? lsn{first_lsn} : log_[count - 1]->data_end};
}

std::string node::value_at(std::size_t count, int key) const {
    while (count > 0) {
        const auto& changes = log_[--count]->changes;
        for (auto c = changes.rbegin(); c != changes.rend(); ++c)
            if (c->key == key) return c->value;
    }
    return "0";
}

cluster::probe_answer node::probe() const {
    cluster::probe_answer a;
    a.in_recovery = in_recovery_;
    a.at = {system_identifier, timeline_, end_of(in_recovery_ ? told_ : flushed_)};
    if (in_recovery_) {
        a.received = end_of(log_.size());
    } else {
        a.inserted = end_of(log_.size());
    }
    a.started_at_us = started_at_us_;
    a.server_version = 150020;
    return a;
}

void node::append(std::vector<change> changes, std::uint64_t transaction) {
    auto made = std::make_shared<record>();
    made->timeline = timeline_;
    made->end = lsn{end_of(log_.size()).value + 8 * in_.chances.between(4, 40)};
    made->data_end = changes.empty() ? state_at(log_.size()).at : made->end;
    made->changes = std::move(changes);
    made->transaction = transaction;
    log_.push_back(std::move(made));
}

void node::commit(std::vector<change> changes, std::uint64_t transaction, std::function<void()> done) {
    for (const auto& c : changes)
        in_.truth.committed(c.value, {{timeline_, end_of(log_.size())}, id, false});
    const auto values = changes;
    append(std::move(changes), transaction != 0 ? transaction : next_transaction_++);
    for (const auto& c : values) in_.truth.moved(c.value, state_at(log_.size()));
    const auto count = log_.size();
    if (standby_ == nullptr && in_.chances.chance(asynchronous_per_cent)) {
        visible_ = count;
        in_.time.after(in_.chances.between(microseconds(100), milliseconds(30)), [this, of = life_] {
            if (of == life_) flush();
        });
        return done();
    }
    if (standby_ != nullptr) {
        waiting_.push_back({count, [this, values, done = std::move(done)] {
                                for (const auto& c : values) in_.truth.made_safe(c.value);
                                done();
                            }});
        return flush();
    }
    visible_ = count;
    flush();
    done();
}

std::uint64_t node::begin_transaction(std::weak_ptr<server> by) {
    const auto number = next_transaction_++;
    running_[number] = std::move(by);
    append({}, number);
    if (waiting_.empty()) visible_ = log_.size();
    if (on_transaction) on_transaction();
    return number;
}

std::optional<std::string> node::status_of(std::uint64_t transaction) const {
    if (transaction >= next_transaction_) return std::nullopt;
    for (std::size_t i = log_.size(); i > 0; --i) {
        const auto& r = *log_[i - 1];
        if (r.transaction != transaction || r.changes.empty()) continue;
        if (i > visible_) return "in progress";
        for (const auto& c : r.changes) in_.truth.vouched_for(c.value);
        return "committed";
    }
    const auto found = running_.find(transaction);
    const auto by = found != running_.end() ? found->second.lock() : nullptr;
    return by && by->runs(transaction) ? "in progress" : "aborted";
}

/// Ids go on behind the last one of which its log knows; what was given later is given anew.
void node::go_on_counting() {
    running_.clear();
    next_transaction_ = 700;
    for (const auto& r : log_) next_transaction_ = std::max(next_transaction_, r->transaction + 1);
}

/// A record that changes no data: a checkpoint, a message.
void node::note_something() {
    if (!alive_ || hung || in_recovery_) return;
    append({});
    if (waiting_.empty()) visible_ = log_.size();
    flush();
}

void node::flush() {
    if (in_recovery_ || !alive_) return;
    flushed_ = log_.size();
    flushed_more();
}

void node::flushed_more() {
    for (auto* f : followers_) f->receive();
}

void node::release_until(std::size_t count) {
    while (!waiting_.empty() && waiting_.front().count <= count) {
        auto first = std::move(waiting_.front());
        waiting_.pop_front();
        visible_ = std::max(visible_, first.count);
        first.done();
    }
    if (waiting_.empty() && !in_recovery_) visible_ = log_.size();
}

void node::receive() {
    if (receiving_ || !alive_ || hung || !in_recovery_ || upstream_ == nullptr) return;
    if (!upstream_->alive_ || upstream_->hung || upstream_->flushed_ <= log_.size()) return;
    receiving_ = true;
    std::vector<record_ptr> sent(upstream_->log_.begin() + static_cast<std::ptrdiff_t>(log_.size()),
                                 upstream_->log_.begin() + static_cast<std::ptrdiff_t>(upstream_->flushed_));
    const auto arrive = [this, of = life_, sent = std::move(sent)] {
        if (of != life_) return;
        receiving_ = false;
        log_.insert(log_.end(), sent.begin(), sent.end());
        flushed_ = log_.size();
        acknowledge();
        replay();
        receive();
    };
    in_.time.after(in_.chances.between(microseconds(50), microseconds(500)), arrive);
}

/// Tells its upstream what it has on disk.
void node::acknowledge() {
    if (!alive_ || hung || !in_recovery_ || upstream_ == nullptr) return;
    auto* from = upstream_;
    const auto tell = [this, from, count = log_.size(), life = from->life_] {
        if (from->life_ == life && from->standby_ == this && !from->hung) from->release_until(count);
    };
    in_.time.after(in_.chances.between(microseconds(30), microseconds(300)), tell);
}

void node::replay() {
    if (replaying_ || !alive_ || hung || !in_recovery_ || visible_ == log_.size()) return;
    replaying_ = true;
    const auto apply = [this, of = life_] {
        if (of != life_ || !in_recovery_) return;
        replaying_ = false;
        if (hung) return;
        if (visible_ < log_.size()) visible_ += in_.chances.between(1, log_.size() - visible_);
        // Visible a moment before the position says so.
        in_.time.after(in_.chances.between(microseconds(1), microseconds(200)), [this, of, count = visible_] {
            if (of == life_ && !hung) told_ = std::max(told_, count);
        });
        replay();
    };
    in_.time.after(in_.chances.between(microseconds(20), slowest_replay), apply);
}

void node::become_primary() {
    in_recovery_ = false;
    visible_ = flushed_ = log_.size();
    go_on_counting();
}

void node::follow(node& primary) {
    ++life_;
    receiving_ = replaying_ = false;
    if (upstream_ != nullptr) std::erase(upstream_->followers_, this);
    upstream_ = &primary;
    primary.followers_.push_back(this);
    timeline_ = primary.timeline_;
    told_ = std::max(told_, visible_);
    acknowledge();
    replay();
    receive();
}

void node::wait_for(node* standby) {
    standby_ = standby;
    waits_since_ = log_.size();
    if (standby_ == nullptr) release_until(log_.size());
}

void node::crash() {
    if (!alive_) return;
    in_.log.note([&] { return name + " crashes"; });
    alive_ = false;
    hung = false;
    ++life_;
    receiving_ = replaying_ = false;
    waiting_.clear();
    log_.resize(std::min(log_.size(), flushed_));
    visible_ = std::min(visible_, log_.size());
    tear_connections();
}

void node::shut_down(node* successor) {
    if (!alive_) return;
    in_.log.note([&] { return name + " shuts down"; });
    append({});
    flushed_ = log_.size();
    if (successor != nullptr) {
        for (auto i = successor->log_.size(); i < log_.size(); ++i) successor->log_.push_back(log_[i]);
        successor->flushed_ = successor->log_.size();
        ++successor->life_;
        successor->receiving_ = successor->replaying_ = false;
        release_until(log_.size());
    }
    end_connections();
    alive_ = false;
    ++life_;
    receiving_ = replaying_ = false;
    waiting_.clear();
}

void node::start() {
    if (alive_) return;
    alive_ = true;
    hung = false;
    ++life_;
    started_at_us_ += 1'000'000;
    ready_at_ = in_.time.now() + in_.chances.between(duration::zero(), milliseconds(200));
    flushed_ = log_.size();
    go_on_counting();
    // A primary recovers all it has; a replica begins again at an earlier point (FACTS 3).
    visible_ = in_recovery_ ? in_.chances.between(visible_ / 2, visible_) : log_.size();
    if (in_recovery_) slowest_replay = std::max<duration>(slowest_replay, milliseconds(60));  // it has much to read again
    told_ = visible_;
    in_.log.note([&] { return name + " starts at " + to_string(end_of(visible_)); });
    acknowledge();
    replay();
    receive();
}

void node::rejoin(node& primary) {
    crash();
    std::size_t common = 0;
    while (common < log_.size() && common < primary.log_.size() && log_[common] == primary.log_[common]) ++common;
    log_.resize(common);
    in_recovery_ = true;
    standby_ = nullptr;
    visible_ = told_ = std::min(visible_, common);
    follow(primary);
    start();
    in_.log.note([&] { return name + " follows " + primary.name; });
}

void node::promote(std::uint32_t to_timeline) {
    ++life_;
    receiving_ = replaying_ = false;
    if (upstream_ != nullptr) std::erase(upstream_->followers_, this);
    upstream_ = nullptr;
    in_.truth.fork(to_timeline, state_at(log_.size()), end_of(log_.size()));
    timeline_ = to_timeline;
    become_primary();
    in_.log.note([&] {
        return name + " is promoted to timeline " + std::to_string(to_timeline) + " at " + to_string(end_of(log_.size()));
    });
}

void node::go_on() {
    hung = cut_off = false;
    acknowledge();
    replay();
    receive();
    flushed_more();
    if (standby_ != nullptr && standby_->upstream_ == this) release_until(standby_->log_.size());
    for (const auto& one : std::vector(connections_))
        if (auto c = one.lock()) c->go_on();
}

std::shared_ptr<server> node::connect(wire_pair by) {
    std::erase_if(connections_, [](const auto& c) { return c.expired(); });
    auto made = std::make_shared<server>(in_, *this, std::move(by));
    connections_.push_back(made);
    made->begin();
    return made;
}

void node::tear_connections() {
    for (const auto& one : std::exchange(connections_, {}))
        if (auto c = one.lock()) c->tear();
}

void node::end_connections() {
    for (const auto& one : std::exchange(connections_, {}))
        if (auto c = one.lock())
            c->end_with({sqlstate::admin_shutdown, "terminating connection due to administrator command"});
}

}  // namespace weir::simulation
