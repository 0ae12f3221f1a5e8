#include <charconv>

#include "wire/hash.hpp"
#include "wire/scram.hpp"

namespace weir::wire {

namespace {

constexpr std::string_view scheme = "SCRAM-SHA-256$";

std::optional<sha256_digest> parse_key(std::string_view text) {
    const auto decoded = base64_decode(text);
    sha256_digest key;
    if (!decoded || decoded->size() != key.size()) {
        return std::nullopt;
    }
    decoded->copy(reinterpret_cast<char*>(key.data()), key.size());
    return key;
}

std::optional<std::uint32_t> parse_iterations(std::string_view text) {
    std::uint32_t count = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, count);
    if (parsed.ec != std::errc() || parsed.ptr != end || count == 0 ||
        count > most_scram_iterations) {
        return std::nullopt;
    }
    return count;
}

/// Cuts off and returns what stands before the next divider; nothing if there is none.
std::optional<std::string_view> cut(std::string_view& text, char divider) {
    const auto at = text.find(divider);
    if (at == std::string_view::npos) {
        return std::nullopt;
    }
    const auto part = text.substr(0, at);
    text.remove_prefix(at + 1);
    return part;
}

}  // namespace

std::optional<scram_secret> parse_scram_secret(std::string_view text) {
    if (!text.starts_with(scheme)) {
        return std::nullopt;
    }
    text.remove_prefix(scheme.size());
    const auto iterations_text = cut(text, ':');
    const auto salt_text = cut(text, '$');
    const auto stored_text = cut(text, ':');
    if (!iterations_text || !salt_text || !stored_text) {
        return std::nullopt;
    }
    const auto iterations = parse_iterations(*iterations_text);
    auto salt = base64_decode(*salt_text);
    const auto stored_key = parse_key(*stored_text);
    const auto server_key = parse_key(text);
    if (!iterations || !salt || salt->empty() || !stored_key || !server_key) {
        return std::nullopt;
    }
    return scram_secret{*iterations, std::move(*salt), *stored_key, *server_key};
}

std::string to_string(const scram_secret& secret) {
    return std::string(scheme) + std::to_string(secret.iterations) + ":" +
           base64_encode(secret.salt) + "$" + base64_encode(view(secret.stored_key)) + ":" +
           base64_encode(view(secret.server_key));
}

scram_secret make_scram_secret(std::string_view password, bytes_view salt,
                               std::uint32_t iterations) {
    // RFC 5802, section 3. SASLprep leaves pure ASCII as it is.
    const auto salted = salted_password(password, salt, iterations);
    const auto client_key = hmac_sha256(view(salted), "Client Key");
    return {iterations, bytes(salt), sha256(view(client_key)),
            hmac_sha256(view(salted), "Server Key")};
}

bool is_secret_of(const scram_secret& secret, std::string_view password) {
    const auto made = make_scram_secret(password, secret.salt, secret.iterations);
    return equal_in_constant_time(view(made.stored_key), view(secret.stored_key));
}

scram_secret mock_scram_secret(std::string_view user, bytes_view process_key) {
    const auto derive = [&](std::string_view purpose) {
        return hmac_sha256(process_key, std::string(purpose).append(user));
    };
    // A stored key drawn like this is the hash of no client key that anyone could find.
    scram_secret secret;
    secret.salt = view(derive("salt ")).substr(0, 16);
    secret.stored_key = derive("stored key ");
    secret.server_key = derive("server key ");
    return secret;
}

}  // namespace weir::wire
