// The shoppers: arguments to a stream of people, and what they have seen as one line of JSON.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/serialize.hpp>
#include <exception>
#include <iostream>
#include <memory>

#include "load/books.hpp"
#include "load/shopper.hpp"

namespace {

namespace asio = boost::asio;
using shop::load::shopper;
using shop::load::trouble;

constexpr std::chrono::milliseconds after_trouble{200};  // a shop that is down is not asked thousands of times

class stream {
public:
    explicit stream(const shop::load::options& asked) : asked_(asked), over_(io_), signals_(io_, SIGINT, SIGTERM) {}

    void run();
    const shop::load::tally& counts() const { return counts_; }

private:
    asio::awaitable<void> life(shopper& who);
    asio::awaitable<void> arrivals();
    asio::awaitable<void> stay(shopper& who);
    asio::awaitable<void> rest(std::chrono::duration<double> time);
    void end() { is_over_ = true, over_.cancel(); }
    void end_after(std::chrono::duration<double> time);
    void make_shoppers();
    void audit();

    const shop::load::options& asked_;
    asio::io_context io_{1};
    asio::steady_timer over_;
    asio::signal_set signals_;
    shop::load::tally counts_;
    std::vector<std::unique_ptr<shopper>> shoppers_;
    bool is_over_ = false;
    std::mt19937_64 random_{7};
};

asio::awaitable<void> stream::rest(std::chrono::duration<double> time) {
    asio::steady_timer timer(io_);
    boost::system::error_code ignored;
    timer.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(time));
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

// One visit; its trouble is counted.
asio::awaitable<void> stream::stay(shopper& who) {
    bool was_in_trouble = false;
    who.is_in_the_shop = true;
    try {
        co_await who.visit();
    } catch (const trouble& met) {
        counts_.note("errors", met.words);
        was_in_trouble = true;
    } catch (const std::exception& met) {  // an answer of another form
        counts_.note("errors", met.what());
        was_in_trouble = true;
    }
    if (was_in_trouble) co_await rest(after_trouble);
    who.is_in_the_shop = false;
}

// Closed loop: the next visit begins when the last one is over.
asio::awaitable<void> stream::life(shopper& who) {
    while (!is_over_) {
        co_await stay(who);
        if (asked_.checkouts > 0 && counts_.count("checkouts") >= asked_.checkouts) end();
    }
}

// Open loop: visits begin when they begin, and whoever finds nobody free to make one is counted.
asio::awaitable<void> stream::arrivals() {
    std::exponential_distribution<double> gap(asked_.arrivals);
    while (!is_over_) {
        co_await rest(std::chrono::duration<double>(gap(random_)));
        if (is_over_) break;
        const auto free = std::find_if(shoppers_.begin(), shoppers_.end(), [](const auto& who) { return !who->is_in_the_shop; });
        if (free == shoppers_.end())
            counts_.add("too_many_at_once");
        else
            asio::co_spawn(io_, stay(**free), asio::detached);
    }
}

void stream::audit() {
    if (asked_.books.empty()) return;
    std::vector<std::int64_t> acknowledged;
    for (const auto& who : shoppers_) acknowledged.insert(acknowledged.end(), who->acknowledged().begin(), who->acknowledged().end());
    const auto found = shop::load::audit_books(asked_.books, acknowledged);
    counts_.note_books(found.found, found.balances);
}

// Who keeps to which storefront is drawn, as a name that leads to several addresses would do it.
void stream::make_shoppers() {
    std::vector<shopper::place> places;
    for (const auto& where : asked_.where) {
        const auto found = asio::ip::tcp::resolver(io_).resolve(where.host, std::to_string(where.port));
        places.push_back({found.begin()->endpoint(), shop::core::to_text(where)});
    }
    std::mt19937_64 draw(asked_.seed);
    std::uniform_int_distribution<std::size_t> any(0, places.size() - 1);
    for (std::size_t i = 0; i < asked_.shoppers; ++i)
        shoppers_.push_back(std::make_unique<shopper>(io_, places[any(draw)], asked_, i, counts_));
}

void stream::end_after(std::chrono::duration<double> time) {
    over_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(time));
    over_.async_wait([this](boost::system::error_code) {
        is_over_ = true;
        signals_.cancel();
    });
}

void stream::run() {
    make_shoppers();
    signals_.async_wait([this](boost::system::error_code error, int) {
        if (!error) end();
    });
    over_.expires_after(std::chrono::duration_cast<std::chrono::steady_clock::duration>(asked_.warm_up));
    over_.async_wait([this](boost::system::error_code) {
        counts_.begin();
        std::cerr << "counting" << std::endl;  // for whoever measures beside us
        if (is_over_)
            signals_.cancel();
        else
            end_after(asked_.seconds);
    });
    if (asked_.arrivals > 0) asio::co_spawn(io_, arrivals(), asio::detached);
    if (asked_.arrivals <= 0)
        for (auto& who : shoppers_) asio::co_spawn(io_, life(*who), asio::detached);
    io_.run();
    io_.restart();
    for (auto& who : shoppers_) {
        asio::co_spawn(io_, who->check_orders(), [this](std::exception_ptr failed) {
            try {
                if (failed) std::rethrow_exception(failed);
            } catch (const trouble& met) {
                counts_.note("errors", met.words);
            }
        });
    }
    io_.run();
    audit();
}

}  // namespace

int main(int argc, char** argv) {
    const auto parsed = shop::load::parse_options(argc, argv);
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    const auto& asked = std::get<shop::load::options>(parsed);
    try {
        stream all(asked);
        all.run();
        std::cout << boost::json::serialize(all.counts().summary(asked)) << std::endl;
        return all.counts().is_fine(asked) ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "shoppers: " << error.what() << '\n';
        return 1;
    }
}
