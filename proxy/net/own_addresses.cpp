#include "net/own_addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace weir::net {
namespace {

std::optional<std::string> text_of(const sockaddr* address) {
    if (address == nullptr) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* bits = nullptr;
    if (address->sa_family == AF_INET) bits = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    if (address->sa_family == AF_INET6) bits = &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (bits == nullptr || inet_ntop(address->sa_family, bits, text.data(), text.size()) == nullptr) return std::nullopt;
    return text.data();
}

}  // namespace

std::vector<auth::own_address> own_addresses() {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> all(list, freeifaddrs);
    std::vector<auth::own_address> made;
    for (const auto* one = all.get(); one != nullptr; one = one->ifa_next) {
        const auto address = text_of(one->ifa_addr);
        const auto mask = text_of(one->ifa_netmask);
        if (!address) continue;
        const auto alone = client_range::parse_any(*address);
        const auto network = mask ? client_range::parse_masked(*address, *mask) : alone;
        if (alone && network) made.push_back({*alone, *network});
    }
    return made;
}

}  // namespace weir::net
