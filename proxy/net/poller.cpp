#include "net/poller.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <system_error>

namespace weir::net {
namespace {

namespace detail = boost::asio::detail;

constexpr std::uint32_t always = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t at_an_end = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

int make_set() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
    return set;
}

}  // namespace

/// Stays in the reactor's queue: it is performed at each event of the set and is never done, so that the set
/// is not waited for anew. What is public of Asio asks epoll_ctl(2) for each wait.
class poller::standing final : public detail::reactor_op {
public:
    explicit standing(poller& of) : reactor_op(boost::system::error_code(), &perform_turn, &complete), of_(of) {}

    detail::epoll_reactor::per_descriptor_data place = nullptr;

private:
    static status perform_turn(reactor_op* self) {
        static_cast<standing*>(self)->of_.turn();
        return not_done;
    }
    /// The io_context has ended; the poller owns this.
    static void complete(void*, detail::operation*, const boost::system::error_code&, std::size_t) {}

    poller& of_;
};

poller::poller() : set_(make_set()) {}

poller::~poller() { ::close(set_); }

void poller::stand_in(boost::asio::io_context& io) {
    io_ = &io;
    operation_ = std::make_unique<standing>(*this);
    auto& reactor = boost::asio::use_service<detail::epoll_reactor>(io);
    reactor.init_task();
    if (reactor.register_internal_descriptor(detail::epoll_reactor::read_op, set_, operation_->place,
                                             operation_.get()) != 0)
        throw std::system_error(errno, std::system_category(), "epoll_ctl");
}

bool poller::add(watched_socket& what) {
    epoll_event event{};
    event.events = always;
    event.data.ptr = &what;
    return ::epoll_ctl(set_, EPOLL_CTL_ADD, what.fd, &event) == 0;
}

void poller::remove(watched_socket& what) {
    epoll_event ignored{};
    ::epoll_ctl(set_, EPOLL_CTL_DEL, what.fd, &ignored);
    for (int i = at_; i < got_; ++i)
        if (auto& event = events_[static_cast<std::size_t>(i)]; event.data.ptr == &what) event.data.ptr = nullptr;
    if (what.listed) std::replace(listed_.begin(), listed_.end(), &what, static_cast<watched_socket*>(nullptr));
    if (serving_ == &what) serving_ = nullptr;
    what = watched_socket{.fd = what.fd, .hung_up = what.hung_up};
}

void poller::wait(watched_socket& what) {
    if (what.wants_write && !what.writable) watch_writing(what, true);
    const bool can_read = what.wants_read && (what.read_by_write ? what.writable : what.readable);
    const bool can_write = what.wants_write && (what.write_by_read ? what.readable : what.writable);
    if (what.wants_read && what.read_by_write && !what.writable) watch_writing(what, true);
    if ((!can_read && !can_write) || what.listed) return;
    what.listed = true;
    listed_.push_back(&what);
    if (std::exchange(will_serve_, true)) return;
    boost::asio::post(*io_, [this] { serve_listed(); });
}

/// Being told of it always would wake a worker for each message that the peer takes from a Unix socket.
void poller::watch_writing(watched_socket& what, bool on) {
    if (!on && !what.told_when_writable) return;
    what.told_when_writable = on;
    epoll_event event{};
    event.events = always | (on ? EPOLLOUT : 0U);
    event.data.ptr = &what;
    // Looks at the descriptor, too: what has become writable meanwhile is an event.
    ::epoll_ctl(set_, EPOLL_CTL_MOD, what.fd, &event);
}

void poller::turn() {
    in_turn_ = true;
    do {
        got_ = std::max(0, ::epoll_wait(set_, events_.data(), events_at_once, 0));
        turn_began_ = std::chrono::steady_clock::now();
        for (at_ = 0; at_ < got_; ++at_) {
            const auto& event = events_[static_cast<std::size_t>(at_)];
            if (event.data.ptr != nullptr) take(event.events, *static_cast<watched_socket*>(event.data.ptr));
        }
    } while (got_ == events_at_once);
    got_ = at_ = 0;
    in_turn_ = false;
}

void poller::take(std::uint32_t events, watched_socket& what) {
    if ((events & at_an_end) != 0) what.hung_up = true;
    if ((events & (EPOLLIN | at_an_end)) != 0) what.readable = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) what.writable = true;
    serve(what);
}

/// Writing first: what could not be sent holds up what would be read.
void poller::serve(watched_socket& what) {
    serving_ = &what;
    if (what.wants_write && (what.write_by_read ? what.readable : what.writable)) {
        what.wants_write = false;
        what.user->on_writable();
        if (serving_ != nullptr && !what.wants_write) watch_writing(what, false);
    }
    if (serving_ == nullptr) return;
    if (what.wants_read && (what.read_by_write ? what.writable : what.readable)) {
        what.wants_read = false;
        what.user->on_readable();
    }
    serving_ = nullptr;
}

void poller::serve_listed() {
    will_serve_ = false;
    in_turn_ = true;
    turn_began_ = std::chrono::steady_clock::now();
    // Who lists itself meanwhile waits for the next round: others are to have their turn.
    const auto count = listed_.size();
    for (std::size_t i = 0; i < count; ++i) {
        auto* what = std::exchange(listed_[i], nullptr);
        if (what == nullptr) continue;
        what->listed = false;
        serve(*what);
    }
    in_turn_ = false;
    listed_.erase(listed_.begin(), listed_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace weir::net
