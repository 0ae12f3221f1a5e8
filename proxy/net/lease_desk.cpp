#include "net/lease_desk.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <bit>
#include <boost/asio/co_spawn.hpp>

#include "net/conninfo.hpp"

namespace weir::net {
namespace {

instant clock_now() { return std::chrono::steady_clock::now(); }

backend_id next_backend_id() {
    static std::atomic<std::uint64_t> last{0};
    return backend_id{last.fetch_add(1, std::memory_order_relaxed) + 1};
}

pool::returned returned(const backend& b) {
    return {b.id, b.opened, session::digest_of(b.link.applied)};
}

fault too_many_wait() {
    return {sqlstate::too_many_connections, "too many clients wait for a connection to the server",
            "All connections of this pool are in use, and max_waiting clients wait for one already.",
            "Raise size or max_waiting in the [pool] section, or look for sessions that hold a connection in SHOW "
            "CLIENTS."};
}

pool::pool_key key_of(const tenant_pools& t, node_id node) { return {node, t.whose}; }

}  // namespace

lease_desk::lease_desk(boost::asio::io_context& io, poller& sockets, unsigned worker, pool::ledger& books,
                       std::vector<char>& read_buffer, spread_function spread, move_function move)
    : io_(io),
      sockets_(sockets),
      worker_(worker),
      books_(books),
      read_buffer_(read_buffer),
      spread_(std::move(spread)),
      move_(std::move(move)) {}

void lease_desk::use(desk_settings settings) {
    settings_ = std::move(settings);
    for (auto& [key, t] : tenants_)
        for (auto& p : t->by_node)
            if (p) p->set_limits(settings_.limits);
}

tenant_pools& lease_desk::find_tenant(const pool::tenant& whose, std::shared_ptr<cluster_hub> hub,
                                      const std::string& client_database) {
    auto& t = tenants_[whose];
    if (!t) {
        t = std::make_unique<tenant_pools>();
        t->whose = whose;
        t->client_database = client_database;
        t->by_node.resize(hub->probes.nodes().size());
        t->hub = std::move(hub);
    }
    return *t;
}

pool::pool& lease_desk::pool_of(tenant_pools& t, node_id node) {
    if (node.value >= t.by_node.size()) t.by_node.resize(static_cast<std::size_t>(node.value) + 1);
    auto& p = t.by_node[node.value];
    if (!p) {
        p = std::make_unique<pool::pool>(books_.find(key_of(t, node), settings_.bounds),
                                         settings_.limits, worker_);
        p->hold(is_held(t, node));
    }
    return *p;
}

void lease_desk::request(tenant_pools& of, node_id node, session_id who, lease_user& user, instant now) {
    const auto answer = pool_of(of, node).request(who, now, user.wanted_state());
    if (answer.backend) {
        auto b = backends_.at(*answer.backend);
        b->user = &user;
        b->now = backend::state::lent;
        b->counted_lent = true;
        return user.on_lease(std::move(b));
    }
    if (answer.refused) return user.on_lease_refused({too_many_wait(), false});
    waiting_[who] = {&user, now};
    if (answer.open) open(of, node);
    if (answer.starving) spread_(key_of(of, node));
    user.on_lease_delayed(pool_of(of, node).held());
}

void lease_desk::withdraw(tenant_pools& of, node_id node, session_id who) {
    pool_of(of, node).withdraw(who);
    waiting_.erase(who);
}

void lease_desk::open(tenant_pools& t, node_id node) {
    node_login_request request;
    request.address = t.hub->address(node);
    request.tcp = t.hub->node(node).tcp;
    request.tls = tls_of(t.hub->node(node), settings_.tls);
    request.tls_with = settings_.tls_with;
    request.tls_name = t.hub->node(node).tls_name;
    request.whose = t.whose;
    request.credentials = t.credentials;
    request.timeout = settings_.login_timeout;
    request.random = settings_.random;
    auto done = [this, &t, node](std::exception_ptr error, node_login_outcome outcome) {
        if (error) {
            node_login_failure failure{{sqlstate::internal_error, "the login at the node failed"}, true};
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& e) {
                failure.why.detail = e.what();
            }
            outcome = std::move(failure);
        }
        on_opened(t, node, std::move(outcome));
    };
    boost::asio::co_spawn(io_, log_in_at_node(io_, std::move(request)), std::move(done));
}

void lease_desk::on_opened(tenant_pools& t, node_id node, node_login_outcome outcome) {
    auto& p = pool_of(t, node);
    if (auto* failure = std::get_if<node_login_failure>(&outcome)) {
        if (t.no_connection[node].is_due(failure->why.message, clock_now()))
            spdlog::warn("no connection to {} for {}@{}: {}", t.hub->address(node).name, t.whose.user,
                         t.whose.database, failure->why.message);
        if (failure->unreachable) t.hub->probes.suspect(node);
        for (auto who : p.failed_to_open()) refuse(who, {failure->why, failure->unreachable});
        return;
    }
    auto b = std::make_shared<backend>(next_backend_id(), std::get<node_connection>(std::move(outcome)),
                                       clock_now());
    b->owner = &t;
    b->node = node;
    b->link.at_start = std::make_shared<const session::parameter_map>(b->link.parameters);
    t.welcome = b->link.at_start;
    if (b->link.start.is_known()) t.start_path = b->link.start.search_path;
    backends_[b->id] = b;
    if (!b->settle(*this, sockets_)) return drop(*b);
    b->read();
    place(b, p.arrived(b->id, b->opened, clock_now()));
}

void lease_desk::refuse(session_id who, const session::lease_refused& why) {
    auto found = waiting_.find(who);
    if (found == waiting_.end()) return;
    auto* user = found->second.user;
    waiting_.erase(found);
    user->on_lease_refused(why);
}

void lease_desk::lend(const std::shared_ptr<backend>& b, session_id who) {
    b->counted_lent = true;
    auto found = waiting_.find(who);
    if (found == waiting_.end()) {  // left in this very moment
        b->now = backend::state::lent;
        return freed(b);
    }
    auto* user = found->second.user;
    const auto waited = clock_now() - found->second.since;
    queue_waits.add(waited);
    b->owner->counters.count_queue(waited);
    waiting_.erase(found);
    b->user = user;
    b->now = backend::state::lent;
    user->on_lease(b);
}

void lease_desk::place(const std::shared_ptr<backend>& b, const pool::placement& where) {
    b->was_cancelled = false;
    if (where.next) return lend(b, *where.next);
    if (where.hand_over) return hand_over(b);
    if (where.close) return drop(*b);
    b->now = backend::state::idle;
    b->read();
}

/// By value: the table that held it gives it up.
void lease_desk::hand_over(std::shared_ptr<backend> b) {
    auto& t = *b->owner;
    auto& p = pool_of(t, b->node);
    const auto others = p.books().starving() & ~(std::uint64_t{1} << (worker_ % 64));
    if (others == 0 || b->out.busy()) {  // fed meanwhile
        return place(b, p.received(returned(*b), clock_now()));
    }
    const auto target = static_cast<unsigned>(std::countr_zero(others));
    p.books().fed(target);
    const auto key = key_of(t, b->node);
    backends_.erase(b->id);
    b->leave();
    move_(target, b, key);
    if (p.waiting() > 0 && p.owns_nothing()) spread_(key);
}

void lease_desk::give_to_starving(const pool::pool_key& key) {
    auto found = tenants_.find(key.whose);
    if (found == tenants_.end()) return;
    if (auto id = pool_of(*found->second, key.node).give_away()) hand_over(backends_.at(*id));
}

void lease_desk::take_in(std::shared_ptr<backend> moved, const pool::pool_key& key) {
    auto found = tenants_.find(key.whose);
    if (found == tenants_.end()) {
        moved->close();
        books_.find(key, settings_.bounds)->closed();
        return;
    }
    moved->owner = found->second.get();
    if (!moved->owner->welcome) moved->owner->welcome = moved->link.at_start;
    if (!moved->owner->start_path && moved->link.start.is_known())
        moved->owner->start_path = moved->link.start.search_path;
    backends_[moved->id] = moved;
    if (!moved->settle(*this, sockets_)) return drop(*moved);
    moved->read();
    place(moved, pool_of(*moved->owner, key.node).received(returned(*moved), clock_now()));
}

void lease_desk::release(std::shared_ptr<backend> b, const session::give_back& how, bytes_view rest) {
    b->user = nullptr;
    b->paused = false;
    if (how.close || b->now == backend::state::closed) return drop(*b);
    b->now = backend::state::cleaning;
    if (!how.clean()) return clean(b, how, rest);
    if (!rest.empty()) {
        auto done = b->link.on_cleaning_bytes(rest);
        if (!done || !*done) return drop(*b);
    }
    b->read();
    freed(b);
}

void lease_desk::clean(const std::shared_ptr<backend>& b, const session::give_back& how,
                       bytes_view rest) {
    session::outbox out;
    b->link.begin_cleaning(how, out.own());
    if (!b->send(out)) return drop(*b);
    b->read();
    if (!rest.empty()) on_bytes(*b, rest);
}

void lease_desk::freed(const std::shared_ptr<backend>& b) {
    if (b->cancel) {  // goes on when the node has dealt with it
        b->now = backend::state::cleaning;
        return;
    }
    if (b->may_be_hit_late) return drop(*b);
    if (b->was_cancelled) {
        b->was_cancelled = false;
        return clean(b, {.close = false, .roll_back = false, .discard = false, .sync = true}, {});
    }
    if (!b->link.may_be_lent()) return drop(*b);
    b->counted_lent = false;
    place(b, pool_of(*b->owner, b->node).released(returned(*b), clock_now()));
}

void lease_desk::drop(backend& b) {
    if (b.now == backend::state::closed && b.owner == nullptr) return;
    auto self = b.shared_from_this();
    auto& t = *b.owner;
    const auto node = b.node;
    b.close();
    b.owner = nullptr;
    backends_.erase(b.id);
    if (pool_of(t, node).closed(b.id, b.counted_lent)) open(t, node);
}

void lease_desk::on_bytes(backend& from, bytes_view data) {
    bytes_in += data.size();
    if (from.now == backend::state::lent) return from.user->on_backend_bytes(data);
    auto clean_now = from.link.on_cleaning_bytes(data);
    if (!clean_now) {
        spdlog::debug("backend {} closed: {}", from.id.value, clean_now.error().message);
        return drop(from);
    }
    if (from.now == backend::state::idle && !*clean_now) return drop(from);
    if (from.now == backend::state::cleaning && *clean_now) freed(from.shared_from_this());
}

void lease_desk::on_gone(backend& b) {
    auto self = b.shared_from_this();
    b.close();
    if (b.owner != nullptr) b.owner->hub->probes.suspect(b.node);
    if (b.user != nullptr) return b.user->on_backend_closed();
    drop(b);
}

void lease_desk::on_drained(backend& b) {
    if (b.user != nullptr) b.user->on_backend_drained();
}

void lease_desk::cancel(const std::shared_ptr<backend>& what) {
    what->was_cancelled = true;
    if (what->cancel) {
        what->cancel->again = true;
        return;
    }
    what->cancel = std::make_unique<cancelling>();
    send_cancel(what);
}

void lease_desk::when_cancelled(const std::shared_ptr<backend>& what, cancel_done done) {
    if (!what->cancel) return done();
    auto& c = *what->cancel;
    (c.again ? c.waiting_again : c.waiting).push_back(std::move(done));
}

/// To the very address that the connection leads to: a name may stand for another server by now.
void lease_desk::send_cancel(const std::shared_ptr<backend>& what) {
    auto to = what->transport->peer();
    boost::asio::co_spawn(io_,
                          deliver_cancel(io_, to, {what->pid, what->secret}, cancel_within),
                          [this, what](std::exception_ptr broken, delivery outcome) {
                              on_cancel_over(what, broken ? delivery::unsure : outcome);
                          });
}

void lease_desk::on_cancel_over(const std::shared_ptr<backend>& what, delivery outcome) {
    if (outcome == delivery::unsure) what->may_be_hit_late = true;
    const auto told = std::exchange(what->cancel->waiting, std::move(what->cancel->waiting_again));
    what->cancel->waiting_again.clear();
    // What was asked for meanwhile may have been meant for a later statement of the same user.
    const bool runs = what->user != nullptr && !what->link.owed.empty();
    if (std::exchange(what->cancel->again, false) && runs) {
        send_cancel(what);
    } else {
        auto rest = std::move(what->cancel);
        // It may have been given back meanwhile, and waited for this.
        const bool waits = what->now == backend::state::cleaning && what->link.may_be_lent();
        if (waits && what->owner != nullptr) freed(what);
        for (const auto& done : rest->waiting) done();
    }
    for (const auto& done : told) done();
}

void lease_desk::tick(instant now) {
    std::vector<session_id> late;
    std::vector<backend_id> old;
    for (auto& [key, t] : tenants_) {
        for (std::size_t n = 0; n < t->by_node.size(); ++n) {
            auto& p = t->by_node[n];
            if (!p) continue;
            auto gone = p->expire_waiting(now);
            late.insert(late.end(), gone.begin(), gone.end());
            auto aged = p->expire_idle(now);
            old.insert(old.end(), aged.begin(), aged.end());
            if (p->opens_for_waiting()) open(*t, node_id{static_cast<std::uint16_t>(n)});
            if (p->waiting() > 0 && (p->books().starving() >> (worker_ % 64) & 1) != 0)
                spread_(key_of(*t, node_id{static_cast<std::uint16_t>(n)}));
        }
    }
    for (auto id : old)
        if (auto found = backends_.find(id); found != backends_.end()) drop(*found->second);
    for (auto who : late)
        refuse(who, {{sqlstate::too_many_connections, "no connection to the server became free in time",
                      "All connections of this pool were in use for wait_timeout_ms.",
                      "Raise size (and max_per_node, where it is set) or wait_timeout_ms in the [pool] section, or look "
                      "for sessions that hold a connection in SHOW CLIENTS."},
                     false});
}

void lease_desk::close_idle_of(const cluster_hub& hub, node_id node) {
    std::vector<backend_id> all;
    for (auto& [key, t] : tenants_) {
        if (t->hub.get() != &hub || node.value >= t->by_node.size() || !t->by_node[node.value]) continue;
        auto idle = t->by_node[node.value]->take_all_idle();
        all.insert(all.end(), idle.begin(), idle.end());
    }
    for (auto id : all)
        if (auto found = backends_.find(id); found != backends_.end()) drop(*found->second);
}

}  // namespace weir::net
