// user_secret: what Weir knows of a user's password: what proves it, and what logs in at the nodes.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "wire/scram.hpp"

namespace weir::session {

struct user_secret {
    std::optional<wire::scram_secret> verifier;  // nothing: cannot log in by SCRAM
    std::string password;                        // clear or an MD5 hash; empty: not known
};

/// stored: as in the users file or in pg_authid.rolpassword. salt: 16 random bytes, for a clear password.
user_secret make_user_secret(const std::string& stored, bytes_view salt);
inline constexpr std::size_t user_secret_salt_bytes = 16;

}  // namespace weir::session
