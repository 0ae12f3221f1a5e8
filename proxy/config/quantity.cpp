#include "config/quantity.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace weir::config {

namespace {

struct unit {
    std::string_view suffix;
    std::int64_t factor;
};

constexpr unit time_units[] = {{"", 1},         {"ms", 1},        {"s", 1000},
                               {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
constexpr unit size_units[] = {{"", 1},
                               {"B", 1},
                               {"KiB", std::int64_t{1} << 10},
                               {"MiB", std::int64_t{1} << 20},
                               {"GiB", std::int64_t{1} << 30},
                               {"TiB", std::int64_t{1} << 40}};

either<std::int64_t> with_unit(std::string_view text, std::span<const unit> units,
                               const std::string& example) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range) return wrong{"is too large"};
    const wrong misread{"cannot be read: \"" + std::string(text) + "\"",
                        "write a whole number with a unit, as " + example};
    if (error != std::errc{}) return misread;
    std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (suffix.starts_with(' ')) suffix.remove_prefix(1);
    for (const unit& u : units) {
        if (suffix != u.suffix) continue;
        std::int64_t product = 0;
        if (__builtin_mul_overflow(count, u.factor, &product)) return wrong{"is too large"};
        return product;
    }
    return misread;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    const auto number = parse_whole(text);
    if (!number || *number < 1 || *number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

bool is_name_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// A numeric address as the system would write it; names are for resolvers, which may change their
/// mind.
bool is_address(int family, const std::string& host) {
    in6_addr out{};
    return inet_pton(family, host.c_str(), &out) == 1;
}

either<listen_address> parse_unix(std::string_view text) {
    listen_address out{true, std::string(text), 0};
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
        const auto port = parse_port(text.substr(colon + 1));
        if (!port) {
            return wrong{"has no port after the last colon: \"unix:" + std::string(text) + "\"",
                         "write unix:/run/weir or unix:/run/weir:6432"};
        }
        out = {true, std::string(text.substr(0, colon)), *port};
    }
    if (!out.host.starts_with('/')) {
        return wrong{"needs the absolute path of a directory after \"unix:\""};
    }
    while (out.host.size() > 1 && out.host.ends_with('/')) out.host.pop_back();
    if (out.host.size() + std::string_view("/.s.PGSQL.65535").size() >=
        sizeof(sockaddr_un::sun_path)) {
        return wrong{"is too long for a Unix socket", "take a directory with a shorter path"};
    }
    return out;
}

}  // namespace

either<std::int64_t> parse_duration_ms(std::string_view text) {
    return with_unit(text, time_units, "\"250ms\", \"5s\", \"2min\" or \"1h\"");
}

either<std::int64_t> parse_size_bytes(std::string_view text) {
    return with_unit(text, size_units, "\"64KiB\", \"64MiB\" or \"1GiB\"");
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
    std::int64_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return out;
}

either<std::string> expand(std::string_view text, const environment& env) {
    std::string out;
    while (true) {
        const auto dollar = text.find("${");
        out += text.substr(0, dollar);
        if (dollar == std::string_view::npos) return out;
        const bool escaped = dollar > 0 && text[dollar - 1] == '$';
        text.remove_prefix(dollar + 2);
        if (escaped) {
            out += '{';
            continue;
        }
        const auto end = text.find('}');
        const std::string name(text.substr(0, end));
        if (end == std::string_view::npos || name.empty() ||
            !std::all_of(name.begin(), name.end(), is_name_character)) {
            return wrong{"has a ${ that no variable's name and } follow",
                         "write ${NAME}, or $${ for the two characters themselves"};
        }
        const auto found = env ? env(name) : std::nullopt;
        if (!found) return wrong{"needs the environment variable " + name + ", which is not set"};
        out += *found;
        text.remove_prefix(end + 1);
    }
}

either<listen_address> parse_listen(std::string_view text) {
    if (text.starts_with("unix:")) return parse_unix(text.substr(5));
    const wrong misread{"is no address with a port: \"" + std::string(text) + "\"",
                        "write 127.0.0.1:6432, [::1]:6432 or unix:/run/weir"};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return misread;
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return misread;
    std::string host(text.substr(0, colon));
    if (host == "localhost") host = "127.0.0.1";
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_address(AF_INET6, host)) return misread;
        return listen_address{false, std::move(host), *port};
    }
    if (is_address(AF_INET, host)) return listen_address{false, std::move(host), *port};
    if (host.empty() || host == "*") {
        return wrong{"names no address: \"" + std::string(text) + "\"",
                     "write 0.0.0.0 for every IPv4 address, [::] for every address"};
    }
    return wrong{"\"" + host + "\" is no numeric address",
                 "write the address itself, as 127.0.0.1:6432 or [::1]:6432"};
}

either<listen_address> parse_peer(std::string_view text) {
    constexpr std::string_view file = "/.s.PGSQL.";
    if (text.starts_with("unix:")) {
        std::string directory(text.substr(5));
        if (const auto at = directory.rfind(file); at != std::string::npos)
            directory.replace(at, file.size(), ":");
        return parse_unix(directory);
    }
    const wrong misread{"is no host with a port: \"" + std::string(text) + "\"",
                        "write host:6432, [::1]:6432 or unix:/run/weir"};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return misread;
    const auto port = parse_port(text.substr(colon + 1));
    std::string host(text.substr(0, colon));
    if (!port || host.empty()) return misread;
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        if (!is_address(AF_INET6, host)) return misread;
        return listen_address{false, std::move(host), *port};
    }
    const auto belongs = [](char c) { return is_name_character(c) || c == '-' || c == '.'; };
    if (!std::all_of(host.begin(), host.end(), belongs)) return misread;
    return listen_address{false, std::move(host), *port};
}

std::string to_string(const listen_address& address) {
    const std::string port = std::to_string(address.port);
    if (address.is_unix) return "unix:" + address.host + ":" + port;
    const bool six = address.host.find(':') != std::string::npos;
    return (six ? "[" + address.host + "]" : address.host) + ":" + port;
}

}  // namespace weir::config
