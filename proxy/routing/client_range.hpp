// client_range: which client addresses a rule is about: a network in CIDR form, one address, or "unix".
// Reads text; opens nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::routing {

class client_range {
public:
    /// Nothing where the text is no range; so, too, where bits behind the mask are set.
    static std::optional<client_range> parse(std::string_view text);

    /// client: "10.1.2.3:5000", "[::1]:5000", the same without a port, or "unix".
    bool contains(std::string_view client) const;
    bool contains(const client_range& other) const;

private:
    using address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

    static std::optional<address> read(std::string_view text);
    bool same_network(const address& other) const;

    bool is_unix_ = false;
    address network_{};
    unsigned bits_ = 0;
};

}  // namespace weir::routing
