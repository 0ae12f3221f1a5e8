// catalog_desk: the catalogs of all databases that sessions use. Workers ask for one when its first session
// comes, and are told of every new snapshot.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "net/catalog_watch.hpp"
#include "net/cluster_hub.hpp"

namespace weir::net {

/// A catalog as a worker is told of it.
struct known_catalog {
    catalog::snapshot_ptr snapshot;  // null: none is to be used
    std::uint64_t covers = 0;
};

class catalog_desk {
public:
    /// Called on any thread.
    using publish_function =
        std::function<void(std::size_t hub, const std::string& database, const known_catalog&)>;

    catalog_desk(std::size_t limit_bytes, const config::node_tls_settings& tls, publish_function publish);

    struct subscription {
        catalog_watch* watch = nullptr;  // lives as long as the desk; null: too many databases
        known_catalog known;
    };
    /// Thread-safe. What is published from now on reaches the worker, too.
    subscription want(std::size_t hub, const std::shared_ptr<cluster_hub>& of, const std::string& database);
    void stop();

private:
    struct entry {
        known_catalog known;
        std::unique_ptr<catalog_watch> watch;
    };
    using key = std::pair<std::size_t, std::string>;

    void publish(const key& which, known_catalog known);

    const config::node_tls_settings tls_;
    const publish_function publish_;
    std::shared_ptr<catalog_budget> budget_;
    std::mutex guard_;
    std::map<key, entry> entries_;  // under guard_
};

}  // namespace weir::net
