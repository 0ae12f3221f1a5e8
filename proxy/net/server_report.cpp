// server: what all workers tell, put together. On the main thread.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <future>

#include "config/inventory.hpp"
#include "net/logging.hpp"
#include "net/server.hpp"

namespace weir::net {
namespace {

constexpr milliseconds report_within{2000};

instant clock_now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// Runs there; 0 where it does not answer in time.
std::size_t server::ask_worker(worker& which, std::function<std::size_t(worker&)> question) {
    auto answer = std::make_shared<std::promise<std::size_t>>();
    auto told = answer->get_future();
    which.post([target = &which, answer, question = std::move(question)] { answer->set_value(question(*target)); });
    return told.wait_for(report_within) == std::future_status::ready ? told.get() : 0;
}

status::report server::gather(status::extent with) {
    status::report r;
    r.version = WEIR_VERSION;
    r.config_file = config_.file;
    r.uptime = clock_now() - started_;
    r.workers = config_.server.workers;
    r.max_clients = config_.server.max_clients;
    r.draining = draining_;
    r.reloads = reloads_;
    r.reloads_refused = reloads_refused_;
    r.sums.clients_accepted = accepted_;
    r.sums.clients_refused = refused_;
    r.sums.buffer_bytes = buffers_.held();
    r.sums.peers = peers_.totals();
    r.paused = holds_.paused();
    r.taken_at_us = clock_time_us();
    r.has_digests = with.digests;
    for (const auto& d : config_.databases) {
        const bool keeps = d.own.mode.value_or(config_.pool.mode) == routing::pool_mode::session;
        r.databases.push_back({d.name, d.dbname, d.cluster, keeps ? "session" : "transaction", config_.pool.size});
    }
    for (const auto& c : config_.clusters)
        for (const auto& hub : hubs_)
            if (hub->settings.name == c.name) r.clusters.push_back({c.name, hub->probes.latest()});
    // One after the other, so that they add to one report without a lock.
    for (auto& w : workers_) {
        auto part = std::make_shared<status::report>(r);
        auto done = std::make_shared<std::promise<void>>();
        auto ready = done->get_future();
        w->post([target = w.get(), part, done, with] {
            target->report_into(*part, with, clock_now());
            done->set_value();
        });
        if (ready.wait_for(report_within) == std::future_status::ready) r = std::move(*part);
    }
    if (with.past) past_.tell(r);
    if (!with.settings) return r;
    for (const auto& line : config::inventory(config_.said.values))
        r.settings.push_back({line.key, line.value, line.fallback, !line.takes_restart});
    return r;
}

result<void> server::set(const std::string& key, const std::string& value) {
    const auto& levels = config::log_levels;
    if (key != "log.level")
        return fault{sqlstate::undefined_object, "\"" + key + "\" cannot be set on the console", "",
                     "log.level can; for all else change the file and RELOAD."};
    if (std::find(std::begin(levels), std::end(levels), value) == std::end(levels))
        return fault{sqlstate::invalid_parameter_value, "invalid value for \"log.level\": \"" + value + "\"", "",
                     "trace, debug, info, warn, error or off"};
    auto log = config_.log;
    log.level = value;
    if (auto logs = set_up_logging(log); !logs) return logs.error();
    auto settings = make_settings(config_);
    if (!settings) return settings.error();
    for (auto& w : workers_) w->use(*settings);  // they look at the level
    past_.note("setting", "log.level = " + value + ", until the next reload");
    return {};
}

void server::forget_digests() {
    for (auto& w : workers_) w->forget_digests();
}

/// By the first worker, with what it knows at this moment.
result<status::table> server::explain(const std::string& statement, const std::string& user, const std::string& database) {
    auto answer = std::make_shared<std::promise<result<status::table>>>();
    auto told = answer->get_future();
    auto* by = workers_.front().get();
    by->post([by, answer, statement, user, database] { answer->set_value(by->explain(statement, user, database)); });
    if (told.wait_for(report_within) == std::future_status::ready) return told.get();
    return fault{sqlstate::cannot_connect_now, "the worker did not answer in time", "", "Try again."};
}

}  // namespace weir::net
