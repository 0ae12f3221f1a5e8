// server: another configuration while it runs. All of it is tried first; what cannot be had refuses the whole.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/changes.hpp"
#include "config/inventory.hpp"
#include "net/logging.hpp"
#include "net/server.hpp"
#include "net/settings.hpp"

namespace weir::net {

/// The reasons as one text.
std::string server::note_refused_reload(std::vector<std::string> why) {
    ++reloads_refused_;
    std::string all;
    for (const auto& line : why) all += (all.empty() ? "" : "\n") + line;
    past_.note_reload(false, std::move(why), {});
    spdlog::error("reload refused, the old configuration stays: {}", all);
    return all;
}

fault server::refuse_reload(const fault& why) {
    note_refused_reload({why.message});
    return why;
}

/// Listeners of the addresses that are new. A fault: one cannot be had, and none is kept.
result<server::fresh_doors> server::open_fresh(const config::server_settings& wanted) {
    fresh_doors opened;
    passed_sockets none;
    for (const auto& where : wanted.listen) {
        const auto& now = config_.server.listen;
        if (std::find(now.begin(), now.end(), where) != now.end()) continue;
        opened.listeners.push_back(make_listener(where));
        if (auto done = opened.listeners.back()->open(none); !done) return done.error();
    }
    if (wanted.http && wanted.http != config_.server.http) {
        opened.http = std::make_unique<http_server>(io_, *wanted.http, answers_, *this);
        opened.http->use_token(wanted.http_token);
        if (auto done = opened.http->start(none); !done) return done.error();
    }
    return opened;
}

void server::use_doors(fresh_doors opened, const config::server_settings& wanted) {
    std::vector<std::unique_ptr<listener>> kept;
    for (auto& l : listeners_) {
        const bool stays = std::find(wanted.listen.begin(), wanted.listen.end(), l->where()) != wanted.listen.end();
        if (!stays) spdlog::info("not listening on {} any more", l->name());
        if (!stays) l->close();
        if (stays) kept.push_back(std::move(l));
    }
    listeners_ = std::move(kept);
    for (auto& l : opened.listeners) {
        spdlog::info("listening on {}", l->name());
        if (!draining_) l->start();
        listeners_.push_back(std::move(l));
    }
    if (wanted.http != config_.server.http) {
        if (http_) http_->stop();
        http_ = std::move(opened.http);
    }
    if (http_) http_->use_token(wanted.http_token);
}

/// Those that are new, whose probes do not run yet. The hub of a cluster that is gone stays, without nodes.
std::vector<cluster_hub*> server::use_clusters(const config::config& fresh) {
    std::vector<cluster_hub*> added;
    const auto find = [this](const std::string& name) {
        return std::find_if(hubs_.begin(), hubs_.end(), [&](const auto& hub) { return hub->settings.name == name; });
    };
    for (const auto& hub : hubs_) {
        const auto has_name = [&](const auto& c) { return c.name == hub->settings.name; };
        if (std::none_of(fresh.clusters.begin(), fresh.clusters.end(), has_name))
            hub->probes.use({{}, hub->settings.probe_interval, hub->settings.health, false});
    }
    for (const auto& c : fresh.clusters) {
        if (const auto known = find(c.name); known != hubs_.end())
            (*known)->probes.use({c.nodes, c.probe_interval, c.health, true});
        else
            added.push_back(&add_hub(c, fresh.tls_server));
    }
    return added;
}

void server::use_settings(const config::config& fresh, worker_settings settings) {
    books_.set(bounds_of(fresh));
    buffers_.set_limit(fresh.server.max_buffer_bytes);
    peers_.use(fresh.server.peers);
    door_.use(fresh);
    secrets_.use(fresh);
    const auto added = use_clusters(fresh);
    settings.hubs = hubs_;
    for (auto& w : workers_) w->use(settings);
    // Their snapshots must not come to a worker that does not know them yet.
    for (auto* hub : added) hub->probes.start();
}

result<std::vector<std::string>> server::reload() {
    auto loaded = reload_();
    if (auto* complaints = std::get_if<std::vector<config::complaint>>(&loaded)) {
        std::vector<std::string> why;
        for (const auto& c : *complaints) why.push_back(config::to_string(c));
        const auto all = note_refused_reload(std::move(why));
        return fault{sqlstate::config_file_error, "the configuration was not reloaded", all,
                     "The old configuration stays in force."};
    }
    auto& fresh = std::get<config::config>(loaded);
    auto lines = describe_changes(config_, fresh);
    auto diff = config::difference(config_.said.values, fresh.said.values);
    keep_what_takes_restart(fresh, config_);
    auto settings = make_settings(fresh);
    if (!settings) return refuse_reload(settings.error());
    if (const auto enough = raise_descriptor_limit(fresh); !enough) return refuse_reload(enough.error());
    auto doors = open_fresh(fresh.server);
    if (!doors) return refuse_reload(doors.error());
    if (auto logs = set_up_logging(fresh.log); !logs) return refuse_reload(logs.error());
    use_doors(std::move(*doors), fresh.server);
    use_settings(fresh, std::move(*settings));
    config_ = std::move(fresh);
    ++reloads_;
    if (lines.empty()) lines.push_back("nothing has changed");
    for (const auto& line : lines) spdlog::info("reload: {}", line);
    past_.note_reload(true, lines, std::move(diff));
    return lines;
}

}  // namespace weir::net
