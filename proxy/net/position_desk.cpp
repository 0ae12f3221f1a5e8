#include "net/position_desk.hpp"

#include <algorithm>
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
// Commits flush what others have written, and the WAL writer does: only what stays unflushed for so long is
// worth a write of its own (FACTS 2).
constexpr milliseconds flush_patience{10};

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
    while (!has_questions() && clock::now() < flush_due_) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        timer_.expires_at(flush_due_);
        co_await timer_.async_wait(token);
    }
}

asio::awaitable<void> position_desk::run() {
    asio::steady_timer gap(io_);
    for (;;) {
        co_await wait_for_questions();
        {
            std::lock_guard lock(guard_);
            asked_.swap(waiting_);  // empty, with its memory
        }
        gap.expires_after(closest);
        auto found = co_await ask_primary();
        std::optional<cluster::position> position;
        if (found) {
            position = found->at;
            position->at = std::max(found->at.at, found->inserted);
        }
        const bool any = !asked_.empty();
        for (auto& answer : asked_) answer(position);
        asked_.clear();
        if (position && any) world_.announce(*position);
        if (found)
            co_await see_to_flush(*found);
        else
            flush_due_ = never;
        co_await gap.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> position_desk::see_to_flush(const cluster::probe_answer& found) {
    const bool open = found.inserted > found.at.at;
    if (flush_due_ != never && found.at.at >= unflushed_) flush_due_ = never;
    if (flush_due_ == never && open) {
        unflushed_ = found.inserted;
        flush_due_ = clock::now() + flush_patience;
    } else if (clock::now() >= flush_due_) {
        flush_due_ = never;
        co_await link_->flush();
    }
}

asio::awaitable<std::optional<cluster::probe_answer>> position_desk::ask_primary() {
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
    co_return result.answer;
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
