// mailbox: how a thread that may outlive a worker hands it something: nothing arrives once the worker has closed it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

namespace weir::net {

class mailbox {
public:
    explicit mailbox(boost::asio::io_context& io) : io_(&io) {}

    /// From any thread.
    template <class Function>
    void post(Function f) {
        const std::lock_guard lock(guard_);
        if (io_ != nullptr) boost::asio::post(*io_, std::move(f));
    }
    void close() {
        const std::lock_guard lock(guard_);
        io_ = nullptr;
    }

private:
    std::mutex guard_;
    boost::asio::io_context* io_;  // under guard_
};

}  // namespace weir::net
