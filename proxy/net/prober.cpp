#include "net/prober.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <mutex>
#include <thread>

#include "cluster/changes.hpp"
#include "cluster/health.hpp"
#include "net/node_watch.hpp"
#include "net/patroni_watch.hpp"
#include "net/position_desk.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

// How long replicas are asked fast after a position was told: longer than sessions care to wait.
constexpr milliseconds hurry_time{100};

std::vector<cluster::node_address> addresses_of(const std::vector<config::node_settings>& nodes) {
    std::vector<cluster::node_address> result;
    for (const auto& node : nodes) result.push_back(node.address);
    return result;
}

/// Signals are for the thread that serves.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

struct prober::machinery {
    machinery(prober_settings with, publish_function to);

    void run();
    void spawn(asio::awaitable<void> work);
    std::unique_ptr<node_link> link_to(node_id node);
    void on_result(node_id node, const cluster::probe_result& result);
    void renew(instant now, bool always);
    void watch(node_id node);
    void wish(node_id node);
    void on_members(const std::vector<cluster::member>& members);
    void add_member(const cluster::member& who);
    void use(prober_wishes wishes);
    std::optional<node_id> find_same(const config::node_settings& as) const;
    void add_node(const config::node_settings& node, bool found);
    void bring_back(node_id node);
    void retire(node_id node);
    void announce(const cluster::position& position);
    cluster::snapshot_ptr latest() const;

    prober_settings settings;
    node_roster nodes;
    publish_function publish;
    asio::io_context io{1};
    cluster::health health;
    mutable std::mutex guard;
    cluster::snapshot_ptr published;  // under guard
    std::vector<std::unique_ptr<node_watch>> watches;  // of the prober's thread, once that runs
    std::vector<cluster::listed_node> listed;          // by node, as health and nodes are
    std::array<std::atomic<bool>, node_roster::most> wished{};
    std::atomic<bool> knows_members;
    bool in_use = true;
    std::unique_ptr<patroni_watch> patroni;
    std::unique_ptr<position_desk> desk;
    std::thread thread;
};

prober::machinery::machinery(prober_settings with, publish_function to)
    : settings(std::move(with)),
      nodes(settings.nodes),
      publish(std::move(to)),
      health(addresses_of(settings.nodes), settings.health),
      knows_members(settings.patroni.empty()) {
    published = health.look(clock::now());
    for (std::size_t i = 0; i < nodes.size(); ++i) watch(node_id{static_cast<std::uint16_t>(i)});
    if (!settings.patroni.empty())
        patroni = std::make_unique<patroni_watch>(
            io, settings.patroni, settings.patroni_interval, settings.timeout,
            [this](const std::vector<cluster::member>& members) { on_members(members); });
    position_desk::surroundings world;
    world.primary = [this] { return latest()->primary; };
    world.link_to = [this](node_id node) { return link_to(node); };
    world.announce = [this](const cluster::position& position) { announce(position); };
    world.doubt = [this](node_id node) { watches[node.value]->kick(); };
    desk = std::make_unique<position_desk>(io, std::move(world));
}

/// The next node, which nodes and health have already.
void prober::machinery::watch(node_id node) {
    watch_pace pace;
    pace.interval = std::max(settings.interval, milliseconds(1));
    auto report = [this, node](const cluster::probe_result& result) { on_result(node, result); };
    watches.push_back(std::make_unique<node_watch>(io, link_to(node), pace, report));
    const auto& address = nodes[node].address;
    listed.push_back({address.name, address.host, address.port});
}

void prober::machinery::on_members(const std::vector<cluster::member>& members) {
    if (!in_use) return;
    const auto now = clock::now();
    const auto change = cluster::compare(listed, members);
    for (const auto& who : change.added) add_member(who);
    for (const auto node : change.left) {
        listed[node.value].gone = true;
        health.set_gone(node, true);
        watches[node.value]->rest(true);
        spdlog::warn("cluster: {} is no member any more", nodes[node].address.name);
    }
    for (const auto node : change.returned) bring_back(node);
    std::optional<node_id> leader;
    for (const auto& who : members)
        if (who.leads()) leader = cluster::find_node(listed, who);
    health.on_leader(leader, now);
    renew(now, false);
    knows_members = true;
}

void prober::machinery::add_member(const cluster::member& who) {
    auto read = parse_node("host='" + who.host + "' port=" + std::to_string(who.port));
    auto* node = std::get_if<config::node_settings>(&read);
    if (node == nullptr || who.host.find_first_of("'\\") != std::string::npos) {
        spdlog::warn("cluster: the member {} at {} cannot be a node", who.name, who.host);
        return;
    }
    add_node(*node, true);
}

void prober::machinery::add_node(const config::node_settings& node, bool found) {
    const auto id = nodes.add(node);
    if (!id) {
        spdlog::warn("cluster: {} nodes have come and gone: no room for {}", nodes.size(), node.address.name);
        return;
    }
    health.add(node.address);
    watch(*id);
    listed.back().found = found;
    spawn(watches.back()->run());
}

void prober::machinery::bring_back(node_id node) {
    listed[node.value].gone = false;
    health.set_gone(node, false);
    watches[node.value]->rest(false);
    spdlog::info("cluster: {} is a member again", nodes[node].address.name);
}

/// Patroni's next answer may find it anew, under another id.
void prober::machinery::retire(node_id node) {
    listed[node.value] = {};
    listed[node.value].gone = true;
    health.set_gone(node, true);
    watches[node.value]->rest(true);
    spdlog::info("cluster: {} is not configured any more", nodes[node].address.name);
}

/// The configured node, of now or of before, that is the same server under the same terms.
std::optional<node_id> prober::machinery::find_same(const config::node_settings& as) const {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const node_id id{static_cast<std::uint16_t>(i)};
        auto known = nodes[id];
        known.address.weight = as.address.weight;
        known.address.group = as.address.group;
        if (known == as && !listed[i].found) return id;
    }
    return std::nullopt;
}

void prober::machinery::use(prober_wishes wishes) {
    in_use = wishes.in_use;
    health.use(wishes.health);
    for (auto& watch : watches) watch->use_interval(std::max(wishes.interval, milliseconds(1)));
    settings.interval = wishes.interval;
    std::vector<bool> stays(nodes.size());
    std::vector<const config::node_settings*> fresh;
    for (const auto& node : wishes.nodes) {
        const auto same = find_same(node);
        if (!same) fresh.push_back(&node);
        if (!same) continue;
        stays[same->value] = true;
        if (listed[same->value].gone) bring_back(*same);
        listed[same->value] = {node.address.name, node.address.host, node.address.port};
        health.readdress(*same, node.address);
    }
    for (std::size_t i = 0; i < stays.size(); ++i) {
        // What Patroni found and is configured now is known by its configuration.
        const bool taken_over = std::any_of(fresh.begin(), fresh.end(), [&](const auto* node) {
            return node->address.host == listed[i].host && node->address.port == listed[i].port;
        });
        const bool leaves = in_use && listed[i].found ? taken_over : !stays[i];
        if (leaves && !listed[i].host.empty()) retire(node_id{static_cast<std::uint16_t>(i)});
    }
    for (const auto* node : fresh) add_node(*node, false);
    renew(clock::now(), false);
}

std::unique_ptr<node_link> prober::machinery::link_to(node_id node) {
    probe_login login{settings.user, settings.password, settings.database, settings.tls,
                      settings.timeout};
    return std::make_unique<node_link>(io, nodes[node], std::move(login));
}

void prober::machinery::spawn(asio::awaitable<void> work) {
    // What ends one of these loops is a bug of ours: it ends the process, not the probing in
    // silence.
    auto done = [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
    };
    asio::co_spawn(io, std::move(work), done);
}

void prober::machinery::run() {
    block_signals();
    pthread_setname_np(pthread_self(), "weir-prober");
    for (auto& watch : watches) spawn(watch->run());
    spawn(desk->run());
    if (patroni) spawn(patroni->run());
    io.run();
    desk->dismiss();
}

void prober::machinery::on_result(node_id node, const cluster::probe_result& result) {
    health.on_probe(node, result);
    renew(result.received, result.answer.has_value());
}

/// Looks again, and publishes: always, or where something has changed.
void prober::machinery::renew(instant now, bool always) {
    auto next = health.look(now);
    auto before = latest();
    if (!always && next->nodes == before->nodes && next->primary == before->primary) return;
    for (const auto& change : cluster::changes(*before, *next))
        spdlog::log(change.is_loss ? spdlog::level::warn : spdlog::level::info, "cluster: {}",
                    change.text);
    {
        std::lock_guard lock(guard);
        published = next;
    }
    if (publish) publish(next);
}

/// On any thread; however many wish at a time, one is posted.
void prober::machinery::wish(node_id node) {
    if (!node.valid() || node.value >= nodes.size() || wished[node.value].exchange(true)) return;
    asio::post(io, [this, node] {
        wished[node.value] = false;
        watches[node.value]->kick();
    });
}

void prober::machinery::announce(const cluster::position& position) {
    instant until = clock::now() + hurry_time;
    for (auto& watch : watches) watch->hurry(position, until);
}

cluster::snapshot_ptr prober::machinery::latest() const {
    std::lock_guard lock(guard);
    return published;
}

prober::prober(prober_settings settings, publish_function publish)
    : machinery_(std::make_unique<machinery>(std::move(settings), std::move(publish))) {}

prober::~prober() { stop(); }

void prober::start() {
    machinery& m = *machinery_;
    if (!m.thread.joinable()) m.thread = std::thread([&m] { m.run(); });
}

void prober::stop() {
    machinery_->io.stop();
    if (machinery_->thread.joinable()) machinery_->thread.join();
}

void prober::ask_position(position_function answer) { machinery_->desk->ask(std::move(answer)); }

void prober::probe_now(node_id node) { machinery_->wish(node); }

const node_roster& prober::nodes() const { return machinery_->nodes; }

bool prober::knows_members() const { return machinery_->knows_members; }

void prober::suspect(node_id node) {
    asio::post(machinery_->io, [m = machinery_.get(), node] { m->health.on_suspicion(node); });
    probe_now(node);
}

void prober::note_conflict(node_id node) {
    asio::post(machinery_->io, [m = machinery_.get(), node] {
        const auto now = clock::now();
        m->health.on_conflict(node, now);
        m->renew(now, false);
    });
}

void prober::use(prober_wishes wishes) {
    asio::post(machinery_->io, [m = machinery_.get(), wishes = std::move(wishes)]() mutable {
        m->use(std::move(wishes));
    });
}

void prober::set_drained(node_id node, bool drained) {
    asio::post(machinery_->io, [m = machinery_.get(), node, drained] {
        m->health.set_drained(node, drained);
        m->renew(clock::now(), false);
    });
}

cluster::snapshot_ptr prober::latest() const { return machinery_->latest(); }

}  // namespace weir::net
