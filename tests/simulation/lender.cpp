#include "simulation/lender.hpp"

#include <bit>

#include "simulation/front.hpp"
#include "wire/frontend.hpp"

namespace weir::simulation {
namespace {

pool::returned returned(const backend& b) { return {b.id, b.opened, session::digest_of(b.link.applied)}; }
pool::pool_key key_of(const tenancy& t, node_id where) { return {where, t.whose}; }

}  // namespace

lender::lender(surroundings& in, const plan& how, std::vector<std::unique_ptr<node>>& nodes, unsigned worker,
               pool::ledger& books, spread_function spread, move_function move, suspect_function suspect)
    : in_(in),
      plan_(how),
      nodes_(nodes),
      worker_(worker),
      books_(books),
      spread_(std::move(spread)),
      move_(std::move(move)),
      suspect_(std::move(suspect)) {
    limits_.lifetime = milliseconds(in_.chances.chance(30) ? 300 : 3600000);
    limits_.idle = milliseconds(in_.chances.chance(30) ? 200 : 600000);
}

tenancy& lender::find_tenant(const pool::tenant& whose) {
    auto& t = tenants_[whose];
    if (!t) {
        t = std::make_unique<tenancy>();
        t->whose = whose;
        t->by_node.resize(nodes_.size());
    }
    return *t;
}

pool::pool& lender::pool_of(tenancy& t, node_id where) {
    auto& p = t.by_node[where.value];
    if (!p)
        p = std::make_unique<pool::pool>(books_.find(key_of(t, where), plan_.bounds), limits_, worker_);
    return *p;
}

void lender::request(tenancy& of, node_id where, session_id who, front& user) {
    const auto now = in_.time.now();
    const auto answer = pool_of(of, where).request(who, now, user.wanted_state());
    if (answer.backend) {
        auto b = backends_.at(*answer.backend);
        b->user = &user;
        b->now = backend::state::lent;
        b->counted_lent = true;
        return user.on_lease(b);
    }
    waiting_[who] = {&user, now};
    if (answer.open) open(of, where);
    if (answer.starving) spread_(key_of(of, where));
    user.on_lease_delayed();
}

void lender::withdraw(tenancy& of, node_id where, session_id who) {
    pool_of(of, where).withdraw(who);
    waiting_.erase(who);
}

void lender::place(const backend_ptr& b, const pool::placement& where) {
    if (where.next) return lend(b, *where.next);
    if (where.hand_over) return hand_over(b);
    if (where.close) return drop(b);
    b->now = backend::state::idle;
    read(b);
}

void lender::lend(const backend_ptr& b, session_id who) {
    b->counted_lent = true;
    auto found = waiting_.find(who);
    if (found == waiting_.end()) {
        b->now = backend::state::lent;
        return freed(b);
    }
    auto* user = found->second.user;
    waiting_.erase(found);
    b->user = user;
    b->now = backend::state::lent;
    user->on_lease(b);
}

/// By value: the table that held it gives it up.
void lender::hand_over(backend_ptr b) {
    auto& t = *b->owner;
    auto& p = pool_of(t, b->where);
    const auto others = p.books().starving() & ~(std::uint64_t{1} << worker_);
    if (others == 0) return place(b, p.received(returned(*b), in_.time.now()));
    const auto target = static_cast<unsigned>(std::countr_zero(others));
    p.books().fed(target);
    const auto key = key_of(t, b->where);
    backends_.erase(b->id);
    b->now = backend::state::moving;
    b->owner = nullptr;
    move_(target, b, key);
    if (p.waiting() > 0 && p.owns_nothing()) spread_(key);
}

void lender::give_to_starving(const pool::pool_key& key) {
    auto found = tenants_.find(key.whose);
    if (found == tenants_.end()) return;
    if (auto id = pool_of(*found->second, key.node).give_away()) hand_over(backends_.at(*id));
}

void lender::take_in(const backend_ptr& moved, const pool::pool_key& key) {
    auto& t = find_tenant(key.whose);
    moved->owner = &t;
    moved->now = backend::state::idle;
    if (!t.welcome) t.welcome = moved->link.at_start;
    if (!t.start_path && moved->link.start.is_known()) t.start_path = moved->link.start.search_path;
    backends_[moved->id] = moved;
    listen(moved);
    place(moved, pool_of(t, key.node).received(returned(*moved), in_.time.now()));
}

void lender::release(const backend_ptr& b, const session::give_back& how, bytes_view rest) {
    b->user = nullptr;
    b->paused = false;
    if (how.close || b->now == backend::state::closed) return drop(b);
    b->now = backend::state::cleaning;
    if (!how.clean()) return clean(b, how, rest);
    if (!rest.empty()) {
        auto done = b->link.on_cleaning_bytes(rest);
        if (!done || !*done) return drop(b);
    }
    read(b);
    freed(b);
}

void lender::clean(const backend_ptr& b, const session::give_back& how, bytes_view rest) {
    session::outbox out;
    b->link.begin_cleaning(how, out.own());
    out.for_each([&](bytes_view part) { b->wire.to_called->send(part); });
    read(b);
    if (!rest.empty()) on_bytes(b, rest);
}

void lender::freed(const backend_ptr& b) {
    if (!b->link.may_be_lent()) return drop(b);
    b->counted_lent = false;
    if (b->owner != nullptr) place(b, pool_of(*b->owner, b->where).released(returned(*b), in_.time.now()));
}

void lender::drop(const backend_ptr& b) {
    if (b->owner == nullptr) return;
    auto& t = *b->owner;
    const auto where = b->where;
    b->now = backend::state::closed;
    b->owner = nullptr;
    b->wire.to_caller->forget();
    b->wire.to_called->close();
    const bool lent = b->counted_lent;
    const auto id = b->id;
    backends_.erase(id);
    if (pool_of(t, where).closed(id, lent)) open(t, where);
}

void lender::on_gone(const backend_ptr& b) {
    b->now = backend::state::closed;
    suspect_(b->where);
    if (b->user != nullptr) return b->user->on_backend_closed();
    drop(b);
}

void lender::refuse(session_id who, const session::lease_refused& why) {
    auto found = waiting_.find(who);
    if (found == waiting_.end()) return;
    auto* user = found->second.user;
    waiting_.erase(found);
    user->on_lease_refused(why);
}

void lender::tick() {
    const auto now = in_.time.now();
    std::vector<session_id> late;
    std::vector<backend_id> old;
    for (auto& [key, t] : tenants_) {
        for (std::size_t n = 0; n < t->by_node.size(); ++n) {
            auto& p = t->by_node[n];
            if (!p) continue;
            const node_id where{static_cast<std::uint16_t>(n)};
            auto gone = p->expire_waiting(now);
            late.insert(late.end(), gone.begin(), gone.end());
            auto aged = p->expire_idle(now);
            old.insert(old.end(), aged.begin(), aged.end());
            if (p->opens_for_waiting()) open(*t, where);
            if (p->waiting() > 0 && (p->books().starving() >> worker_ & 1) != 0) spread_(key_of(*t, where));
        }
    }
    for (auto id : old)
        if (auto found = backends_.find(id); found != backends_.end()) drop(backend_ptr(found->second));
    for (auto who : late)
        refuse(who, {{sqlstate::too_many_connections, "no connection to the server became free in time"}, false});
}

void lender::close_idle_of(node_id where) {
    std::vector<backend_id> all;
    for (auto& [key, t] : tenants_) {
        if (!t->by_node[where.value]) continue;
        auto idle = t->by_node[where.value]->take_all_idle();
        all.insert(all.end(), idle.begin(), idle.end());
    }
    for (auto id : all)
        if (auto found = backends_.find(id); found != backends_.end()) drop(backend_ptr(found->second));
}

void lender::check_at_rest() {
    std::map<std::pair<std::string, std::uint16_t>, std::size_t> open;
    for (const auto& [id, b] : backends_) {
        if (b->now != backend::state::idle) in_.log.fail("a connection is not idle although nobody is there");
        ++open[{b->owner->whose.user, b->where.value}];
    }
    for (auto& [key, t] : tenants_) {
        for (std::size_t n = 0; n < t->by_node.size(); ++n) {
            auto& p = t->by_node[n];
            if (!p) continue;
            const auto there = open[{t->whose.user, static_cast<std::uint16_t>(n)}];
            const auto said = "the pool of " + nodes_[n]->name + " says: " + std::to_string(p->lent()) + " lent, " +
                              std::to_string(p->waiting()) + " waiting, " + std::to_string(p->opening()) +
                              " opening, " + std::to_string(p->idle()) + " idle, " +
                              std::to_string(p->books().open()) + " open; there are " + std::to_string(there);
            if (p->lent() != 0 || p->waiting() != 0 || p->opening() != 0 || p->idle() != there)
                in_.log.fail(said);
            if (plan_.workers == 1 && p->books().open() != there) in_.log.fail(said);
            if (p->books().open() > p->books().limit()) in_.log.fail(said);
        }
    }
}

}  // namespace weir::simulation
