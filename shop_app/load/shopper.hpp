// One person: what they do in the shop, and what they must find there.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "load/browser.hpp"
#include "load/options.hpp"
#include "load/tally.hpp"

namespace shop::load {

class shopper {
public:
    struct place {
        boost::asio::ip::tcp::endpoint endpoint;
        std::string host;  // as requests name it
    };
    shopper(boost::asio::io_context& io, const place& where, const options& asked, std::size_t number, tally& counts);

    // One stay in the shop. Throws trouble.
    boost::asio::awaitable<void> visit();
    // At the end every confirmed order is there, once.
    boost::asio::awaitable<void> check_orders();

    const std::deque<std::int64_t>& acknowledged() const { return acknowledged_; }
    bool is_in_the_shop = false;

private:
    boost::asio::awaitable<void> pause();
    boost::asio::awaitable<void> log_in();
    boost::asio::awaitable<void> log_out();
    boost::asio::awaitable<std::vector<std::int64_t>> browse();
    boost::asio::awaitable<void> buy(std::vector<std::int64_t> products);
    boost::asio::awaitable<void> look_for(boost::json::object placed);
    std::vector<std::int64_t> some_of(std::vector<std::int64_t> products, std::size_t most);
    boost::json::object account() const;
    bool chance(double part);
    std::int64_t between(std::int64_t smallest, std::int64_t largest);

    const options& asked_;
    tally& counts_;
    browser at_;
    boost::asio::steady_timer timer_;
    std::chrono::steady_clock::time_point next_step_;
    std::mt19937_64 random_;
    std::string email_;
    std::string password_;
    bool is_registered_ = false;
    std::uint64_t purchases_ = 0;
    std::deque<std::int64_t> acknowledged_;
};

}  // namespace shop::load
