#include "net/peers.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio.hpp>
#include <string>

#include "config/quantity.hpp"
#include "net/name_lookup.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using endpoint = asio::generic::stream_protocol::endpoint;

constexpr std::size_t most_under_way = 64;
constexpr milliseconds addresses_hold{10000};
constexpr milliseconds between_complaints{1000};

instant clock_now() { return std::chrono::steady_clock::now(); }

}  // namespace

/// One of them: where it is, and how much is on the way there.
class peers::peer {
public:
    peer(asio::io_context& io, config::peer_settings from)
        : settings(std::move(from)),
          lookup_(io, settings.address.host),
          looked_up_(io, instant::max()) {}

    /// Empty where its name cannot be resolved in time. One look-up serves all who ask.
    asio::awaitable<std::vector<endpoint>> endpoints(instant deadline) {
        const auto& at = settings.address;
        if (at.is_unix) {
            std::vector<endpoint> only;
            only.emplace_back(asio::local::stream_protocol::endpoint(
                at.host + "/.s.PGSQL." + std::to_string(at.port)));
            co_return only;
        }
        if (is_numeric_host(at.host)) {
            const std::vector<std::string> itself(1, at.host);
            co_return as_endpoints(itself);
        }
        while (clock_now() >= fresh_until_ && clock_now() < deadline) {
            if (looking_up_) {
                boost::system::error_code woken;
                auto token = asio::redirect_error(asio::use_awaitable, woken);
                co_await looked_up_.async_wait(token);
                continue;
            }
            looking_up_ = true;
            names_ = co_await lookup_.resolve(deadline);
            looking_up_ = false;
            fresh_until_ = clock_now() + (names_.empty() ? milliseconds(0) : addresses_hold);
            looked_up_.cancel();
            if (names_.empty()) break;
        }
        co_return clock_now() < fresh_until_ ? as_endpoints(names_) : std::vector<endpoint>();
    }

    const config::peer_settings settings;
    std::size_t under_way = 0;

private:
    std::vector<endpoint> as_endpoints(const std::vector<std::string>& hosts) const {
        std::vector<endpoint> made;
        for (const auto& host : hosts) {
            boost::system::error_code unreadable;
            const auto address = asio::ip::make_address(host, unreadable);
            if (!unreadable)
                made.emplace_back(asio::ip::tcp::endpoint(address, settings.address.port));
        }
        return made;
    }

    name_lookup lookup_;
    asio::steady_timer looked_up_;
    bool looking_up_ = false;
    std::vector<std::string> names_;
    instant fresh_until_ = instant::min();
};

peers::peers(asio::io_context& io) : io_(io) {}

peers::~peers() = default;

void peers::use(const std::vector<config::peer_settings>& known) {
    std::map<unsigned, std::shared_ptr<peer>> fresh;
    for (const auto& each : known) {
        const auto before = peers_.find(each.id);
        const bool same = before != peers_.end() && before->second->settings == each;
        fresh[each.id] = same ? before->second : std::make_shared<peer>(io_, each);
    }
    peers_ = std::move(fresh);
}

void peers::pass_on(unsigned number, cancel_key key, cancel_done done) {
    const auto found = peers_.find(number);
    if (found == peers_.end()) {
        ++totals_.unknown;
        return done();
    }
    const auto to = found->second;
    if (to->under_way >= most_under_way) {
        ++totals_.dropped;
        complain(*to, "too many are under way");
        return done();
    }
    if (!under_way_.insert(key).second) {
        ++totals_.dropped;
        return done();
    }
    ++to->under_way;
    asio::co_spawn(io_, carry(to, key),
                   [this, to, key, done = std::move(done)](std::exception_ptr broken, delivery d) {
                       finish(to, key, broken ? delivery::not_sent : d);
                       done();
                   });
}

asio::awaitable<delivery> peers::carry(std::shared_ptr<peer> to, cancel_key key) {
    const auto deadline = clock_now() + cancel_within;
    const auto targets = co_await to->endpoints(deadline);
    for (const auto& target : targets) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock_now());
        if (left <= milliseconds(0)) break;
        const auto outcome = co_await deliver_cancel(io_, target, key, left);
        if (outcome != delivery::not_sent) co_return outcome;
    }
    co_return delivery::not_sent;
}

void peers::finish(const std::shared_ptr<peer>& to, const cancel_key& key, delivery outcome) {
    --to->under_way;
    under_way_.erase(key);
    switch (outcome) {
        case delivery::delivered: ++totals_.passed_on; return;
        case delivery::not_sent:
            ++totals_.failed;
            return complain(*to, "it cannot be reached");
        case delivery::unsure:
            ++totals_.failed;
            return complain(*to, "it did not answer in time");
    }
}

void peers::complain(const peer& about, const char* what) {
    const auto now = clock_now();
    if (now < next_word_) return;
    next_word_ = now + between_complaints;
    spdlog::warn("a cancel request for peer {} at {} is lost: {} (so far {} failed, {} dropped)",
                 about.settings.id, config::to_string(about.settings.address), what, totals_.failed,
                 totals_.dropped);
}

}  // namespace weir::net
