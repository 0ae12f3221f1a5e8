// users_file: PgBouncer's auth_file, so that an existing one can be taken over as it is. Pure text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/quantity.hpp"

namespace weir::config {

/// How a secret is kept. An empty one is a plain password that nobody can log in with.
enum class secret_form : std::uint8_t { plain, md5, scram_sha_256 };
secret_form form_of(std::string_view secret);

struct user_entry {
    std::string secret;
    std::uint32_t line = 0;
};

struct users {
    std::map<std::string, user_entry> entries;
    struct fault_at {
        place at;
        wrong what;
    };
    std::vector<fault_at> faults;  // of every line, not only the first
};

/// Lines of "name" "secret", what follows is ignored; a quote inside is written twice; lines that
/// begin with ; or # and empty lines say nothing.
users parse_users(std::string_view text);

}  // namespace weir::config
