// catalog_watch: keeps the snapshot of one database of one cluster: loads it from the primary on a thread
// of its own, and again when it has changed. While no session uses the database it holds no connection.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/strong_id.hpp"
#include "catalog/change_board.hpp"
#include "catalog/snapshot.hpp"
#include "net/catalog_load.hpp"

namespace weir::net {

/// Bytes of all snapshots together.
struct catalog_budget {
    explicit catalog_budget(std::size_t most) : limit(most) {}

    const std::size_t limit;
    std::atomic<std::size_t> used{0};
};

class catalog_watch {
public:
    struct surroundings {
        std::function<const config::node_settings&(node_id)> node;
        probe_login login;  // to the database
        milliseconds probe_interval{1000};
        /// Thread-safe: which node is the primary now.
        std::function<std::optional<node_id>()> primary;
        /// Called on the watch's thread. A snapshot, or null where none is to be used any more, and how
        /// many changes of the board it covers.
        std::function<void(catalog::snapshot_ptr, std::uint64_t covers)> publish;
        std::shared_ptr<catalog_budget> budget;
    };

    explicit catalog_watch(surroundings world);
    ~catalog_watch();  // ends the thread
    catalog_watch(const catalog_watch&) = delete;
    catalog_watch& operator=(const catalog_watch&) = delete;

    // From any thread.
    /// A session uses the database: to be told again within a second for as long as that is so.
    void note_use();
    const std::shared_ptr<catalog::change_board>& board() const { return board_; }

private:
    /// Outlives the watch where a session does.
    struct alarm {
        void ring();
        /// Until it rings, at most so long.
        void wait(milliseconds most);

        std::mutex guard;
        std::condition_variable bell;
        bool rung = false;  // under guard
    };

    void run();
    void rest();
    void look();
    void load(std::uint64_t covers);
    bool is_used() const;
    bool open();
    void hold(catalog::snapshot_ptr next, std::uint64_t covers);
    void fail(const std::string& why);

    const surroundings world_;
    const std::shared_ptr<alarm> alarm_ = std::make_shared<alarm>();
    const std::shared_ptr<catalog::change_board> board_;
    std::atomic<instant::rep> used_at_{0};
    std::atomic<bool> stopping_{false};
    catalog_connection connection_{stopping_};
    std::optional<node_id> node_;  // that the connection goes to
    catalog::snapshot_ptr held_;
    std::uint64_t covers_ = 0;
    std::string fingerprint_;
    instant rests_until_{};  // no sooner is the catalog looked at again
    std::string counters_;
    int failures_ = 0;
    std::thread thread_;
};

}  // namespace weir::net
