#include "net/server.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <csignal>
#include <future>

#include "cluster/changes.hpp"
#include "cluster/health.hpp"
#include "net/become_user.hpp"
#include "net/logging.hpp"
#include "net/serve.hpp"
#include "net/settings.hpp"
#include "wire/backend.hpp"

namespace weir::net {
namespace {

constexpr milliseconds first_probes_within{2000};

instant clock_now() { return std::chrono::steady_clock::now(); }

}  // namespace

server::server(config::config initial, reload_function reload, status::admin_port& answers)
    : config_(std::move(initial)),
      reload_(std::move(reload)),
      answers_(answers),
      started_(clock_now()),
      holds_(io_, config_, hubs_, workers_,
             [this](const hold_desk::console& who, const result<status::table>& answer) {
                 answer_console(who, answer);
             }),
      pids_(config_.server.peer_id, config_.server.workers),
      peers_(io_),
      secrets_(io_, hubs_),
      signals_(io_, SIGHUP, SIGTERM, SIGINT),
      drain_timer_(io_) {}

server::~server() {
    close_listeners();
    if (http_) http_->stop();
    for (auto& hub : hubs_) hub->probes.stop();
    for (auto& w : workers_) w->stop();
    if (catalogs_) catalogs_->stop();
}

cluster_hub& server::add_hub(const config::cluster_settings& from, const config::node_tls_settings& tls) {
    const auto on_snapshot = [this, i = hubs_.size(), name = from.name,
                              before = cluster::snapshot_ptr()](cluster::snapshot_ptr known) mutable {
        note_changes(name, before, known);
        before = known;
        for (auto& w : workers_) w->on_cluster(i, known);
    };
    return *hubs_.emplace_back(std::make_shared<cluster_hub>(from, tls, on_snapshot));
}

void server::make_hubs() {
    for (const auto& c : config_.clusters) add_hub(c, config_.tls_server);
    catalogs_ = std::make_unique<catalog_desk>(
        config_.server.catalog_cache_bytes, config_.tls_server,
        [this](std::size_t hub, const std::string& database, const known_catalog& known) {
            for (auto& w : workers_) w->on_catalog(hub, database, known);
        });
}

catalog_desk::subscription server::want_catalog(std::size_t hub, const std::shared_ptr<cluster_hub>& of,
                                                const std::string& database) {
    return catalogs_->want(hub, of, database);
}

result<worker_settings> server::make_settings(const config::config& from) {
    auto made = make_worker_settings(from, ++generation_);
    if (made) made->hubs = hubs_;
    return made;
}

void server::wait_for_first_probes() {
    // So that the first client finds roles known. A node that does not answer holds nobody up longer.
    const auto until = clock_now() + first_probes_within;
    const auto probed = [this] {
        for (auto& hub : hubs_) {
            if (!hub->probes.knows_members()) return false;
            for (const auto& node : hub->probes.latest()->nodes)
                if (!node.up && node.trouble == cluster::not_probed_yet) return false;
        }
        return true;
    };
    while (!probed() && clock_now() < until) std::this_thread::sleep_for(milliseconds(2));
    for (auto& hub : hubs_) {
        const auto known = hub->probes.latest();
        for (const auto& node : known->nodes)
            spdlog::info("cluster {}: node {} is {}{}{}", hub->settings.name, node.address.name,
                         cluster::to_string(node.is), node.trouble.empty() ? "" : ": ", node.trouble);
    }
}

std::unique_ptr<listener> server::make_listener(const config::listen_address& where) {
    return std::make_unique<listener>(io_, where, [this](int fd, int family, std::string address) {
        on_client(fd, family, std::move(address));
    });
}

result<void> server::open_listeners(passed_sockets& passed) {
    for (const auto& where : config_.server.listen) {
        listeners_.push_back(make_listener(where));
        auto opened = listeners_.back()->open(passed);
        if (!opened) return opened.error();
    }
    if (config_.server.http) {
        http_ = std::make_unique<http_server>(io_, *config_.server.http, answers_, *this);
        http_->use_token(config_.server.http_token);
        auto started = http_->start(passed);
        if (!started) return started.error();
    }
    return check_all_taken(passed);
}

result<void> server::run() {
    std::signal(SIGPIPE, SIG_IGN);
    signals_.add(SIGUSR1);
    buffers_.set_limit(config_.server.max_buffer_bytes);
    auto enough = raise_descriptor_limit(config_);
    if (!enough) return enough.error();
    make_hubs();
    auto settings = make_settings(config_);
    if (!settings) return settings.error();
    auto passed = find_passed_sockets();
    if (!passed) return passed.error();
    sockets_kept_ = passed->kept();
    auto opened = open_listeners(*passed);
    if (!opened) return opened.error();
    door_.use(config_);
    secrets_.use(config_);
    auto become = become_user(config_.server.user);
    if (!become) return become.error();
    for (unsigned i = 0; i < config_.server.workers; ++i)
        workers_.push_back(std::make_unique<worker>(i, pids_, *this, *settings));
    for (auto& hub : hubs_) hub->probes.start();
    wait_for_first_probes();
    for (auto& w : workers_) w->start();
    peers_.use(config_.server.peers);
    wait_for_signals();
    for (auto& l : listeners_) {
        spdlog::info("listening on {}", l->name());
        l->start();
    }
    if (auto taken = take_place(); !taken) return taken.error();
    spdlog::info("ready");
    notify_systemd("READY=1");
    io_.run();
    // Asked for once more on its last steps, it is no victim of a signal.
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) std::signal(number, SIG_IGN);
    spdlog::info("stopped");
    return {};
}

void server::spread(unsigned from, const pool::pool_key& key) {
    for (auto& w : workers_) {
        if (w->number() == from) continue;
        w->post([target = w.get(), key] { target->desk().give_to_starving(key); });
    }
}

void server::move(unsigned to, std::shared_ptr<backend> what, const pool::pool_key& key) {
    auto* target = workers_[to].get();
    target->post([target, what = std::move(what), key]() mutable {
        target->desk().take_in(std::move(what), key);
    });
}

result<std::size_t> server::kill(const std::string& database) {
    const auto whose = holds_.pause_for_kill(database);
    if (!whose) return whose.error();
    std::size_t ended = 0;
    for (auto& w : workers_) ended += ask_worker(*w, [of = *whose](worker& at) { return at.end_clients(of); });
    spdlog::info("killed: {} clients of database {}", ended, database);
    return ended;
}

result<void> server::kill_client(std::uint32_t pid) {
    const auto at = pids_.place_of(pid);
    const auto end = [slot = at ? at->slot : 0, pid](worker& w) { return w.end_client(slot, pid); };
    if (at && ask_worker(*workers_[at->worker], end) > 0) return {};
    return fault{sqlstate::undefined_object, "there is no client " + std::to_string(pid), "",
                 "SHOW CLIENTS lists them; the number is in the column ptr."};
}

/// On the prober's thread.
void server::note_changes(const std::string& name, const cluster::snapshot_ptr& before,
                          const cluster::snapshot_ptr& after) {
    if (!before) return;
    for (const auto& change : cluster::changes(*before, *after))
        past_.note(change.is_loss ? "lost" : "cluster", name + ": " + change.text);
}

void server::forget_learned() {
    for (auto& w : workers_) w->forget_learned();
}

namespace {

int serve_until_told(config::config initial, std::function<config::load_result()> reload, status::admin_port& answers) {
    for (const auto& warning : initial.warnings) spdlog::warn("{}", config::to_string(warning));
    server weir(std::move(initial), std::move(reload), answers);
    auto ran = weir.run();
    if (ran) return 0;
    const auto& why = ran.error();
    spdlog::error("{}{}{}{}{}", why.message, why.detail.empty() ? "" : ": ", why.detail,
                  why.hint.empty() ? "" : ". ", why.hint);
    return 3;
}

}  // namespace

int serve(config::config initial, std::function<config::load_result()> reload, status::admin_port& answers) {
    if (const auto logs = set_up_logging(initial.log); !logs) {
        auto plain = initial.log;
        plain.file.clear();
        (void)set_up_logging(plain);
        spdlog::error("{}: {}. {}", logs.error().message, logs.error().detail, logs.error().hint);
        end_logging();
        return 3;
    }
    const int status = serve_until_told(std::move(initial), std::move(reload), answers);
    end_logging();
    return status;
}

}  // namespace weir::net
