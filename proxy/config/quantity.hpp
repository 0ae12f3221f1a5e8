// quantity: the small texts inside values: durations, sizes, ${NAME}, addresses to listen on. Pure
// text; what is wrong comes back as a phrase that fits after the key's name.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/config.hpp"

namespace weir::config {

struct wrong {
    std::string message;
    std::string hint = {};
};
template <class T>
using either = std::variant<T, wrong>;

/// "250ms", "5s", "2min", "1h", "1d", or "250", in milliseconds.
either<std::int64_t> parse_duration_ms(std::string_view text);
/// "512B", "64KiB", "64MiB", "1GiB", or "512", in bytes. "MB" is refused: some take it for 1000,
/// some for 1024.
either<std::int64_t> parse_size_bytes(std::string_view text);
/// Decimal digits with an optional minus sign, nothing else.
std::optional<std::int64_t> parse_whole(std::string_view text);

using environment = std::function<std::optional<std::string>(const std::string& name)>;
/// Every ${NAME} replaced; "$${" stands for "${". What a variable holds is not looked at again.
either<std::string> expand(std::string_view text, const environment& env);

/// As listen_address says. A Unix socket without a port of its own comes back with port 0.
either<listen_address> parse_listen(std::string_view text);
/// "host:port", the host an address or a name, or "unix:" as above, where the path may be the socket's
/// own file, too. Port 0: none was said.
either<listen_address> parse_peer(std::string_view text);
std::string to_string(const listen_address& address);

}  // namespace weir::config
