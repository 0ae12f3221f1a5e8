#include "base/client_range.hpp"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <string>

#include "base/client_address.hpp"

namespace weir {
namespace {

constexpr unsigned bits_of_v6 = 128;
constexpr unsigned bits_before_v4 = 96;

bool is_v4(std::string_view text) { return text.find(':') == std::string_view::npos; }

}  // namespace

std::optional<client_range::address> client_range::read(std::string_view text) {
    const std::string whole(text);  // inet_pton wants its end marked
    address made{};
    if (is_v4(text)) {
        made[10] = made[11] = 0xff;
        if (inet_pton(AF_INET, whole.c_str(), made.data() + 12) != 1) return std::nullopt;
    } else if (inet_pton(AF_INET6, whole.c_str(), made.data()) != 1) {
        return std::nullopt;
    }
    return made;
}

std::optional<client_range> client_range::read_network(std::string_view text) {
    client_range made;
    const auto slash = text.find('/');
    const auto host = text.substr(0, slash);
    const auto network = read(host);
    if (!network) return std::nullopt;
    made.network_ = *network;
    made.is_v6_ = !is_v4(host);
    made.bits_ = bits_of_v6;
    if (slash != std::string_view::npos) {
        const unsigned before = is_v4(host) ? bits_before_v4 : 0;
        const auto size = text.substr(slash + 1);
        unsigned bits = 0;
        const auto [end, failed] = std::from_chars(size.data(), size.data() + size.size(), bits);
        if (failed != std::errc() || end != size.data() + size.size() || bits > bits_of_v6 - before)
            return std::nullopt;
        made.bits_ = before + bits;
    }
    return made;
}

std::optional<client_range> client_range::parse(std::string_view text) {
    if (text == "unix") {
        client_range made;
        made.is_unix_ = true;
        return made;
    }
    const auto made = read_network(text);
    if (!made) return std::nullopt;
    for (unsigned bit = made->bits_; bit < bits_of_v6; ++bit)
        if (made->is_set(bit)) return std::nullopt;
    return made;
}

std::optional<client_range> client_range::parse_any(std::string_view text) { return read_network(text); }

std::optional<client_range> client_range::parse_masked(std::string_view address, std::string_view mask) {
    auto made = read_network(address);
    const auto bits = read_network(mask);
    if (!made || !bits || made->is_v6_ != bits->is_v6_) return std::nullopt;
    unsigned set = made->is_v6_ ? 0 : bits_before_v4;
    while (set < bits_of_v6 && bits->is_set(set)) ++set;
    for (unsigned bit = set; bit < bits_of_v6; ++bit)
        if (bits->is_set(bit)) return std::nullopt;
    made->bits_ = set;
    return made;
}

bool client_range::same_network(const address& other) const {
    const unsigned whole = bits_ / 8;
    if (std::memcmp(other.data(), network_.data(), whole) != 0) return false;
    const unsigned rest = bits_ % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xff00u >> rest);
    return (other[whole] & mask) == (network_[whole] & mask);
}

bool client_range::contains(std::string_view client) const {
    if (client == "unix" || is_unix_) return is_unix_ && client == "unix";
    const auto found = read(host_of(client));
    return found && same_network(*found);
}

bool client_range::contains(const client_range& other) const {
    if (is_unix_ || other.is_unix_) return is_unix_ == other.is_unix_;
    return bits_ <= other.bits_ && same_network(other.network_);
}

}  // namespace weir
