#include "net/node_watch.hpp"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <spdlog/spdlog.h>

namespace weir::net {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

// A wish for a probe is heard this long after the last one was sent, however many wish.
constexpr milliseconds closest{1};
constexpr milliseconds hurry_first{2};
constexpr milliseconds hurry_last{5};
constexpr milliseconds rest_check{1000};
// A promotion is told no later than this for want of the new timeline's history.
constexpr milliseconds history_patience{250};

}  // namespace

node_link::node_link(asio::io_context& io, config::node_settings node, probe_login login)
    : io_(io),
      node_(std::move(node)),
      login_(std::move(login)),
      lookup_(io, node_.address.host),
      connection_(io) {}

asio::awaitable<std::string> node_link::find_parameters(connection_parameters& into, instant deadline) {
    std::vector<std::string> addresses;
    if (!is_numeric_host(node_.address.host)) {
        addresses = co_await lookup_.resolve(deadline);
        if (addresses.empty()) co_return lookup_.trouble();
    }
    into = make_probe_parameters(node_, login_, addresses);
    co_return std::string();
}

asio::awaitable<std::string> node_link::open(instant deadline) {
    connection_parameters parameters;
    std::string wrong = co_await find_parameters(parameters, deadline);
    if (!wrong.empty()) co_return wrong;
    co_return co_await connection_.open(parameters, deadline);
}

asio::awaitable<void> node_link::ask_history(std::uint32_t timeline) {
    asked_of_ = timeline;
    const instant deadline = clock::now() + history_patience;
    connection_parameters parameters;
    std::string wrong = co_await find_parameters(parameters, deadline);
    probe_connection replication(io_);
    if (wrong.empty())
        wrong = co_await replication.open(make_replication_parameters(parameters), deadline,
                                           probe_connection::purpose::replication);
    if (wrong.empty()) {
        auto told = co_await replication.read("TIMELINE_HISTORY " + std::to_string(timeline), deadline);
        const auto read = cluster::read_timeline_history(timeline, told.content);
        if (told.trouble.empty() && read)
            history_ = std::make_shared<const cluster::timeline_history>(*read);
        else
            wrong = told.trouble.empty() ? "its history file cannot be read" : told.trouble;
    }
    if (!wrong.empty())
        spdlog::info("cluster: {} does not tell where its timeline {} began, what sessions have seen before is"
                     " settled with its position: {}",
                     node_.address.name, timeline, wrong);
}

asio::awaitable<void> node_link::add_history(cluster::probe_result& to) {
    if (!to.answer || to.answer->in_recovery) co_return;
    const auto timeline = to.answer->at.timeline;
    if (timeline != asked_of_) co_await ask_history(timeline);
    if (history_ && history_->of == timeline) to.history = history_;
}

asio::awaitable<cluster::probe_result> node_link::probe() {
    cluster::probe_result result;
    result.sent = clock::now();
    instant deadline = result.sent + login_.timeout;
    if (!connection_.is_open()) result.trouble = co_await open(deadline);
    if (result.trouble.empty()) {
        result.sent = clock::now();
        probe_connection::reply reply = co_await connection_.ask(deadline);
        if (auto* answer = std::get_if<cluster::probe_answer>(&reply))
            result.answer = *answer;
        else
            result.trouble = std::get<std::string>(reply);
    }
    result.received = clock::now();
    co_return result;
}

asio::awaitable<void> node_link::flush() {
    if (!connection_.is_open()) co_return;
    // The one small write that flushes: its commit is synchronous here, whatever it is for others (FACTS 2).
    auto wrong = co_await connection_.run("SELECT pg_logical_emit_message(true, 'weir', '')",
                                          clock::now() + login_.timeout);
    if (!wrong.empty()) spdlog::debug("cluster: {} flushes nothing: {}", node_.address.name, wrong);
}

node_watch::node_watch(asio::io_context& io, std::unique_ptr<node_link> link, watch_pace pace,
                       report_function report)
    : link_(std::move(link)), pace_(pace), report_(std::move(report)), timer_(io) {}

asio::awaitable<void> node_watch::run() {
    for (;;) {
        sent_ = clock::now();
        kicked_ = false;
        bool was_open = link_->is_open();
        cluster::probe_result result = co_await link_->probe();
        co_await link_->add_history(result);
        if (result.answer) last_ = result.answer;
        failures_ = result.answer ? 0 : failures_ + 1;
        lost_ = !result.answer && was_open && !link_->timed_out();
        report_(result);
        co_await pause();
    }
}

asio::awaitable<void> node_watch::pause() {
    for (instant until = due(); clock::now() < until; until = due()) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        timer_.expires_at(until);
        co_await timer_.async_wait(token);
        if (resting_) link_->close();
    }
    if (is_awaited(clock::now())) ++hurried_;
}

instant node_watch::due() const {
    milliseconds wait = patience();
    if (resting_) return clock::now() + rest_check;
    if (lost_) return sent_;
    if (failures_ == 0 && is_awaited(clock::now()))
        wait = std::min(wait, std::min(hurry_first + milliseconds(hurried_ / 2), hurry_last));
    // A node that fails is asked no faster for being wished for.
    if (kicked_) wait = std::min(wait, failures_ == 0 ? closest : pace_.interval);
    return sent_ + wait;
}

milliseconds node_watch::patience() const {
    if (failures_ == 0) return pace_.interval;
    milliseconds longest = std::max(pace_.interval, pace_.slowest);
    milliseconds wait = pace_.interval;
    for (int i = 1; i < failures_ && wait < longest; ++i) wait *= 2;
    return std::min(wait, longest);
}

bool node_watch::is_awaited(instant now) const {
    return wanted_ && now < hurry_until_ && last_ && last_->in_recovery &&
           !cluster::has_reached(last_->at, *wanted_);
}

void node_watch::kick() {
    kicked_ = true;
    timer_.cancel();
}

void node_watch::rest(bool is_to) {
    resting_ = is_to;
    timer_.cancel();
}

void node_watch::hurry(const cluster::position& wanted, instant deadline) {
    wanted_ = wanted;
    hurry_until_ = deadline;
    hurried_ = 0;
    if (is_awaited(clock::now())) timer_.cancel();
}

}  // namespace weir::net
