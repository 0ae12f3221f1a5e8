#include <cassert>

#include "wire/hash.hpp"
#include "wire/scram.hpp"
#include "wire/scram_message.hpp"

namespace weir::wire {

namespace {

struct client_final_message {
    bytes_view channel_binding;
    bytes_view nonce;
    bytes_view without_proof;
    sha256_digest proof;
};

result<client_final_message> read_client_final(bytes_view text) {
    client_final_message message{};
    scram_message reader(text);
    const auto channel_binding = reader.value('c');
    if (channel_binding.has_error()) {
        return channel_binding.error();
    }
    message.channel_binding = *channel_binding;
    const auto nonce = reader.value('r');
    if (nonce.has_error()) {
        return nonce.error();
    }
    message.nonce = *nonce;
    while (true) {  // optional extensions are ignored; the proof is the last attribute
        const std::size_t before = text.size() - reader.rest().size();
        const auto attribute = reader.any();
        if (attribute.has_error()) {
            return attribute.error();
        }
        if (attribute->name != 'p') {
            continue;
        }
        const auto proof = base64_decode(attribute->value);
        if (!proof || proof->size() != message.proof.size()) {
            return malformed_scram("Malformed proof in client-final-message.");
        }
        if (!reader.at_end() || text.ends_with(',')) {
            return malformed_scram("Garbage found at the end of client-final-message.");
        }
        proof->copy(reinterpret_cast<char*>(message.proof.data()), message.proof.size());
        message.without_proof = text.substr(0, before - 1);  // without the comma
        return message;
    }
}

}  // namespace

scram_server::scram_server(scram_secret secret, bytes server_nonce, bytes end_point)
    : secret_(std::move(secret)), nonce_(std::move(server_nonce)), end_point_(std::move(end_point)) {
    assert(!nonce_.empty() && is_scram_printable(nonce_));
}

// gs2-header: binding flag, no authorization identity (RFC 5802, section 7). The words are PostgreSQL's.
result<bytes_view> scram_server::read_binding(bytes_view text, bool plus) {
    constexpr bytes_view end_point_type = "p=tls-server-end-point";
    plus_ = plus;
    const char flag = text.empty() ? '\0' : text.front();
    if (flag != 'n' && flag != 'y' && flag != 'p') {
        return malformed_scram("Unexpected channel-binding flag.");
    }
    if (plus && flag != 'p') {
        return malformed_scram(
            "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel binding data.");
    }
    if (!plus && flag == 'p') {
        return malformed_scram("The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes "
                               "channel binding data.");
    }
    if (flag == 'y' && offers_binding()) {
        return fault{sqlstate::invalid_authorization, "SCRAM channel binding negotiation error",
                     "The client supports SCRAM channel binding but thinks the server does not. However, this server does "
                     "support channel binding."};
    }
    const auto comma = text.find(',');
    if (comma == bytes_view::npos || (flag != 'p' && comma != 1)) {
        return malformed_scram("Comma expected behind the channel-binding flag.");
    }
    if (flag == 'p' && text.substr(0, comma) != end_point_type) {
        return fault{sqlstate::protocol_violation, "unsupported SCRAM channel-binding type"};
    }
    const auto behind = text.substr(comma + 1);
    if (behind.starts_with('a')) {
        return fault{sqlstate::feature_not_supported,
                     "client uses authorization identity, but it is not supported"};
    }
    if (!behind.starts_with(',')) {
        return malformed_scram("Unexpected attribute in client-first-message.");
    }
    channel_binding_ = base64_encode(bytes(text.substr(0, comma + 2)) + (plus ? end_point_ : bytes()));
    return behind.substr(1);
}

result<void> scram_server::read_client_first(bytes_view text, bool plus) {
    const auto read = read_binding(text, plus);
    if (read.has_error()) {
        return read.error();
    }
    const bytes_view bare = *read;
    if (bare.starts_with('m')) {
        return fault{sqlstate::feature_not_supported,
                     "client requires an unsupported SCRAM extension"};
    }
    scram_message reader(bare);
    const auto user = reader.value('n');
    if (user.has_error()) {
        return user.error();
    }
    const auto nonce = reader.value('r');
    if (nonce.has_error()) {
        return nonce.error();
    }
    if (nonce->empty() || !is_scram_printable(*nonce)) {
        return fault{sqlstate::protocol_violation, "non-printable characters in SCRAM nonce"};
    }
    while (!reader.at_end()) {  // optional extensions are ignored
        const auto extension = reader.any();
        if (extension.has_error()) {
            return extension.error();
        }
    }
    nonce_.insert(0, *nonce);
    client_first_bare_ = bare;
    return {};
}

result<bytes> scram_server::first(bytes_view client_first, bool plus) {
    if (!server_first_.empty()) {
        return malformed_scram("The client-first-message came twice.");
    }
    const auto read = read_client_first(client_first, plus);
    if (read.has_error()) {
        return read.error();
    }
    server_first_ = "r=" + nonce_ + ",s=" + base64_encode(secret_.salt) +
                    ",i=" + std::to_string(secret_.iterations);
    return result<bytes>(boost::system::in_place_value, server_first_);
}

result<bytes> scram_server::final(bytes_view client_final) {
    if (server_first_.empty()) {
        return malformed_scram("The client-final-message came first.");
    }
    const auto message = read_client_final(client_final);
    if (message.has_error()) {
        return message.error();
    }
    if (message->channel_binding != channel_binding_ && plus_) {
        return fault{sqlstate::invalid_authorization, "SCRAM channel binding check failed"};
    }
    if (message->channel_binding != channel_binding_) {
        return fault{sqlstate::protocol_violation,
                     "unexpected SCRAM channel-binding attribute in client-final-message"};
    }
    if (message->nonce != nonce_) {
        return fault{sqlstate::protocol_violation, "invalid SCRAM response",
                     "Nonce does not match."};
    }
    // RFC 5802, section 3: ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage).
    const bytes auth_message =
        client_first_bare_ + "," + server_first_ + "," + bytes(message->without_proof);
    const auto client_signature = hmac_sha256(view(secret_.stored_key), auth_message);
    const auto client_key = exclusive_or(message->proof, client_signature);
    if (!equal_in_constant_time(view(sha256(view(client_key))), view(secret_.stored_key))) {
        return fault{sqlstate::invalid_password, "password authentication failed"};
    }
    recovered_ = {client_key, secret_.server_key};
    const auto signature = hmac_sha256(view(secret_.server_key), auth_message);
    return result<bytes>(boost::system::in_place_value, "v=" + base64_encode(view(signature)));
}

}  // namespace weir::wire
