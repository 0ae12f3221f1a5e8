// method: what a client has to show, and the options that go with it (manual, 21.1 and 21.3).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::auth {

enum class method : std::uint8_t { trust, reject, password, md5, scram_sha_256, cert, peer };

/// As pg_hba.conf writes it.
constexpr std::string_view to_string(method m) {
    switch (m) {
        case method::trust: return "trust";
        case method::reject: return "reject";
        case method::password: return "password";
        case method::md5: return "md5";
        case method::scram_sha_256: return "scram-sha-256";
        case method::cert: return "cert";
        case method::peer: return "peer";
    }
    return "unknown";
}

/// Is a secret needed that Weir keeps or asks for?
constexpr bool goes_by_secret(method m) {
    return m == method::password || m == method::md5 || m == method::scram_sha_256;
}

/// Besides what the method asks for.
enum class client_certificate : std::uint8_t { not_asked, verify_ca, verify_full };

/// How one connection is to prove who it is.
struct demand {
    method by = method::scram_sha_256;
    client_certificate certificate = client_certificate::not_asked;
    bool by_distinguished_name = false;  // clientname=DN; else the common name counts
    std::string map = {};                // of the name map; empty: names must be the same

    bool operator==(const demand&) const = default;
};

}  // namespace weir::auth
