#include "net/host_name.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include "base/client_address.hpp"

namespace weir::net {
namespace {

constexpr int most_at_once = 64;
std::atomic<int> being_looked_up{0};

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

address_list resolve(const std::string& host, int flags) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* list = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &wanted, &list) != 0) list = nullptr;
    return {list, freeaddrinfo};
}

bool same_host(const addrinfo& a, const addrinfo& b) {
    if (a.ai_family != b.ai_family) return false;
    if (a.ai_family == AF_INET)
        return reinterpret_cast<const sockaddr_in*>(a.ai_addr)->sin_addr.s_addr ==
               reinterpret_cast<const sockaddr_in*>(b.ai_addr)->sin_addr.s_addr;
    return a.ai_family == AF_INET6 && std::memcmp(&reinterpret_cast<const sockaddr_in6*>(a.ai_addr)->sin6_addr,
                                                  &reinterpret_cast<const sockaddr_in6*>(b.ai_addr)->sin6_addr,
                                                  sizeof(in6_addr)) == 0;
}

std::string name_of(const std::string& host) {
    const auto mine = resolve(host, AI_NUMERICHOST);
    char name[NI_MAXHOST];
    if (!mine || getnameinfo(mine->ai_addr, mine->ai_addrlen, name, sizeof name, nullptr, 0, NI_NAMEREQD) != 0) return {};
    const auto all = resolve(name, 0);
    for (const auto* one = all.get(); one != nullptr; one = one->ai_next)
        if (same_host(*one, *mine)) return name;
    return {};
}

}  // namespace

void look_up_host_name(const std::string& address, std::function<void(std::string name)> answer) {
    if (being_looked_up.fetch_add(1) >= most_at_once) {
        being_looked_up.fetch_sub(1);
        return answer({});
    }
    try {
        std::thread([host = std::string(host_of(address)), answer] {
            auto name = name_of(host);
            being_looked_up.fetch_sub(1);
            answer(std::move(name));
        }).detach();
    } catch (const std::system_error&) {
        being_looked_up.fetch_sub(1);
        answer({});
    }
}

}  // namespace weir::net
