#include "wire/startup.hpp"

#include "wire/body_reader.hpp"

namespace weir::wire {

namespace {

// Manual, "Message Formats": request codes chosen so that they collide with no protocol version.
constexpr std::uint32_t cancel_code = 80877102;
constexpr std::uint32_t ssl_code = 80877103;
constexpr std::uint32_t gss_code = 80877104;
constexpr std::uint32_t shortest_packet = 8;
constexpr std::size_t shortest_secret = 4;
constexpr std::size_t longest_secret = 256;

fault violation(const char* message) { return {sqlstate::protocol_violation, message}; }

fault unsupported(std::uint16_t major, std::uint16_t minor) {
    return {sqlstate::feature_not_supported,
            "unsupported frontend protocol " + std::to_string(major) + "." + std::to_string(minor) +
                ": server supports 3.0 to 3.2"};
}

result<first_packet> read_cancel(bytes_view body) {
    if (body.size() < 4 + shortest_secret || body.size() > 4 + longest_secret) {
        return violation("invalid length of query cancel packet");
    }
    return cancel_request{load_u32(body.data()), bytes(body.substr(4))};
}

/// Name and value pairs up to an empty name, which must be the packet's last byte.
result<std::vector<startup_parameter>> read_parameters(bytes_view body) {
    std::vector<startup_parameter> parameters;
    body_reader reader(body);
    while (true) {
        const bytes_view name = reader.string();
        if (!reader.failed() && name.empty() && reader.rest().empty()) {
            return parameters;
        }
        const bytes_view value = reader.string();
        if (reader.failed() || name.empty()) {
            return violation("invalid startup packet layout: expected terminator as last byte");
        }
        parameters.push_back({std::string(name), std::string(value)});
    }
}

result<first_packet> read_packet(bytes_view packet) {
    const std::uint32_t code = load_u32(packet.data() + 4);
    const bytes_view body = packet.substr(shortest_packet);
    if (code == cancel_code) {
        return read_cancel(body);
    }
    if (code == ssl_code || code == gss_code) {
        if (!body.empty()) {
            return violation("invalid length of startup packet");
        }
        if (code == ssl_code) {
            return ssl_request{};
        }
        return gss_request{};
    }
    startup_request request;
    request.major = static_cast<std::uint16_t>(code >> 16);
    request.minor = static_cast<std::uint16_t>(code & 0xffff);
    if (request.major != 3) {
        return unsupported(request.major, request.minor);
    }
    auto parameters = read_parameters(body);
    if (parameters.has_error()) {
        return parameters.error();
    }
    request.parameters = std::move(*parameters);
    return request;
}

}  // namespace

const std::string* startup_request::find(std::string_view name) const {
    // PostgreSQL takes the last of several values of one name.
    for (auto it = parameters.rbegin(); it != parameters.rend(); ++it) {
        if (it->name == name) {
            return &it->value;
        }
    }
    return nullptr;
}

result<std::optional<first_packet>> take_first_packet(bytes_view& in) {
    if (in.size() < 4) {
        return std::optional<first_packet>();
    }
    const std::uint32_t length = load_u32(in.data());
    if (length < shortest_packet || length > longest_startup_packet) {
        return violation("invalid length of startup packet");
    }
    if (in.size() < length) {
        return std::optional<first_packet>();
    }
    auto packet = read_packet(in.substr(0, length));
    if (packet.has_error()) {
        return packet.error();
    }
    in.remove_prefix(length);
    return std::optional<first_packet>(std::move(*packet));
}

void append_startup(bytes& out, std::uint16_t minor,
                    const std::vector<startup_parameter>& parameters) {
    const std::size_t start = out.size();
    append_u32(out, 0);
    append_u32(out, (3u << 16) | minor);
    for (const auto& parameter : parameters) {
        out.append(parameter.name).push_back('\0');
        out.append(parameter.value).push_back('\0');
    }
    out.push_back('\0');
    store_u32(out.data() + start, static_cast<std::uint32_t>(out.size() - start));
}

void append_ssl_request(bytes& out) {
    append_u32(out, shortest_packet);
    append_u32(out, ssl_code);
}

void append_cancel_request(bytes& out, std::uint32_t pid, bytes_view secret) {
    append_u32(out, static_cast<std::uint32_t>(shortest_packet + 4 + secret.size()));
    append_u32(out, cancel_code);
    append_u32(out, pid);
    out.append(secret);
}

}  // namespace weir::wire
