#include "net/position_desk.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace weir::net {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

// Under a stream of writes a question goes out no more often than this: more would cost the primary
// and bring nobody back to a replica sooner, as those are probed every few milliseconds.
constexpr milliseconds closest{1};

}  // namespace

position_desk::position_desk(asio::io_context& io, surroundings world)
    : io_(io), world_(std::move(world)), timer_(io) {}

void position_desk::ask(position_function answer) {
    {
        std::lock_guard lock(guard_);
        waiting_.push_back(std::move(answer));
        if (waiting_.size() > 1) return;  // the desk has been woken and not yet collected
    }
    auto wake = [this] { timer_.cancel(); };
    asio::post(io_, wake);
}

bool position_desk::has_questions() {
    std::lock_guard lock(guard_);
    return !waiting_.empty();
}

asio::awaitable<void> position_desk::wait_for_questions() {
    while (!has_questions()) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        timer_.expires_at(never);
        co_await timer_.async_wait(token);
    }
}

asio::awaitable<void> position_desk::run() {
    asio::steady_timer gap(io_);
    for (;;) {
        co_await wait_for_questions();
        {
            std::lock_guard lock(guard_);
            asked_ = std::exchange(waiting_, {});
        }
        gap.expires_after(closest);
        std::optional<cluster::position> position = co_await ask_primary();
        auto answered = std::exchange(asked_, {});
        for (auto& answer : answered) answer(position);
        if (position) world_.announce(*position);
        co_await gap.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<std::optional<cluster::position>> position_desk::ask_primary() {
    std::optional<node_id> primary = world_.primary();
    if (!primary) co_return std::nullopt;
    if (linked_to_ != primary) {
        link_ = world_.link_to(*primary);
        linked_to_ = primary;
    }
    bool was_open = link_->is_open();
    cluster::probe_result result = co_await link_->probe();
    // A connection from before a restart of the primary says nothing about the primary now.
    bool stale = !result.answer && was_open && !link_->timed_out();
    if (stale) result = co_await link_->probe();
    if (!result.answer || result.answer->in_recovery) {
        link_->close();
        world_.doubt(*primary);
        co_return std::nullopt;
    }
    // It may have been deposed while it answered.
    if (world_.primary() != primary) co_return std::nullopt;
    co_return result.answer->at;
}

void position_desk::dismiss() {
    std::vector<position_function> left = std::exchange(asked_, {});
    {
        std::lock_guard lock(guard_);
        for (auto& one : waiting_) left.push_back(std::move(one));
        waiting_.clear();
    }
    for (auto& answer : left) answer(std::nullopt);
}

}  // namespace weir::net
