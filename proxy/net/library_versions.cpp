#include "net/library_versions.hpp"

#include <libpq-fe.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>

#include <boost/version.hpp>

#include "query/grammar.hpp"

namespace weir::net {

std::vector<std::pair<std::string, std::string>> library_versions() {
    const int pq = PQlibVersion();
    return {
        {"libpq", std::to_string(pq / 10000) + "." + std::to_string(pq % 10000)},
        {"libpg_query, grammar of PostgreSQL", std::string(query::grammar_version())},
        {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
        {"Boost", std::to_string(BOOST_VERSION / 100000) + "." +
                      std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                      std::to_string(BOOST_VERSION % 100)},
        {"spdlog", std::to_string(SPDLOG_VER_MAJOR) + "." + std::to_string(SPDLOG_VER_MINOR) + "." +
                       std::to_string(SPDLOG_VER_PATCH)},
    };
}

}  // namespace weir::net
