// server: clients that come, and what they may ask of it before they have logged in.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "net/server.hpp"
#include "wire/backend.hpp"

namespace weir::net {
namespace {

instant clock_now() { return std::chrono::steady_clock::now(); }

fault no_room_to_log_in() {
    return {sqlstate::too_many_connections, "too many clients are logging in", "",
            "See max_logging_in in the [server] section of Weir's configuration."};
}

/// Nothing has been read of it, and nothing will be: what the socket takes is all that it is told.
void refuse_at_once(int fd, const fault& why) {
    bytes message;
    wire::backend::append_error(message, "FATAL", why);
    ::send(fd, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

void server::on_client(int fd, int family, std::string address) {
    auto least = std::min_element(workers_.begin(), workers_.end(), [](const auto& a, const auto& b) {
        return a->clients() < b->clients();
    });
    const bool is_full = clients_.load(std::memory_order_relaxed) >=
                         config_.server.max_clients + pid_layout::most_refused_at_once;
    const auto entry = is_full ? auth::waiting_room::entry() : door_.enter(address, (*least)->number(), clock_now());
    if (entry.sent_away) workers_[entry.sent_away->worker]->turn_away(entry.sent_away->ticket);
    ++accepted_;
    // A crowd of those that are turned away must not hold descriptors for as long as they like.
    if (!entry.ticket) {
        ++refused_;
        if (!is_full) refuse_at_once(fd, no_room_to_log_in());
        ::close(fd);
        return;
    }
    const auto now_open = clients_.fetch_add(1, std::memory_order_relaxed) + 1;
    const bool over = now_open > config_.server.max_clients;
    refused_ += over;
    (*least)->adopt({fd, family, std::move(address), over, *entry.ticket});
}

void server::client_ended() { clients_.fetch_sub(1, std::memory_order_relaxed); }

void server::cancel_own(cancel_key key, cancel_done done) {
    const auto at = pids_.place_of(key.pid);
    if (!at) return done();
    auto* target = workers_[at->worker].get();
    target->post([target, slot = at->slot, secret = std::move(key.secret),
                  done = std::move(done)]() mutable {
        target->on_cancel(slot, secret, std::move(done));
    });
}

void server::cancel(cancel_key key, cancel_done done) {
    const auto peer = pid_layout::peer_of(key.pid);
    if (!peer) return done();
    if (*peer != pids_.peer()) {
        boost::asio::post(io_, [this, peer, key = std::move(key), done = std::move(done)]() mutable {
            peers_.pass_on(*peer, std::move(key), std::move(done));
        });
        return;
    }
    if (predecessor_) done = cancel_before(key, std::move(done));
    cancel_own(std::move(key), std::move(done));
}

void server::ask_secret(std::size_t hub, std::string user, secret_desk::answer_function answer) {
    boost::asio::post(io_, [this, hub, user = std::move(user), answer = std::move(answer)] {
        secrets_.ask(hub, user, answer);
    });
}

void server::doubt_secret(std::string user) {
    boost::asio::post(io_, [this, user = std::move(user)] { secrets_.doubt(user); });
}

}  // namespace weir::net
