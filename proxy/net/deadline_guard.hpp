// deadline_guard: does something (closes a socket) when time is up, unless it is gone before. Safe where
// the timer has already fired but its handler has not run.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "base/instant.hpp"

namespace weir::net {

class deadline_guard {
public:
    deadline_guard(boost::asio::io_context& io, milliseconds timeout, std::function<void()> act)
        : state_(std::make_shared<state>(state{false, false, std::move(act)})), timer_(io, timeout) {
        timer_.async_wait([shared = state_](boost::system::error_code error) {
            if (error || shared->over) return;
            shared->late = true;
            shared->act();
        });
    }
    ~deadline_guard() { state_->over = true; }
    deadline_guard(const deadline_guard&) = delete;
    deadline_guard& operator=(const deadline_guard&) = delete;

    bool late() const { return state_->late; }

private:
    struct state {
        bool over;
        bool late;
        std::function<void()> act;
    };
    std::shared_ptr<state> state_;
    boost::asio::steady_timer timer_;
};

}  // namespace weir::net
