#include <algorithm>

#include "auth/hba_rules.hpp"
#include "base/client_address.hpp"

namespace weir::auth {
namespace {

bool fits_type(connection_type type, const visitor& who) {
    switch (type) {
        case connection_type::local: return who.local;
        case connection_type::host:
        case connection_type::hostnogssenc: return !who.local;
        case connection_type::hostssl: return !who.local && who.encrypted;
        case connection_type::hostnossl: return !who.local && !who.encrypted;
        case connection_type::hostgssenc: return false;  // Weir does not encrypt by GSSAPI
    }
    return false;
}

bool fits_database(const name_pattern& pattern, const visitor& who) {
    if (who.physical_replication) return pattern.is_keyword("replication");
    if (pattern.is_keyword("all")) return true;
    if (pattern.is_keyword("sameuser")) return who.database == who.user;
    if (pattern.is_keyword("replication")) return false;
    return pattern.matches(who.database);
}

bool fits_user(const name_pattern& pattern, const visitor& who) {
    return pattern.is_keyword("all") || pattern.matches(who.user);
}

bool is_v6(std::string_view address) { return host_of(address).find(':') != std::string_view::npos; }

bool fits_host_name(const std::string& wanted, std::string_view name) {
    const auto same = [](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
        return lower(a) == lower(b);
    };
    if (name.empty()) return false;
    if (!wanted.starts_with('.')) return std::equal(wanted.begin(), wanted.end(), name.begin(), name.end(), same);
    return name.size() > wanted.size() && std::equal(wanted.rbegin(), wanted.rend(), name.rbegin(), same);
}

bool fits_address(const address_rule& rule, const visitor& who, const std::vector<own_address>& own) {
    const auto any_of = [&](client_range own_address::*which) {
        return std::any_of(own.begin(), own.end(),
                           [&](const own_address& a) { return (a.*which).contains(who.address); });
    };
    switch (rule.is) {
        case address_rule::kind::all: return true;
        // "0.0.0.0/0" is no IPv6 address, and "::/0" no IPv4 one.
        case address_rule::kind::range:
            return rule.range->is_v6() == is_v6(who.address) && rule.range->contains(who.address);
        case address_rule::kind::host: return fits_host_name(rule.host, who.host_name.value_or(""));
        case address_rule::kind::same_host: return any_of(&own_address::alone);
        case address_rule::kind::same_net: return any_of(&own_address::network);
    }
    return false;
}

}  // namespace

hba_rules hba_rules::same_for_all(method by) {
    hba_line made;
    const token all{"all", false};
    made.databases = made.users = {std::get<name_pattern>(name_pattern::make(all))};
    made.databases.push_back(std::get<name_pattern>(name_pattern::make({"replication", false})));
    made.wants.by = by;
    made.type = connection_type::local;
    std::vector<hba_line> lines{made};
    made.type = connection_type::host;
    lines.push_back(std::move(made));
    return hba_rules(std::move(lines));
}

hba_rules::finding hba_rules::find(const visitor& who, const std::vector<own_address>& own) const {
    for (const auto& line : lines_) {
        const auto database = [&](const name_pattern& p) { return fits_database(p, who); };
        const auto user = [&](const name_pattern& p) { return fits_user(p, who); };
        if (!fits_type(line.type, who) || std::none_of(line.databases.begin(), line.databases.end(), database) ||
            std::none_of(line.users.begin(), line.users.end(), user))
            continue;
        if (line.type == connection_type::local) return &line;
        if (line.from.is == address_rule::kind::host && !who.host_name) return needs_host_name{};
        if (fits_address(line.from, who, own)) return &line;
    }
    return nullptr;
}

bool hba_rules::asks_for_secrets() const {
    return std::any_of(lines_.begin(), lines_.end(), [](const hba_line& l) { return goes_by_secret(l.wants.by); });
}

bool hba_rules::asks_only_for_secrets() const {
    return std::all_of(lines_.begin(), lines_.end(), [](const hba_line& l) { return goes_by_secret(l.wants.by); });
}

bool hba_rules::asks_for_certificates() const {
    return std::any_of(lines_.begin(), lines_.end(), [](const hba_line& l) {
        return l.wants.by == method::cert || l.wants.certificate != client_certificate::not_asked;
    });
}

}  // namespace weir::auth
