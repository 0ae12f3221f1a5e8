// hold_desk: what operators have paused and drained, and the consoles that wait until nothing of it is used
// any more. Lives on the main thread; the workers do the holding.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "net/worker.hpp"
#include "status/admin_port.hpp"

namespace weir::net {

class hold_desk {
public:
    /// The client that asked, and where it is.
    struct console {
        unsigned worker;
        session_id who;
        std::uint32_t pid;

        bool operator==(const console&) const = default;
    };
    using answer_function = std::function<void(const console&, const result<status::table>&)>;

    hold_desk(boost::asio::io_context& io, const config::config& config,
              const std::vector<std::shared_ptr<cluster_hub>>& hubs,
              const std::vector<std::unique_ptr<worker>>& workers, answer_function answer);

    // What status::control says of these.
    result<bool> pause(const std::string& database);
    result<void> resume(const std::string& database);
    result<bool> drain(const std::string& node);
    result<void> undrain(const std::string& node);
    /// Pauses it; whose clients are to end.
    result<pool::database_at> pause_for_kill(const std::string& database);

    /// `answer` goes to the console when its `after` has come about, or a fault when that will not be.
    void wait(const console& who, status::table answer);
    /// It does not wait any more; what it had begun is taken back.
    void cancel(const console& who);
    const pool::holds& paused() const { return *paused_; }
    bool holds_anything() const { return !paused_->empty() || !drained_.empty(); }

private:
    using node_at = std::pair<std::size_t, node_id>;
    struct waiting {
        console who;
        status::table answer;
        hold_scope scope;
        instant until;
        std::uint64_t number;
    };

    result<hold_scope> scope_of(const status::standstill& what) const;
    result<pool::database_at> find_database(const std::string& name) const;
    result<std::vector<node_at>> find_nodes(const std::string& name) const;
    void put_in_force(pool::holds next);
    void set_drained(const std::vector<node_at>& nodes, bool drained);
    bool is_in_force(const hold_scope& scope) const;
    void take_back(const status::standstill& what);
    void look();
    void look_later();
    void weigh(std::uint64_t number, std::size_t lent);
    void fail(std::size_t index, const fault& why);

    const config::config& config_;
    const std::vector<std::shared_ptr<cluster_hub>>& hubs_;
    const std::vector<std::unique_ptr<worker>>& workers_;
    boost::asio::io_context& io_;
    answer_function answer_;
    boost::asio::steady_timer timer_;
    std::shared_ptr<const pool::holds> paused_ = std::make_shared<pool::holds>();
    std::set<node_at> drained_;
    std::vector<waiting> waiting_;
    std::uint64_t numbers_ = 0;
    bool looking_ = false;
};

}  // namespace weir::net
