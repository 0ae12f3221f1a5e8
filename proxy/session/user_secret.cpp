#include "session/user_secret.hpp"

namespace weir::session {
namespace {

constexpr std::uint32_t scram_iterations = 4096;  // PostgreSQL's default

}  // namespace

user_secret make_user_secret(const std::string& stored, bytes_view salt) {
    user_secret made;
    if (stored.starts_with("SCRAM-SHA-256$")) {
        made.verifier = wire::parse_scram_secret(stored);
        return made;
    }
    made.password = stored;
    if (wire::is_md5_secret(stored)) return made;  // cannot verify SCRAM
    made.verifier = wire::make_scram_secret(stored, bytes(salt), scram_iterations);
    return made;
}

}  // namespace weir::session
