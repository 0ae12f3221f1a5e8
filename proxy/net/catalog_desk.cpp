#include "net/catalog_desk.hpp"

#include <spdlog/spdlog.h>

namespace weir::net {
namespace {

constexpr std::size_t most_databases = 256;  // each has a thread

}  // namespace

catalog_desk::catalog_desk(std::size_t limit_bytes, const config::node_tls_settings& tls, publish_function publish)
    : tls_(tls), publish_(std::move(publish)), budget_(std::make_shared<catalog_budget>(limit_bytes)) {}

catalog_desk::subscription catalog_desk::want(std::size_t hub, const std::shared_ptr<cluster_hub>& of,
                                              const std::string& database) {
    const key which{hub, database};
    const std::lock_guard lock(guard_);
    if (const auto found = entries_.find(which); found != entries_.end())
        return {found->second.watch.get(), found->second.known};
    if (entries_.size() >= most_databases) {
        spdlog::warn("catalog of database {} is not read: {} databases are watched already", database,
                     most_databases);
        return {};
    }
    const auto& s = of->settings;
    catalog_watch::surroundings world;
    world.node = [of](node_id node) -> const config::node_settings& { return of->node(node); };
    world.login = {s.probe_user, s.probe_password, database, tls_, s.probe_timeout};
    world.probe_interval = s.catalog_probe;
    world.primary = [of] { return of->probes.latest()->primary; };
    world.publish = [this, which](catalog::snapshot_ptr snapshot, std::uint64_t covers) {
        publish(which, {std::move(snapshot), covers});
    };
    world.budget = budget_;
    auto& made = entries_[which];
    made.watch = std::make_unique<catalog_watch>(std::move(world));
    return {made.watch.get(), {}};
}

/// Under the lock, so that a worker is told in the order in which it happened.
void catalog_desk::publish(const key& which, known_catalog known) {
    const std::lock_guard lock(guard_);
    const auto found = entries_.find(which);
    if (found == entries_.end()) return;  // it is being stopped
    found->second.known = known;
    publish_(which.first, which.second, known);
}

void catalog_desk::stop() {
    std::map<key, entry> ending;
    {
        const std::lock_guard lock(guard_);
        ending.swap(entries_);
    }
}

}  // namespace weir::net
