// change_board: which changes of a database's catalog have passed through Weir and are not yet in the
// snapshot. One per cluster and database, for all workers: two numbers, and no lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace weir::catalog {

class change_board {
public:
    /// on_end: called after every change, on any thread.
    explicit change_board(std::function<void()> on_end = [] {}) : on_end_(std::move(on_end)) {}

    /// Changes that have ended, committed or not. Read before a snapshot is loaded, it is what the
    /// snapshot covers.
    std::uint64_t ended() const { return ended_.load(std::memory_order_acquire); }
    /// Does a snapshot that covers so many of them say what a statement would find now?
    bool is_current(std::uint64_t covers) const {
        // In this order: a change that ends in between is seen as ended.
        return open_.load(std::memory_order_acquire) == 0 && ended() == covers;
    }

private:
    friend class pending_change;

    const std::function<void()> on_end_;
    std::atomic<std::uint64_t> open_{0};
    std::atomic<std::uint64_t> ended_{0};
};

/// A command that changes the catalog, from its sending to the end of its transaction.
class pending_change {
public:
    explicit pending_change(std::shared_ptr<change_board> on) : board_(std::move(on)) {
        board_->open_.fetch_add(1, std::memory_order_acq_rel);
    }
    ~pending_change() {
        board_->ended_.fetch_add(1, std::memory_order_acq_rel);
        board_->open_.fetch_sub(1, std::memory_order_acq_rel);
        board_->on_end_();
    }
    pending_change(const pending_change&) = delete;
    pending_change& operator=(const pending_change&) = delete;

private:
    std::shared_ptr<change_board> board_;
};

}  // namespace weir::catalog
