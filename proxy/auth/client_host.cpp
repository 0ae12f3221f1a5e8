#include "auth/client_host.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/client_address.hpp"

namespace weir::auth {

std::string client_host(std::string_view address) {
    const std::string host(host_of(address));
    std::array<unsigned char, 16> bits{};
    if (inet_pton(AF_INET6, host.c_str(), bits.data()) != 1) return host;
    const bool is_mapped = std::all_of(bits.begin(), bits.begin() + 10, [](unsigned char b) { return b == 0; }) &&
                           bits[10] == 0xff && bits[11] == 0xff;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (is_mapped) return inet_ntop(AF_INET, bits.data() + 12, text.data(), text.size());
    std::fill(bits.begin() + 8, bits.end(), 0);
    return std::string(inet_ntop(AF_INET6, bits.data(), text.data(), text.size())) + "/64";
}

}  // namespace weir::auth
