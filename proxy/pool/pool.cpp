#include "pool/pool.hpp"

#include <algorithm>

namespace weir::pool {
namespace {

/// A client that waits longer than this is no better off than one whose worker owns no connection.
constexpr milliseconds unfair_wait{50};
/// A pool that has no more than another one keeps what it has used within this time.
constexpr milliseconds kept_from_others{1000};

}  // namespace

grant pool::request(session_id who, instant now, std::uint64_t state) {
    if (!held_ && !idle_.empty() && waiting_.empty()) {
        auto chosen = idle_.end() - 1;
        for (auto it = idle_.rbegin(); it != idle_.rend(); ++it) {
            if (it->what.state != state) continue;
            chosen = it.base() - 1;
            break;
        }
        auto backend = chosen->what.backend;
        idle_.erase(chosen);
        ++lent_;
        return {backend, false, false};
    }
    // What an operator holds up waits, however many they are.
    if (!books_->begin_waiting(held_)) return {std::nullopt, false, false, true};
    waiting_.push_back({who, now});
    if (opens_for_waiting()) return {std::nullopt, true, false};
    if (held_ || !owns_nothing()) return {};
    books_->starve(worker_);
    return {std::nullopt, false, true};
}

bool pool::withdraw(session_id who) {
    auto found = std::find_if(waiting_.begin(), waiting_.end(),
                              [&](const waiter& w) { return w.who == who; });
    if (found == waiting_.end()) return false;
    waiting_.erase(found);
    end_waiting();
    return true;
}

/// One of those who waited does not any more.
void pool::end_waiting() {
    books_->end_waiting();
    if (waiting_.empty()) books_->fed(worker_);
}

std::optional<session_id> pool::next_waiter() {
    if (waiting_.empty()) return std::nullopt;
    auto who = waiting_.front().who;
    waiting_.pop_front();
    end_waiting();
    return who;
}

bool pool::is_over(instant opened, instant now) const {
    return now - opened >= limits_.lifetime || books_->open() > books_->limit() || books_->must_yield();
}

placement pool::place(const returned& what, instant now) {
    if (held_) return {std::nullopt, false, true};
    if (auto who = next_waiter()) {
        ++lent_;
        return {who, false, false};
    }
    if (is_over(what.opened, now)) return {std::nullopt, false, true};
    idle_.push_back({what, now});
    return {};
}

placement pool::arrived(backend_id backend, instant opened, instant now) {
    if (opening_ > 0) --opening_;
    return place({backend, opened}, now);
}

placement pool::received(const returned& what, instant now) { return place(what, now); }

std::vector<session_id> pool::failed_to_open() {
    if (opening_ > 0) --opening_;
    books_->closed();
    std::vector<session_id> told;
    if (held_) return told;
    // Those for whom another connection is being opened may still have it.
    while (waiting_.size() > opening_) told.push_back(*next_waiter());
    return told;
}

placement pool::released(const returned& what, instant now) {
    if (lent_ > 0) --lent_;
    // Even where somebody waits: in a busy pool somebody always does. Another one is opened for them.
    if (held_ || is_over(what.opened, now)) return {std::nullopt, false, true};
    // A worker that starves cannot serve its clients by waiting for its own connections. Where that
    // leaves this one with none, it starves in its turn, and gets the next one back.
    if ((books_->starving() & ~(std::uint64_t{1} << (worker_ % 64))) != 0) {
        if (!waiting_.empty() && owns_nothing()) books_->starve(worker_);
        return {std::nullopt, true, false};
    }
    return place(what, now);
}

bool pool::closed(backend_id backend, bool lent) {
    if (lent && lent_ > 0) --lent_;
    std::erase_if(idle_, [&](const resting& r) { return r.what.backend == backend; });
    books_->closed();
    return opens_for_waiting();
}

bool pool::opens_for_waiting() {
    if (held_ || waiting_.size() <= opening_ || !books_->try_open(worker_)) return false;
    ++opening_;
    return true;
}

std::optional<backend_id> pool::give_away() {
    if (idle_.empty()) return std::nullopt;
    auto backend = idle_.back().what.backend;
    idle_.pop_back();
    return backend;
}

std::vector<session_id> pool::expire_waiting(instant now) {
    std::vector<session_id> gone;
    if (held_) return gone;
    while (!waiting_.empty() && now - waiting_.front().since >= limits_.wait)
        gone.push_back(*next_waiter());
    if (longest_wait(now) >= unfair_wait) books_->starve(worker_);
    return gone;
}

std::vector<backend_id> pool::expire_idle(instant now) {
    const std::size_t open = books_->open();
    const std::size_t limit = books_->limit();
    std::vector<backend_id> gone;
    const bool richer = !idle_.empty() && books_->must_yield();
    const bool wanted = !idle_.empty() && books_->others_wait();
    std::erase_if(idle_, [&](const resting& r) {
        const bool for_others = gone.empty() && (richer || (wanted && now - r.since >= kept_from_others));
        const bool ends = now - r.what.opened >= limits_.lifetime || now - r.since >= limits_.idle ||
                          open - gone.size() > limit || for_others;
        if (ends) gone.push_back(r.what.backend);
        return ends;
    });
    return gone;
}

std::vector<backend_id> pool::take_all_idle() {
    std::vector<backend_id> all;
    for (const auto& r : idle_) all.push_back(r.what.backend);
    idle_.clear();
    return all;
}

std::vector<session_id> pool::take_all_waiting() {
    std::vector<session_id> all;
    while (auto who = next_waiter()) all.push_back(*who);
    return all;
}

}  // namespace weir::pool
