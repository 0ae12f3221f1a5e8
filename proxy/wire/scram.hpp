// SCRAM-SHA-256 and -PLUS (RFC 5802, RFC 7677) as steps over text, both sides; plus the stored form
// of a secret (pg_authid.rolpassword). Randomness is passed in. Knows no socket.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

using sha256_digest = std::array<unsigned char, 32>;

/// Both sides refuse more iterations than this.
inline constexpr std::uint32_t most_scram_iterations = 10000000;

/// "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>" taken apart.
struct scram_secret {
    std::uint32_t iterations = 4096;
    bytes salt;
    sha256_digest stored_key{};
    sha256_digest server_key{};
};
std::optional<scram_secret> parse_scram_secret(std::string_view text);
std::string to_string(const scram_secret& secret);
/// password: as typed; normalised by SASLprep as PostgreSQL does where it is pure ASCII, else used
/// as is.
scram_secret make_scram_secret(std::string_view password, bytes_view salt,
                               std::uint32_t iterations);
/// A clear-text password against a secret; the same time whether it is right or not.
bool is_secret_of(const scram_secret& secret, std::string_view password);
/// A secret that nobody knows, the same each time for the same user and key, so that an unknown
/// user looks like a known one with a wrong password (PostgreSQL's mock authentication).
scram_secret mock_scram_secret(std::string_view user, bytes_view process_key);

/// What logs in: the password, or both keys (SCRAM pass-through).
struct scram_keys {
    sha256_digest client_key{};
    sha256_digest server_key{};

    bool operator==(const scram_keys&) const = default;
};

/// The server's side. server_nonce: printable, without commas (18 random bytes in base64). The user
/// name in the messages is not looked at: it is the start-up packet's that counts, and the caller
/// who adds it to the message of a 28P01.
class scram_server {
public:
    /// end_point: the tls-server-end-point of the connection (RFC 5929, section 4); empty: nothing to bind to.
    scram_server(scram_secret secret, bytes server_nonce, bytes end_point = {});

    bool offers_binding() const { return !end_point_.empty(); }
    /// client-first-message -> server-first-message. plus: the client has chosen SCRAM-SHA-256-PLUS. 08P01 on bad
    /// form; 28000 where somebody on the way has hidden from the client that binding is offered.
    result<bytes> first(bytes_view client_first, bool plus = false);
    /// client-final-message -> server-final-message. 28P01 where the proof is wrong.
    result<bytes> final(bytes_view client_final);
    /// After final() succeeded: the keys with which this user can log in elsewhere.
    const scram_keys& recovered() const { return recovered_; }

private:
    result<void> read_client_first(bytes_view client_first, bool plus);
    /// The gs2-header, what stands behind it, and what the client is to be bound to.
    result<bytes_view> read_binding(bytes_view client_first, bool plus);

    scram_secret secret_;
    bytes nonce_;
    bytes client_first_bare_;
    bytes server_first_;
    bytes end_point_;
    bool plus_ = false;
    bytes channel_binding_;  // what "c=" of the last message has to say
    scram_keys recovered_;
};

/// The client's side, towards a node. client_nonce as server_nonce above. user: as PostgreSQL does
/// not look at it, libpq leaves it empty, and so does Weir. AuthenticationOk is worth nothing
/// before verify() succeeded: the server has not shown that it knows the secret.
class scram_client {
public:
    scram_client(std::string password, bytes client_nonce, std::string_view user = {});
    scram_client(scram_keys keys, bytes client_nonce, std::string_view user = {});

    /// Before first(): SCRAM-SHA-256-PLUS, bound to this tls-server-end-point.
    void bind_to(bytes end_point);
    /// ... or a connection that could be bound, and a server that offers no binding.
    void could_bind() { gs2_header_ = "y,,"; }
    bytes first() const;  // client-first-message
    /// server-first-message -> client-final-message. 08P01 on bad form, a nonce that is not ours,
    /// or an iteration count above 10,000,000.
    result<bytes> final(bytes_view server_first);
    /// Checks the server's signature. 28000 where it is wrong.
    result<void> verify(bytes_view server_final) const;

private:
    std::optional<std::string> password_;
    scram_keys keys_;
    bytes nonce_;
    bytes gs2_header_ = "n,,";
    bytes end_point_;
    bytes first_bare_;
    std::optional<sha256_digest> server_signature_;  // nothing before final()
};

/// "md5" + hex(md5(hex(md5(password + user)) + salt)); stored: "md5..." as in pg_authid, or a
/// password.
/// A clear-text password against a stored "md5...".
bool is_md5_of(std::string_view stored, std::string_view password, std::string_view user);
bool is_md5_secret(std::string_view stored);
std::string md5_response(std::string_view stored, std::string_view user, bytes_view salt);

std::string base64_encode(bytes_view data);
/// Standard alphabet, padded, without white space; anything else is nothing.
std::optional<bytes> base64_decode(std::string_view text);
/// Compares all bytes whatever differs first.
bool equal_in_constant_time(bytes_view a, bytes_view b);

}  // namespace weir::wire
