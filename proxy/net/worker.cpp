#include "net/worker.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "cluster/changes.hpp"
#include "net/peer_user.hpp"
#include "net/random_bytes.hpp"
#include "net/tls.hpp"

namespace weir::net {
namespace {

constexpr std::size_t read_buffer_bytes = 64 * 1024;
constexpr milliseconds tick_interval{20};
constexpr milliseconds closest_tick{1};

query::digest_key random_key() {
    query::digest_key key;
    const auto bytes = random_bytes(sizeof key);
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(key.data()));
    return key;
}

}  // namespace

worker::worker(unsigned number, const pid_layout& pids, shared_services& services,
               worker_settings settings)
    : number_(number),
      pids_(pids),
      services_(services),
      settings_(std::move(settings)),
      guard_(boost::asio::make_work_guard(io_)),
      ticker_(io_),
      read_buffer_(read_buffer_bytes),
      verdicts_(settings_.verdict_cache_bytes, settings_.parse_limit_bytes, random_key()),
      environment_{settings_.policy, verdicts_, statements_, carried_, parameters_, cycles_, proved_, learned_,
                   random_bytes, random_bytes(32), {}},
      hubs_(settings_.hubs.size()),
      desk_(
          io_, sockets_, number, services.books(), read_buffer_,
          [this](const pool::pool_key& key) { services_.spread(number_, key); },
          [this](unsigned to, std::shared_ptr<backend> what, const pool::pool_key& key) {
              services_.move(to, std::move(what), key);
          }) {
    sockets_.stand_in(io_);
    settings_.desk.random = random_bytes;
    desk_.use(settings_.desk);
    for (std::size_t i = 0; i < hubs_.size(); ++i)
        hubs_[i].view.known = settings_.hubs[i]->probes.latest();
    if (spdlog::should_log(spdlog::level::debug))
        environment_.explain = [](std::string_view line) { spdlog::debug("{}", line); };
    environment_.log = [](std::string_view line) { spdlog::info("{}", line); };
    environment_.log_slow = [this](std::string_view line) {
        if (!slow_ones.lets(now())) return;
        const auto held_back = slow_ones.take_held_back();
        spdlog::info("{}{}", line, held_back > 0 ? ", and " + std::to_string(held_back) + " others" : "");
    };
    environment_.rule_counts.use(settings_.policy->rules);
    environment_.login_delay = [this](std::string_view address, std::string_view user) {
        return services_.door().turn_of(address, user, now());
    };
    environment_.login_failed = [this](std::string_view address, std::string_view user) {
        services_.door().note_failure(address, user, now());
        if (settings_.policy->asks_nodes_for_secrets) services_.doubt_secret(std::string(user));
    };
}

worker::~worker() { stop(); }

void worker::start() {
    thread_ = std::thread([this] { run(); });
}

void worker::run() {
    pthread_setname_np(pthread_self(), ("weir-" + std::to_string(number_)).c_str());
    tick();
    io_.run();
}

void worker::stop() {
    if (!thread_.joinable()) return;
    io_.stop();
    thread_.join();
    mailbox_->close();
}

void worker::adopt(newcomer who) {
    clients_.fetch_add(1, std::memory_order_relaxed);
    boost::asio::post(io_, [this, who = std::move(who)]() mutable {
        prepare_socket(who.fd);
        const bool local = who.family == AF_UNIX;
        session::arrival how{who.over_limit, local, local ? user_at(who.fd) : bytes(), who.address};
        std::uint32_t slot = 0;
        if (free_slots_.empty()) {
            slot = static_cast<std::uint32_t>(frontends_.size());
            frontends_.emplace_back();
        } else {
            slot = free_slots_.back();
            free_slots_.pop_back();
        }
        const session_id id{slot};
        frontends_[slot] = std::make_shared<frontend>(
            *this, id, std::make_unique<plain_stream>(who.fd), std::move(who.address), std::move(how),
            pids_.pid_of({number_, slot}));
        frontends_[slot]->ticket = who.ticket;
        logging_in_[who.ticket] = slot;
        frontends_[slot]->begin();
        if (draining_) frontends_[slot]->tell(session::drain_begun{});
    });
}

void worker::ended(frontend& f) {
    leave_waiting_room(f);
    const auto slot = f.id().value;
    frontends_[slot].reset();
    free_slots_.push_back(slot);
    clients_.fetch_sub(1, std::memory_order_relaxed);
    services_.client_ended();
}

session::actions& worker::borrow_actions() {
    if (actions_in_use_ == actions_.size()) actions_.emplace_back();
    return actions_[actions_in_use_++];
}

void worker::return_actions(session::actions& used) {
    for (auto& c : used.spent) cycles_.put(std::move(c));
    used.spent.clear();
    bytes().swap(used.input);
    used.clear();
    --actions_in_use_;
}

void worker::use(worker_settings settings) {
    boost::asio::post(io_, [this, settings = std::move(settings)]() mutable {
        settings_ = std::move(settings);
        while (hubs_.size() < settings_.hubs.size())
            hubs_.emplace_back().view.known = settings_.hubs[hubs_.size() - 1]->probes.latest();
        settings_.desk.random = random_bytes;
        environment_.rules_in_force = settings_.policy;
        environment_.rule_counts.use(settings_.policy->rules);
        environment_.explain = nullptr;
        if (spdlog::should_log(spdlog::level::debug))
            environment_.explain = [](std::string_view line) { spdlog::debug("{}", line); };
        desk_.use(settings_.desk);
        // Their deadlines may be other ones now.
        for (std::size_t i = 0; i < frontends_.size(); ++i)
            if (auto f = frontends_[i]) f->tell(session::time_passed{});
    });
}

void worker::note_deadline(frontend& f, instant before, instant after) {
    if (before == after) return;
    if (before != never) deadlines_.erase({before, f.id().value});
    if (after != never) deadlines_.insert({after, f.id().value});
    if (after < next_tick_) tick_at(after);
}

void worker::note_waiting_for_cluster(frontend& f) {
    if (!std::exchange(f.listed_as_waiting, true)) waiting_for_cluster_.push_back(f.id().value);
}

void worker::tick() {
    const auto t = now();
    desk_.tick(t);
    note_catalogs_in_use();
    while (!deadlines_.empty() && deadlines_.begin()->first <= t) {
        auto f = frontends_[deadlines_.begin()->second];
        deadlines_.erase(deadlines_.begin());
        if (f) f->tell(session::time_passed{});
    }
    tell_those_who_wait();
    auto next = t + tick_interval;
    if (!deadlines_.empty()) next = std::min(next, std::max(deadlines_.begin()->first, t + closest_tick));
    tick_at(next);
}

void worker::tick_at(instant when) {
    next_tick_ = when;
    ticker_.expires_at(when);
    ticker_.async_wait([this](boost::system::error_code error) {
        if (!error) tick();
    });
}

void worker::tell_those_who_wait() {
    const auto waiting = std::exchange(waiting_for_cluster_, {});
    for (auto slot : waiting) {
        auto f = frontends_[slot];
        if (!f) continue;
        f->listed_as_waiting = false;
        if (f->waits_for_cluster()) f->tell(session::cluster_changed{});
    }
}

void worker::on_cluster(std::size_t hub, cluster::snapshot_ptr known) {
    boost::asio::post(io_, [this, hub, known = std::move(known)] {
        auto& view = hubs_[hub].view;
        // What a node was lent for is not what it is now: its idle connections are of yesterday.
        for (std::size_t n = 0; n < known->nodes.size() && view.known; ++n) {
            const auto& node = known->nodes[n];
            const bool moved = n < view.known->nodes.size() && view.known->nodes[n].is != node.is;
            const bool succeeded = node.is == cluster::role::primary && known->primary && *known->primary != node.id;
            if (moved || succeeded)
                desk_.close_idle_of(*settings_.hubs[hub], known->nodes[n].id);
        }
        const bool left = view.known && cluster::is_left_by_any(*view.known, *known);
        view.known = known;
        desk_.note_nodes(*settings_.hubs[hub], *known);
        tell_those_who_wait();
        if (left) tell_those_who_use(hub);
    });
}

/// A node that stands still closes no connection: who has one, or waits for one, hears of it from here.
void worker::tell_those_who_use(std::size_t hub) {
    for (std::size_t i = 0; i < frontends_.size(); ++i) {
        const auto f = frontends_[i];
        if (f && f->tenant() != nullptr && f->uses_a_node() && hub_index(*f->tenant()) == hub)
            f->tell(session::cluster_changed{});
    }
}

void worker::forget_learned() {
    boost::asio::post(io_, [this] {
        learned_.clear();
        environment_.digests.for_each([](routing::digest_entry& e) { e.learned = false; });
    });
}

void worker::forget_digests() {
    boost::asio::post(io_, [this] { environment_.digests.clear_counts(); });
}

void worker::use_holds(std::shared_ptr<const pool::holds> paused) {
    boost::asio::post(io_, [this, paused = std::move(paused)] { desk_.use_holds(paused); });
}

std::size_t worker::lent(const hold_scope& of) {
    for (const auto& [hub, node] : of.nodes)
        if (!hubs_[hub].view.known->find(node)->drained) return 1;
    return desk_.lent([&](const tenant_pools& t, node_id node) {
        if (of.nodes.empty()) return of.all || *of.database == pool::database_at{t.whose.cluster, t.whose.database};
        return std::find(of.nodes.begin(), of.nodes.end(), std::pair(hub_index(t), node)) != of.nodes.end();
    });
}

std::size_t worker::end_clients(const pool::database_at& of) {
    std::size_t ended = 0;
    for (std::size_t i = 0; i < frontends_.size(); ++i) {
        const auto f = frontends_[i];
        if (!f || f->tenant() == nullptr) continue;
        const auto& whose = f->tenant()->whose;
        if (of != pool::database_at{whose.cluster, whose.database}) continue;
        f->tell(session::terminated{});
        ++ended;
    }
    return ended;
}

std::size_t worker::end_client(std::uint32_t slot, std::uint32_t pid) {
    const auto f = slot < frontends_.size() ? frontends_[slot] : nullptr;
    if (!f || f->pid() != pid) return 0;
    f->tell(session::terminated{});
    return 1;
}

void worker::begin_drain() {
    boost::asio::post(io_, [this] {
        draining_ = true;
        for (std::size_t i = 0; i < frontends_.size(); ++i)
            if (auto f = frontends_[i]) f->tell(session::drain_begun{});
    });
}

std::size_t worker::hub_index(const tenant_pools& t) const {
    const auto found = std::find(settings_.hubs.begin(), settings_.hubs.end(), t.hub);
    return static_cast<std::size_t>(found - settings_.hubs.begin());
}

session::cluster_view& worker::view_of(const tenant_pools& t) { return hubs_[hub_index(t)].view; }

std::shared_ptr<query::catalog_view> worker::catalog_of(const tenant_pools& t) {
    return catalog_at(hub_index(t), t.whose.database);
}

std::shared_ptr<query::catalog_view> worker::catalog_at(std::size_t hub, const std::string& database) {
    const auto [at, is_new] = catalogs_.try_emplace({hub, database});
    auto& state = at->second;
    if (is_new) {
        const auto subscribed = services_.want_catalog(hub, settings_.hubs[hub], database);
        if (subscribed.watch == nullptr) {
            catalogs_.erase(at);
            return nullptr;
        }
        state.watch = subscribed.watch;
        state.view = std::make_shared<query::catalog_view>(query::catalog_view{
            subscribed.known.snapshot, subscribed.known.covers, subscribed.watch->board()});
    }
    state.watch->note_use();
    return state.view;
}

void worker::on_catalog(std::size_t hub, const std::string& database, known_catalog known) {
    boost::asio::post(io_, [this, which = std::pair(hub, database), known = std::move(known)] {
        const auto found = catalogs_.find(which);
        if (found == catalogs_.end()) return;  // it is told when it asks
        found->second.view->known = known.snapshot;
        found->second.view->covers = known.covers;
    });
}

void worker::note_catalogs_in_use() {
    for (auto& [which, state] : catalogs_)
        if (state.view.use_count() > 1) state.watch->note_use();
}

void worker::ask_position(frontend& f, std::uint32_t ticket) {
    const auto hub = hub_index(*f.tenant());
    hubs_[hub].asking.emplace_back(f.weak_from_this(), ticket);
    if (!hubs_[hub].asked) send_question(hub);
}

void worker::send_question(std::size_t hub) {
    auto& h = hubs_[hub];
    h.asked = true;
    h.answered_next.swap(h.asking);  // which is empty, with its memory
    settings_.hubs[hub]->probes.ask_position([this, hub](std::optional<cluster::position> at) {
        boost::asio::post(io_, [this, hub, at] { on_position(hub, at); });
    });
}

void worker::on_position(std::size_t hub, std::optional<cluster::position> at) {
    auto& h = hubs_[hub];
    for (auto& [who, ticket] : h.answered_next)
        if (auto f = who.lock()) f->tell(session::position_known{ticket, at});
    h.answered_next.clear();
    h.asked = false;
    if (!h.asking.empty()) send_question(hub);
}

void worker::probe(frontend& f, node_id node) { f.tenant()->hub->probes.probe_now(node); }

void worker::cancel_at(frontend& from, const session::cancel_target& target) {
    auto done = [this, who = from.weak_from_this()] {
        boost::asio::post(io_, [who] {
            if (auto f = who.lock()) f->on_cancel_dealt_with();
        });
    };
    if (!services_.door().may_cancel(from.address(), now())) {
        ++cancels_dropped_;
        return done();
    }
    services_.cancel({target.pid, target.secret}, std::move(done));
}

void worker::on_cancel(std::uint32_t slot, bytes_view secret, cancel_done done) {
    auto f = slot < frontends_.size() ? frontends_[slot] : nullptr;
    if (!f || !f->has_secret(secret)) return done();
    ++cancels_;
    f->cancel(std::move(done));
}

void worker::console(frontend& f, std::vector<session::console_step> steps) {
    const auto has = f.machine().who().admin ? status::console_right::change : status::console_right::look;
    services_.console(number_, f.id(), f.pid(), std::move(steps), has);
}

void worker::cancel_console(frontend& f) { services_.cancel_console(number_, f.id(), f.pid()); }

void worker::on_console_reply(session_id who, std::uint32_t pid, session::console_answered answer) {
    if (who.value >= frontends_.size() || !frontends_[who.value]) return;
    auto f = frontends_[who.value];
    if (f->pid() == pid) f->tell_console(std::move(answer));
}

}  // namespace weir::net
