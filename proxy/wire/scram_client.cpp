#include <cassert>
#include <charconv>

#include "wire/hash.hpp"
#include "wire/scram.hpp"
#include "wire/scram_message.hpp"

namespace weir::wire {

namespace {

struct server_first_message {
    bytes_view nonce;
    bytes salt;
    std::uint32_t iterations;
};

result<server_first_message> read_server_first(bytes_view text) {
    scram_message reader(text);
    const auto nonce = reader.value('r');  // a mandatory extension ("m=") is refused here
    if (nonce.has_error()) {
        return nonce.error();
    }
    const auto salt_text = reader.value('s');
    if (salt_text.has_error()) {
        return salt_text.error();
    }
    auto salt = base64_decode(*salt_text);
    if (!salt || salt->empty()) {
        return malformed_scram("The salt is not in base64.");
    }
    const auto count_text = reader.value('i');
    if (count_text.has_error()) {
        return count_text.error();
    }
    std::uint32_t count = 0;
    const char* end = count_text->data() + count_text->size();
    const auto parsed = std::from_chars(count_text->data(), end, count);
    if (parsed.ec != std::errc() || parsed.ptr != end || count == 0 ||
        count > most_scram_iterations) {
        return malformed_scram("The iteration count is not a number from 1 to " +
                               std::to_string(most_scram_iterations) + ".");
    }
    while (!reader.at_end()) {  // optional extensions are ignored
        const auto extension = reader.any();
        if (extension.has_error()) {
            return extension.error();
        }
    }
    return server_first_message{*nonce, std::move(*salt), count};
}

}  // namespace

scram_client::scram_client(std::string password, bytes client_nonce, std::string_view user)
    : password_(std::move(password)), nonce_(std::move(client_nonce)) {
    assert(!nonce_.empty() && is_scram_printable(nonce_));
    first_bare_ = "n=" + std::string(user) + ",r=" + nonce_;
}

scram_client::scram_client(scram_keys keys, bytes client_nonce, std::string_view user)
    : scram_client(std::string(), std::move(client_nonce), user) {
    password_.reset();
    keys_ = keys;
}

void scram_client::bind_to(bytes end_point) {
    gs2_header_ = "p=tls-server-end-point,,";
    end_point_ = std::move(end_point);
}

bytes scram_client::first() const { return gs2_header_ + first_bare_; }

result<bytes> scram_client::final(bytes_view server_first) {
    const auto message = read_server_first(server_first);
    if (message.has_error()) {
        return message.error();
    }
    // The server must have added something of its own, else an old exchange could be played again.
    if (!message->nonce.starts_with(nonce_) || message->nonce.size() == nonce_.size() ||
        !is_scram_printable(message->nonce)) {
        return fault{sqlstate::protocol_violation, "invalid SCRAM response",
                     "Nonce does not match."};
    }
    if (password_) {
        const auto salted = salted_password(*password_, message->salt, message->iterations);
        keys_ = {hmac_sha256(view(salted), "Client Key"), hmac_sha256(view(salted), "Server Key")};
    }
    const bytes without_proof = "c=" + base64_encode(gs2_header_ + end_point_) + ",r=" + bytes(message->nonce);
    const bytes auth_message = first_bare_ + "," + bytes(server_first) + "," + without_proof;
    const auto stored_key = sha256(view(keys_.client_key));
    const auto client_signature = hmac_sha256(view(stored_key), auth_message);
    server_signature_ = hmac_sha256(view(keys_.server_key), auth_message);
    const auto proof = base64_encode(view(exclusive_or(keys_.client_key, client_signature)));
    return result<bytes>(boost::system::in_place_value, without_proof + ",p=" + proof);
}

result<void> scram_client::verify(bytes_view server_final) const {
    scram_message reader(server_final);
    const auto attribute = reader.any();
    if (attribute.has_error()) {
        return attribute.error();
    }
    if (attribute->name == 'e') {
        return fault{sqlstate::invalid_authorization,
                     "error received from server in SCRAM exchange: " + bytes(attribute->value)};
    }
    const auto signature = base64_decode(attribute->value);
    if (attribute->name != 'v' || !signature || signature->size() != sha256_digest().size()) {
        return malformed_scram("Malformed server signature.");
    }
    if (!server_signature_) {
        return malformed_scram("The server-final-message came first.");
    }
    if (!equal_in_constant_time(*signature, view(*server_signature_))) {
        return fault{sqlstate::invalid_authorization, "incorrect server signature"};
    }
    return {};
}

}  // namespace weir::wire
