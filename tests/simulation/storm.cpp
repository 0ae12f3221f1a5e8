#include "simulation/storm.hpp"

#include <algorithm>

namespace weir::simulation {

storm::storm(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes)
    : in_(in), plan_(how), nodes_(nodes) {
    nodes_[0]->become_primary();
    for (std::size_t i = 1; i < nodes_.size(); ++i) nodes_[i]->follow(*nodes_[0]);
    if (plan_.synchronous) {
        nodes_[0]->wait_for(nodes_[1].get());
    } else if (in_.chances.chance(30) && plan_.sky != weather::everything) {
        nodes_[0]->asynchronous_per_cent = 40;
    }
}

void storm::begin() {
    in_.time.after(plan_.faults_end, [this] { pass(); });
    if (plan_.sky == weather::everything && plan_.policy->routing.commit_outcome) aim_at_commits();
    blow();
}

node& storm::primary() {
    node* best = nullptr;
    for (auto& n : nodes_)
        if (!n->in_recovery() && (best == nullptr || n->timeline() > best->timeline())) best = n.get();
    return *best;
}

node* storm::replica() {
    std::vector<node*> all;
    for (auto& n : nodes_)
        if (n->in_recovery()) all.push_back(n.get());
    return all.empty() ? nullptr : in_.chances.one_of(all);
}

void storm::blow() {
    if (over_) return;
    in_.time.after(soon(milliseconds(250)), [this] { blow(); });
    if (over_) return;
    const auto what = in_.chances.below(10);
    primary().note_something();
    if (plan_.sky == weather::calm || what < 3) return change_lag();
    if (plan_.sky == weather::replicas || what < 7) return disturb_replica();
    disturb_primary();
}

void storm::change_lag() {
    if (auto* r = replica()) {
        static const std::vector<milliseconds> pace = {milliseconds(1), milliseconds(5), milliseconds(50), milliseconds(300)};
        r->slowest_replay = in_.chances.one_of(pace);
    }
}

void storm::disturb_replica() {
    auto* r = replica();
    if (r == nullptr) return;
    const auto back = soon(milliseconds(600));
    switch (in_.chances.below(6)) {
        case 0:
            r->crash();
            // Some are back before anybody has asked after them.
            in_.time.after(r->log().size() % 2 == 0 ? back / 20 : back, [r] { r->start(); });
            break;
        case 1:
            in_.log.note([&] { return r->name + " hangs"; });
            r->hung = true;
            in_.time.after(back, [r] { r->go_on(); });
            break;
        case 2:
            in_.log.note([&] { return r->name + " is cut off"; });
            r->cut_off = true;
            in_.time.after(back, [r] { r->go_on(); });
            break;
        case 3:
            r->conflicts_per_cent = 30;
            in_.time.after(back, [r] { r->conflicts_per_cent = 0; });
            break;
        case 4: end_a_connection(*r, true); break;
        default: end_a_connection(*r, false); break;
    }
}

void storm::end_a_connection(node& of, bool only_idle_in_transaction) {
    for (const auto& known : of.connections()) {
        const auto c = known.lock();
        if (!c || c->is_over() || in_.chances.chance(30)) continue;
        if (only_idle_in_transaction) {
            if (!c->is_idle_in_transaction()) continue;
            return c->end_with({sqlstate::serialization_failure, "terminating connection due to conflict with recovery"});
        }
        in_.log.note([&] { return "a connection at " + of.name + " is lost"; });
        return c->tear();
    }
}

void storm::disturb_primary() {
    if (!primary_moves_ && primary().alive()) strike(static_cast<unsigned>(in_.chances.below(6)));
}

/// What falls between a COMMIT and its answer is what is hardest to hit by chance.
void storm::aim_at_commits() {
    for (auto& n : nodes_)
        n->on_transaction = [this, at = n.get()] {
            if (over_ || primary_moves_ || at != &primary() || !in_.chances.chance(40)) return;
            in_.time.after(in_.chances.between(std::chrono::microseconds(10), std::chrono::microseconds(1500)), [this, at] {
                if (!over_ && !primary_moves_ && at == &primary() && at->alive())
                    strike(static_cast<unsigned>(in_.chances.below(6)));
            });
        };
}

void storm::strike(unsigned how) {
    auto& p = primary();
    switch (how) {
        case 0:
            p.crash();
            in_.time.after(soon(milliseconds(500)), [&p] { p.start(); });
            break;
        case 1: return fail_over(p);
        case 2: return switch_over();
        case 3: return two_primaries();
        case 4:
            in_.log.note([&] { return p.name + " hangs"; });
            p.hung = true;
            in_.time.after(soon(milliseconds(500)), [&p] { p.go_on(); });
            break;
        default: end_a_connection(p, false);
    }
}

/// The one that has all that was acknowledged; without a synchronous one, whoever has most.
node* storm::successor(node& of) {
    if (auto* s = of.standby()) return s->alive() && s->in_recovery() && of.is_synchronous(*s) ? s : nullptr;
    node* best = nullptr;
    for (auto& n : nodes_)
        if (n->in_recovery() && n->alive() && n->upstream() == &of && (!best || n->log().size() > best->log().size()))
            best = n.get();
    // Whoever runs it as synchronous promotes nobody who may lack what was acknowledged.
    if (plan_.synchronous && best != nullptr && best->log().size() < of.log().size()) return nullptr;
    return best;
}

void storm::change_primary(node& to) {
    ++failovers_;
    to.go_on();
    to.promote(++timeline_);
    if (plan_.synchronous) {
        for (auto& n : nodes_)
            if (n->in_recovery()) {
                to.wait_for(n.get());
                break;
            }
    }
    for (auto& n : nodes_)
        if (n->in_recovery()) in_.time.after(soon(milliseconds(300)), [this, &one = *n] { let_follow(one); });
}

/// As it is where its log is of the primary's history; else it is rewound.
void storm::let_follow(node& one) {
    auto& p = primary();
    if (&one == &p || (one.in_recovery() && one.upstream() == &p)) return;
    const auto& mine = one.log();
    const bool agrees = one.in_recovery() && mine.size() <= p.log().size() &&
                        std::equal(mine.begin(), mine.end(), p.log().begin());
    if (agrees && one.alive()) {
        in_.log.note([&] { return one.name + " follows " + p.name + " as it is"; });
        one.follow(p);
    } else {
        one.rejoin(p);
    }
}

void storm::fail_over(node& from) {
    primary_moves_ = true;
    from.crash();
    in_.time.after(soon(milliseconds(500)), [this, &from] {
        primary_moves_ = false;
        auto* to = over_ ? nullptr : successor(from);
        if (to == nullptr) return from.start();
        change_primary(*to);
        // It may come back as the primary that it was, before somebody makes it follow.
        if (in_.chances.chance(50)) in_.time.after(soon(milliseconds(300)), [&from] { from.start(); });
        in_.time.after(soon(milliseconds(900)), [this, &from] { let_follow(from); });
    });
}

void storm::switch_over() {
    auto& p = primary();
    auto* to = successor(p);
    if (to == nullptr || to->hung || to->upstream() != &p) return;
    p.shut_down(to);
    change_primary(*to);
    in_.time.after(soon(milliseconds(300)), [this, &p] { let_follow(p); });
}

/// Nobody has stopped the old one.
void storm::two_primaries() {
    auto& p = primary();
    auto* to = successor(p);
    if (to == nullptr) return;
    if (in_.chances.chance(50)) p.cut_off = true;
    in_.log.note([&] { return "two primaries: " + p.name + " is not stopped"; });
    change_primary(*to);
    in_.time.after(soon(milliseconds(300)), [&p] { p.go_on(); });
    in_.time.after(soon(milliseconds(900)), [this, &p] { let_follow(p); });
}

void storm::pass() {
    over_ = true;
    in_.log.note([] { return std::string("the storm is over"); });
    auto& p = primary();
    if (!p.alive()) p.start();
    p.go_on();
    for (auto& n : nodes_) {
        n->conflicts_per_cent = 0;
        n->slowest_replay = milliseconds(3);
        if (n.get() == &p) continue;
        if (!n->alive() && n->in_recovery()) n->start();
        n->go_on();
        let_follow(*n);
    }
}

}  // namespace weir::simulation
