#include "config/key.hpp"

#include <cstdlib>

namespace weir::config {

std::int64_t most_of(const key& k) {
    if (k.range.most != 0) return k.range.most;
    if (k.form == shape::duration) return std::int64_t{365} * 24 * 3'600'000;
    if (k.form == shape::size) return std::int64_t{1} << 40;
    return 1'000'000'000;
}

std::string heading(const section& s) {
    const std::string title(s.title);
    switch (s.form) {
        case repetition::once:
            return "[" + title + "]";
        case repetition::named:
            return "[" + title + ".NAME]";
        case repetition::listed:
            return "[[" + title + "]]";
    }
    std::abort();
}

const std::vector<section>& sections() {
    static const std::vector<section> all{
        server_section(),     auth_section(),     cluster_section(), database_section(),
        user_section(),       pool_section(),     routing_section(), rule_section(),
        client_tls_section(), node_tls_section(), log_section(),
    };
    return all;
}

}  // namespace weir::config
