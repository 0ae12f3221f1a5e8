#include "routing/policy.hpp"

#include <array>
#include <cstdlib>

namespace weir::routing {

namespace {

constexpr std::array all_levels{consistency::eventual, consistency::bounded, consistency::session,
                                consistency::global, consistency::strong};

bool accepts(const std::string& wanted, std::string_view actual) {
    return wanted.empty() || wanted == actual;
}

}  // namespace

std::string_view to_string(consistency c) {
    switch (c) {
        case consistency::eventual:
            return "eventual";
        case consistency::bounded:
            return "bounded";
        case consistency::session:
            return "session";
        case consistency::global:
            return "global";
        case consistency::strong:
            return "strong";
    }
    std::abort();  // no enumerator: only memory that is not ours to trust gets here
}

std::optional<consistency> parse_consistency(std::string_view text) {
    for (const consistency level : all_levels) {
        if (to_string(level) == text) return level;
    }
    return std::nullopt;
}

std::optional<std::size_t> match(const std::vector<rule>& rules, std::string_view user,
                                 std::string_view database, std::string_view application_name) {
    for (std::size_t i = 0; i < rules.size(); ++i) {
        const rule& r = rules[i];
        if (accepts(r.user, user) && accepts(r.database, database) &&
            accepts(r.application_name, application_name)) {
            return i;
        }
    }
    return std::nullopt;
}

}  // namespace weir::routing
