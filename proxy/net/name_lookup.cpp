#include "net/name_lookup.hpp"

#include <arpa/inet.h>
#include <netdb.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace weir::net {

namespace asio = boost::asio;

/// Shared with the thread that blocks. `io` is taken away when nobody wants the answer any more.
struct name_lookup::mailbox {
    std::mutex guard;
    asio::io_context* io = nullptr;
    asio::steady_timer* arrival = nullptr;  // used on io's thread only
    bool asked = false;                     // and not collected
    bool answered = false;
    std::vector<std::string> addresses;
    std::string trouble;

    bool has_answer() {
        std::lock_guard lock(guard);
        return answered;
    }
};

namespace {

std::vector<std::string> look_up(const std::string& host, std::string& trouble) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    int error = getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    if (error != 0) {
        trouble =
            "could not translate host name \"" + host + "\" to address: " + gai_strerror(error);
        return {};
    }
    std::vector<std::string> addresses;
    for (const addrinfo* one = list; one; one = one->ai_next) {
        char text[NI_MAXHOST];
        int failed = getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0,
                                 NI_NUMERICHOST);
        if (failed == 0) addresses.emplace_back(text);
    }
    freeaddrinfo(list);
    if (addresses.empty()) trouble = "host name \"" + host + "\" has no address";
    return addresses;
}

}  // namespace

bool is_numeric_host(const std::string& host) {
    if (host.starts_with('/')) return true;
    unsigned char address[sizeof(in6_addr)];
    std::string bare = host.substr(0, host.find('%'));  // an IPv6 zone
    return inet_pton(AF_INET, host.c_str(), address) == 1 ||
           inet_pton(AF_INET6, bare.c_str(), address) == 1;
}

name_lookup::name_lookup(asio::io_context& io, std::string host)
    : host_(std::move(host)), arrival_(io), mailbox_(std::make_shared<mailbox>()) {
    mailbox_->io = &io;
    mailbox_->arrival = &arrival_;
}

name_lookup::~name_lookup() {
    std::lock_guard lock(mailbox_->guard);
    mailbox_->io = nullptr;
    mailbox_->arrival = nullptr;
}

asio::awaitable<std::vector<std::string>> name_lookup::resolve(instant deadline) {
    trouble_.clear();
    if (!mailbox_->asked) {
        auto ask = [box = mailbox_, host = host_] {
            std::string trouble;
            auto addresses = look_up(host, trouble);
            std::lock_guard lock(box->guard);
            box->addresses = std::move(addresses);
            box->trouble = std::move(trouble);
            box->answered = true;
            if (!box->io) return;
            auto wake = [box] {
                if (box->arrival) box->arrival->cancel();
            };
            asio::post(*box->io, wake);
        };
        try {
            std::thread(ask).detach();
            mailbox_->asked = true;
        } catch (const std::system_error& error) {
            trouble_ = std::string("no thread to look up a name: ") + error.what();
            co_return std::vector<std::string>();
        }
    }
    // A wake-up may be that of the answer before: only the mailbox tells.
    while (!mailbox_->has_answer() && std::chrono::steady_clock::now() < deadline) {
        boost::system::error_code ignored;
        auto token = asio::redirect_error(asio::use_awaitable, ignored);
        arrival_.expires_at(deadline);
        co_await arrival_.async_wait(token);
    }
    std::lock_guard lock(mailbox_->guard);
    if (!mailbox_->answered) {
        trouble_ = "the address of host name \"" + host_ + "\" is still being looked up";
        co_return std::vector<std::string>();
    }
    mailbox_->asked = mailbox_->answered = false;
    trouble_ = std::move(mailbox_->trouble);
    co_return std::exchange(mailbox_->addresses, {});
}

}  // namespace weir::net
