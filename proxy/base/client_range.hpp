// client_range: which client addresses are meant: a network in CIDR form, one address, or "unix".
// Reads text; opens nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

class client_range {
public:
    /// Nothing where the text is no range; so, too, where bits behind the mask are set.
    static std::optional<client_range> parse(std::string_view text);
    /// The same, but bits behind the mask are not looked at, as in pg_hba.conf; "unix" is no range.
    static std::optional<client_range> parse_any(std::string_view text);
    /// The mask as an address: 255.255.0.0. Nothing where it has a hole, or where one is IPv6 and the other is not.
    static std::optional<client_range> parse_masked(std::string_view address, std::string_view mask);

    /// client: "10.1.2.3:5000", "[::1]:5000", the same without a port, or "unix".
    bool contains(std::string_view client) const;
    bool contains(const client_range& other) const;
    bool is_v6() const { return is_v6_; }

private:
    using address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

    static std::optional<address> read(std::string_view text);
    static std::optional<client_range> read_network(std::string_view text);
    bool same_network(const address& other) const;
    bool is_set(unsigned bit) const { return (network_[bit / 8] & (0x80u >> (bit % 8))) != 0; }

    bool is_unix_ = false;
    bool is_v6_ = false;
    address network_{};
    unsigned bits_ = 0;
};

}  // namespace weir
