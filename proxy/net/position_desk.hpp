// position_desk: where sessions ask for the primary's position. All who asked before a question
// goes out share its answer; one question is in flight. The answer covers every commit that was visible when
// the question came: the end of the last record, which is made reachable for replicas where nobody flushes it.
// Knows links to nodes, not how a primary is chosen.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/strong_id.hpp"
#include "net/node_watch.hpp"

namespace weir::net {

class position_desk {
public:
    using position_function = std::function<void(std::optional<cluster::position>)>;
    struct surroundings {
        std::function<std::optional<node_id>()> primary;
        std::function<std::unique_ptr<node_link>(node_id)> link_to;
        /// The primary was at this position: sessions will now wait for replicas to reach it.
        std::function<void(const cluster::position&)> announce;
        /// The node did not answer as a primary.
        std::function<void(node_id)> doubt;
    };
    position_desk(boost::asio::io_context& io, surroundings world);

    /// Thread-safe.
    void ask(position_function answer);

    /// Never ends by itself.
    boost::asio::awaitable<void> run();
    /// Answers all who still wait with nothing.
    void dismiss();

private:
    boost::asio::awaitable<void> wait_for_questions();
    boost::asio::awaitable<std::optional<cluster::probe_answer>> ask_primary();
    boost::asio::awaitable<void> see_to_flush(const cluster::probe_answer& found);
    bool has_questions();

    boost::asio::io_context& io_;
    surroundings world_;
    boost::asio::steady_timer timer_;
    std::mutex guard_;
    std::vector<position_function> waiting_;  // under guard_
    std::vector<position_function> asked_;    // share the question in flight
    std::unique_ptr<node_link> link_;
    std::optional<node_id> linked_to_;
    lsn unflushed_;                      // told to sessions, and not seen flushed yet; invalid: nothing is
    instant flush_due_ = never;          // when it is flushed for them
};

}  // namespace weir::net
