// The beginning and the end of a server: sockets that others have opened, the place of another Weir, signals,
// and the drain.
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <csignal>

#include "net/logging.hpp"
#include "net/server.hpp"
#include "net/settings.hpp"

namespace weir::net {
namespace {

constexpr milliseconds drain_check{20};

instant clock_now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// systemd's, else those of the Weir that is there already.
result<passed_sockets> server::find_passed_sockets() {
    auto passed = passed_sockets::of_systemd();
    if (!passed || config_.server.handover.empty()) return passed;
    auto found = predecessor::find(io_, config_.server.handover);
    if (!found) return found.error();
    predecessor_ = std::move(*found);
    if (predecessor_ && passed->names_left().empty()) return predecessor_->take_sockets();
    return passed;
}

/// systemd would go on listening where nobody ever accepts.
result<void> server::check_all_taken(const passed_sockets& passed) {
    std::string names;
    for (const auto& name : passed.names_left()) names += (names.empty() ? "" : ", ") + name;
    if (names.empty()) return {};
    if (!passed.kept()) {
        spdlog::info("not listened on any more: {}", names);
        for (const auto& name : passed.names_left())
            if (name.starts_with('/')) ::unlink(name.c_str());
        return {};
    }
    return fault{sqlstate::config_file_error, "systemd passes sockets that the configuration does not name: " + names, "",
                 "Name each ListenStream= of the socket unit in server.listen or server.http, as an address, not a "
                 "name."};
}

/// This process accepts: the other one need not any more, and the next one may come.
result<void> server::take_place() {
    if (config_.server.handover.empty()) return {};
    if (predecessor_) predecessor_->relieve();
    handover_ = std::make_unique<handover_desk>(
        io_, config_.server.handover,
        handover_desk::duties{
            .sockets = [this] { return listening_on(); },
            .objection = [this] { return objection_to_handover(); },
            .kept = sockets_kept_,
            .relieved = [this](pid_t by) { on_relieved(by); },
            .cancel = [this](cancel_key key, cancel_done done) { cancel(std::move(key), std::move(done)); }});
    return handover_->open();
}

/// What an operator has paused would go on at once in another process.
std::string server::objection_to_handover() const {
    return holds_.holds_anything() ? "A database is paused or a node is drained here." : "";
}

std::vector<int> server::listening_on() {
    std::vector<int> all;
    for (const auto& l : listeners_) all.push_back(l->descriptor());
    if (http_) all.push_back(http_->descriptor());
    return all;
}

/// What is to be told when the one of before has dealt with it, too. Its clients have keys of the same form.
cancel_done server::cancel_before(const cancel_key& key, cancel_done done) {
    auto left = std::make_shared<std::atomic<int>>(2);
    cancel_done one = [left, done = std::move(done)] {
        if (left->fetch_sub(1) == 1) done();
    };
    boost::asio::post(io_, [this, key, one] { predecessor_->pass_on(key, one); });
    return one;
}

void server::on_relieved(pid_t by) {
    relieved_ = true;
    spdlog::info("process {} has taken over: {} clients may go on here for {} ms", by,
                 clients_.load(std::memory_order_relaxed), config_.server.handover_wait.count());
    for (auto& l : listeners_) l->leave();
    listeners_.clear();
    if (http_) http_->stop();
    http_.reset();
    if (draining_) return;
    drain_until_ = clock_now() + config_.server.handover_wait;
    wait_relieved();
}

void server::wait_relieved() {
    const auto left = clients_.load(std::memory_order_relaxed);
    // Who was here before this one may still have clients, whose cancels come by this one.
    const bool needed = left > 0 || (predecessor_ && predecessor_->is_there());
    if (!needed || clock_now() >= drain_until_) return begin_drain();
    drain_timer_.expires_after(drain_check);
    drain_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) wait_relieved();
    });
}

void server::wait_for_signals() {
    signals_.async_wait([this](boost::system::error_code error, int number) {
        if (error) return;
        on_signal(number);
        wait_for_signals();
    });
}

void server::on_signal(int number) {
    if (number == SIGHUP) {
        (void)reload();
        return;
    }
    if (number == SIGUSR1) return reopen_log();
    if (!draining_) return begin_drain();
    spdlog::warn("a second signal: ending at once");
    io_.stop();
}

void server::close_listeners() {
    for (auto& l : listeners_) l->close();
    listeners_.clear();
}

void server::begin_drain() {
    draining_ = true;
    notify_systemd("STOPPING=1");
    spdlog::info("draining: open transactions have {} ms to end", config_.server.drain_timeout.count());
    // Whose place is taken is looked for by nobody.
    drain_timer_.expires_after(relieved_ ? milliseconds{0} : config_.server.drain_delay);
    drain_timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        close_listeners();
        for (auto& w : workers_) w->begin_drain();
        drain_until_ = clock_now() + config_.server.drain_timeout;
        check_drained();
    });
}

void server::check_drained() {
    const auto left = clients_.load(std::memory_order_relaxed);
    if (left == 0 || clock_now() >= drain_until_) {
        if (left > 0) spdlog::warn("drain_timeout_ms is over: {} clients are cut off", left);
        io_.stop();
        return;
    }
    drain_timer_.expires_after(drain_check);
    drain_timer_.async_wait([this](boost::system::error_code error) {
        if (!error) check_drained();
    });
}

}  // namespace weir::net
