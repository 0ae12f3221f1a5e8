// arrival: what the shell knows of a client's connection before the client has said who it is.
#pragma once

#include "base/bytes.hpp"

namespace weir::session {

struct arrival {
    bool over_limit = false;  // one client too many: it is told so once it has said who it is
    bool local = false;       // over a Unix socket
    bytes os_user = {};       // ... by this user of the system; empty: not known
    bytes address = {};       // "10.1.2.3:5000", "[::1]:5000" or "unix"
};

/// The handshake has succeeded.
struct tls_established {
    bool direct = false;       // without SSLRequest ahead of it (sslnegotiation=direct)
    bool certificate = false;  // the client has shown one that the certificates of `ca` sign
    bytes common_name = {};    // of that
    bytes distinguished_name = {};  // ... in the form of RFC 2253
    bytes end_point = {};      // tls-server-end-point (RFC 5929, section 4); empty: there is none
};

}  // namespace weir::session
