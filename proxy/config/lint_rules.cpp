// settle(): what is sound in a rule and yet of no use: it never matches, or never does what it says.
#include <algorithm>
#include <array>
#include <cctype>

#include "config/settle_parts.hpp"
#include "base/client_range.hpp"

namespace weir::config {

namespace {

using routing::rule;

bool covers_text(const std::string& a, const std::string& b) { return a.empty() || a == b; }

bool covers_client(const rule& a, const rule& b) {
    if (a.client.empty()) return true;
    const auto wide = client_range::parse(a.client);
    const auto narrow = client_range::parse(b.client);
    return wide && narrow && wide->contains(*narrow);
}

bool covers_table(const std::string& a, const std::string& b) {
    return covers_text(a, b) || b.ends_with("." + a);
}

/// Every request that `b` matches is one that `a` matches.
bool covers(const rule& a, const rule& b) {
    return covers_text(a.user, b.user) && covers_text(a.database, b.database) &&
           covers_text(a.application_name, b.application_name) && covers_client(a, b) &&
           covers_text(a.digest, b.digest) && covers_text(a.regex, b.regex) &&
           covers_table(a.table, b.table) && (!a.hint || a.hint == b.hint) &&
           (!a.in_transaction || a.in_transaction == b.in_transaction);
}

void warn_of_hidden(const draft& d, const rule_draft& said, findings& found) {
    const auto& before = d.made.rules;
    const auto first = std::find_if(before.begin(), before.end(), [&](const rule& r) {
        return r.enabled && !r.shadow && covers(r, said.rule);
    });
    if (first == before.end()) return;
    found.warn(said.at, "rule \"" + said.rule.name + "\" never matches: \"" + first->name +
                            "\" comes first and matches all that it would");
}

/// Databases that clients can name.
bool knows_database(const draft& d, const std::string& name) {
    return std::any_of(d.made.databases.begin(), d.made.databases.end(),
                       [&](const database_settings& each) {
                           return each.name == name || each.name == "*";
                       });
}

bool can_reach(const draft& d, const client_range& range) {
    return std::any_of(d.made.server.listen.begin(), d.made.server.listen.end(),
                       [&](const listen_address& each) {
                           return each.is_unix == range.contains("unix");
                       });
}

void warn_of_impossible(const draft& d, const rule_draft& said, const std::string& path,
                        findings& found) {
    const rule& r = said.rule;
    const auto never = [&](const char* key, const std::string& why) {
        found.warn(d.where(path + "." + key), "rule \"" + r.name + "\" never matches: " + why);
    };
    const auto& auth = d.made.auth;
    if (!r.user.empty() && auth.rules.asks_only_for_secrets() && auth.query.statement.empty() &&
        !auth.users.contains(r.user))
        never("user", in_quotes(r.user) + " is not in users_file and cannot log in");
    if (!r.database.empty() && (r.database == "weir" || r.database == "pgbouncer")) {
        never("database", in_quotes(r.database) + " is the console");
    } else if (!r.database.empty() && !knows_database(d, r.database)) {
        never("database", "there is no [database." + r.database + "], nor one for \"*\"");
    }
    if (const auto range = client_range::parse(r.client); range && !can_reach(d, *range))
        never("client", "Weir listens on no address that such clients could come by");
    if (r.regex.find('\'') != std::string::npos)
        never("regex", "the text of a digest holds no literals; they are told as ?");
    if (std::any_of(r.table.begin(), r.table.end(), [](unsigned char c) { return std::isupper(c); }))
        never("table", "tables are compared in lower case");
}

constexpr std::array writing_words = {"insert", "update", "delete", "merge",    "truncate", "create",
                                      "alter",  "drop",   "grant",  "revoke",   "lock",     "vacuum",
                                      "call",   "do",     "set",    "reindex",  "cluster",  "refresh",
                                      "comment", "analyze", "notify", "listen", "nextval"};

bool begins_with_write(std::string_view pattern) {
    for (const char* opening : {"(?:", "("})
        if (pattern.starts_with(opening)) pattern.remove_prefix(std::string_view(opening).size());
    return std::any_of(writing_words.begin(), writing_words.end(), [&](std::string_view word) {
        if (!pattern.starts_with(word)) return false;
        const auto rest = pattern.substr(word.size());
        return rest.empty() || !std::isalnum(static_cast<unsigned char>(rest.front()));
    });
}

/// An expression that is bound to the beginning of the text, and there to a word that writes, in each of its
/// alternatives.
bool matches_writes_only(std::string_view regex) {
    if (regex.starts_with("(?i)")) regex.remove_prefix(4);
    if (!regex.starts_with('^')) return false;
    regex.remove_prefix(1);
    const bool grouped = regex.starts_with('(');
    const auto end = grouped ? regex.find(')') : regex.size();
    if (end == std::string_view::npos) return false;
    // Alternatives outside of the group are not bound to the beginning.
    if (grouped && regex.find('|', end) != std::string_view::npos) return false;
    auto part = regex.substr(0, end);
    if (!grouped && part.find('|') != std::string_view::npos) return false;
    while (true) {
        const auto bar = part.find('|');
        if (!begins_with_write(part.substr(0, bar))) return false;
        if (bar == std::string_view::npos) return true;
        part.remove_prefix(bar + 1);
    }
}

void warn_of_writes_on_replicas(const draft& d, const rule_draft& said, const std::string& path,
                                findings& found) {
    const rule& r = said.rule;
    if (r.route != routing::rule_route::replicas) return;
    const std::string tries = "rule \"" + r.name + "\" tries to send ";
    if (matches_writes_only(r.regex)) {
        found.warn(d.where(path + ".route"),
                   tries + "writes to a replica: they go to the primary whatever it says");
    }
    if (r.hint == query::hint::primary) {
        found.warn(d.where(path + ".route"),
                   tries + "what asks for the primary to a replica: the hint goes before it");
    }
}

}  // namespace

void lint_rule(const draft& d, const rule_draft& said, const std::string& path, findings& found) {
    if (!said.rule.enabled) return;
    warn_of_hidden(d, said, found);
    warn_of_impossible(d, said, path, found);
    warn_of_writes_on_replicas(d, said, path, found);
}

}  // namespace weir::config
