#include "net/patroni_watch.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/use_awaitable.hpp>

#include "config/quantity.hpp"
#include "net/http/patroni_answer.hpp"

namespace weir::net {

namespace asio = boost::asio;

patroni_watch::patroni_watch(asio::io_context& io, std::vector<config::listen_address> endpoints,
                             milliseconds interval, milliseconds timeout, report_function report)
    : interval_(interval), timeout_(timeout), report_(std::move(report)), timer_(io) {
    for (auto& address : endpoints) {
        endpoint made{std::move(address), nullptr};
        if (!is_numeric_host(made.address.host))
            made.lookup = std::make_unique<name_lookup>(io, made.address.host);
        endpoints_.push_back(std::move(made));
    }
}

asio::awaitable<void> patroni_watch::run() {
    for (;;) {
        co_await ask();
        timer_.expires_after(interval_);
        co_await timer_.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> patroni_watch::ask() {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        const bool answered = co_await ask_one();
        if (answered) {
            if (std::exchange(fails_, false)) spdlog::info("cluster: Patroni answers again");
            co_return;
        }
        current_ = (current_ + 1) % endpoints_.size();
    }
    if (!std::exchange(fails_, true))
        spdlog::warn("cluster: Patroni does not answer, what was known of its members stays: {}", trouble_);
}

asio::awaitable<http_answer> patroni_watch::get(const endpoint& from) {
    http_answer answer;
    std::vector<std::string> addresses{from.address.host};
    if (from.lookup) {
        addresses = co_await from.lookup->resolve(std::chrono::steady_clock::now() + timeout_);
        if (addresses.empty()) answer.trouble = from.lookup->trouble();
    }
    for (const auto& address : addresses) {
        auto at = from.address;
        at.host = address;
        answer = co_await http_get(std::move(at), "/cluster", timeout_);
        if (answer.trouble.empty()) break;
    }
    co_return answer;
}

asio::awaitable<bool> patroni_watch::ask_one() {
    const auto& from = endpoints_[current_];
    const http_answer answer = co_await get(from);
    trouble_ = answer.trouble;
    if (trouble_.empty() && answer.status != 200) trouble_ = "status " + std::to_string(answer.status);
    if (trouble_.empty()) {
        auto read = read_patroni(answer.body);
        if (const auto* members = std::get_if<std::vector<cluster::member>>(&read)) {
            report_(*members);
            co_return true;
        }
        trouble_ = std::get<std::string>(read);
    }
    trouble_ = config::to_string(from.address) + ": " + trouble_;
    co_return false;
}

}  // namespace weir::net
