#include "admin/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "admin/readable.hpp"

namespace weir::admin {
namespace {

constexpr std::array known{
    command_help{command::show_nodes, "SHOW NODES",
                 "every node: its role, state, position and lag, and why it is not used"},
    command_help{command::show_routes, "SHOW ROUTES",
                 "how many requests went to which node, and for what reason"},
    command_help{command::show_rules, "SHOW RULES",
                 "every rule: what it has matched, and what a shadow rule would have changed"},
    command_help{command::show_digests, "SHOW DIGESTS",
                 "the shapes of statements: how often they came, and where they went"},
    command_help{command::show_pools, "SHOW POOLS",
                 "connections to the nodes, and who waits for one"},
    command_help{command::show_clients, "SHOW CLIENTS", "every client's session"},
    command_help{command::show_servers, "SHOW SERVERS", "every connection to a node"},
    command_help{command::show_pins, "SHOW PINS",
                 "which clients keep their connection between transactions, why, since when and by which statement"},
    command_help{command::show_stats, "SHOW STATS", "requests and their time, by database"},
    command_help{command::show_databases, "SHOW DATABASES", "databases and where they are"},
    command_help{command::show_lists, "SHOW LISTS", "how many there are of everything"},
    command_help{command::show_version, "SHOW VERSION", "Weir's version"},
    command_help{command::show_config, "SHOW CONFIG", "every key of the configuration, and what it is in force"},
    command_help{command::show_cache, "SHOW CACHE", "what the caches hold, and how often they helped"},
    command_help{command::show_tokens, "SHOW TOKENS", "each cluster's position as a token, for reads that are to see all of it"},
    command_help{command::show_advice, "SHOW ADVICE", "what would take load off the primary or end a queue"},
    command_help{command::show_reloads, "SHOW RELOADS", "the last reloads: what they changed, or why they were refused"},
    command_help{command::show_events, "SHOW EVENTS", "what happened of late: roles, nodes, reloads, what was learned"},
    command_help{command::help, "SHOW HELP", "this list"},
    command_help{command::clear_learned, "CLEAR LEARNED",
                 "sends to replicas again what they have refused"},
    command_help{command::clear_digests, "CLEAR DIGESTS", "counts statements from nothing again"},
    command_help{command::reload, "RELOAD",
                 "reads the configuration again; tells what has changed"},
    command_help{command::pause, "PAUSE",
                 "new transactions wait; answers when those under way have ended", operand::database_or_none,
                 true},
    command_help{command::resume, "RESUME", "what waits since PAUSE or KILL goes on",
                 operand::database_or_none},
    command_help{command::drain_node, "DRAIN NODE",
                 "gives a node nothing new; answers when what runs there has ended", operand::node, true},
    command_help{command::undrain_node, "UNDRAIN NODE", "uses the node again", operand::node},
    command_help{command::kill, "KILL", "ends the clients of a database, and pauses it", operand::database},
    command_help{command::kill_client, "KILL_CLIENT",
                 "ends one client: its number is ptr in SHOW CLIENTS", operand::client},
    command_help{command::set, "SET", "a key of the configuration until the next reload: log.level", operand::setting},
};

constexpr std::size_t quoted_length = 60;

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Behind a comment that begins at `at`; `at` where none does. Block comments nest, and one that is
/// not closed ends with the text.
std::size_t skip_comment(std::string_view text, std::size_t at) {
    if (text.substr(at, 2) == "--") return std::min(text.find_first_of("\r\n", at), text.size());
    if (text.substr(at, 2) != "/*") return at;
    std::size_t depth = 1;
    at += 2;
    while (at < text.size() && depth > 0) {
        const auto two = text.substr(at, 2);
        if (two == "/*") ++depth;
        if (two == "*/") --depth;
        at += two == "/*" || two == "*/" ? 2 : 1;
    }
    return at;
}

struct words {
    std::string plain;    // in capitals
    std::string written;  // as they were
};

/// Behind the double quotes that begin at `at`; a quote inside is doubled. Those that are not closed end
/// with the text.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
    do {
        at = std::min(text.find('"', at + 1), text.size() - 1) + 1;
    } while (at < text.size() && text[at] == '"');
    return at;
}

char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// The statements of the text: words with one space between them. Empty ones are left out.
std::vector<words> statements_of(std::string_view text) {
    std::vector<words> found(1);
    bool apart = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t behind = skip_comment(text, at);
        const bool ends = behind == at && text[at] == ';';
        auto& so_far = found.back();
        if (behind > at || ends || is_space(text[at])) {
            apart = true;
            at = std::max(behind, at + 1);
            if (ends && !so_far.plain.empty()) found.emplace_back();
            continue;
        }
        if (std::exchange(apart, false) && !so_far.written.empty()) so_far.written += ' ';
        behind = text[at] == '"' ? skip_quoted(text, at) : at + 1;
        so_far.written += text.substr(at, behind - at);
        at = behind;
        so_far.plain = so_far.written;
    }
    if (found.back().plain.empty()) found.pop_back();
    for (auto& one : found) std::transform(one.plain.begin(), one.plain.end(), one.plain.begin(), capital);
    return found;
}

std::string all_known() {
    std::string shows;
    std::string others;
    for (const auto& one : known) {
        const bool is_show = one.words.starts_with("SHOW ");
        auto& list = is_show ? shows : others;
        if (!list.empty()) list += ", ";
        list += is_show ? std::string(one.words.substr(5)) : usage_of(one);
    }
    return "The console knows SHOW " + shows + "; and " + others + ".";
}

bool begins_with(std::string_view words, std::string_view first) {
    return words.starts_with(first) && (words.size() == first.size() || words[first.size()] == ' ');
}

/// For what drivers and people send to a database: why it is not understood here.
std::optional<fault> not_a_database(std::string_view words) {
    for (const auto* first :
         {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT"}) {
        if (begins_with(words, first)) {
            return fault{sqlstate::feature_not_supported,
                         "there are no transactions on Weir's console", "",
                         "Switch the driver to autocommit."};
        }
    }
    if (begins_with(words, "RESET")) {
        return fault{sqlstate::feature_not_supported, "there is nothing to reset on Weir's console", "", all_known()};
    }
    for (const auto* first : {"SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE",
                              "MERGE", "COPY", "CREATE", "ALTER", "DROP", "TRUNCATE", "EXPLAIN"}) {
        if (begins_with(words, first)) {
            return fault{sqlstate::feature_not_supported, "this is Weir's console and no database",
                         "", "Connect to a database to run SQL. " + all_known()};
        }
    }
    return std::nullopt;
}

fault misused(const command_help& one, std::string why) {
    return {sqlstate::syntax_error, std::string(one.words) + ": " + std::move(why), "",
            "Its form is " + usage_of(one) + "."};
}

/// Takes the next word off the text, or a name in double quotes.
std::string take_word(std::string_view& text, bool& quoted) {
    quoted = text.starts_with('"');
    const auto end = quoted ? skip_quoted(text, 0) : std::min(text.find(' '), text.size());
    auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!quoted) return std::string(word);
    word.remove_prefix(1);
    if (word.ends_with('"')) word.remove_suffix(1);
    std::string name;
    for (std::size_t i = 0; i < word.size(); ++i) {
        name += word[i];
        if (word[i] == '"') ++i;
    }
    return name;
}

bool is_within(std::string_view word) {
    return word.size() == 6 && std::equal(word.begin(), word.end(), "WITHIN",
                                          [](char a, char b) { return capital(a) == b; });
}

/// key = value, or key TO value; the value in quotes or without.
result<order> with_setting(const command_help& one, std::string_view rest) {
    std::string upper(rest);
    std::transform(upper.begin(), upper.end(), upper.begin(), capital);
    const auto to = upper.find(" TO ");
    const auto equals = rest.find('=');
    const auto at = std::min(to, equals);
    if (at == rest.npos) return misused(one, "a value is missing");
    auto name = rest.substr(0, at);
    auto value = rest.substr(at == to ? at + 4 : at + 1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (value.size() > 1 && (value.front() == '\'' || value.front() == '"') && value.back() == value.front())
        value = value.substr(1, value.size() - 2);
    if (name.empty()) return misused(one, "a name is missing");
    for (const auto* word : {"SESSION ", "LOCAL "})
        if (std::string_view(upper).starts_with(word)) name.remove_prefix(std::min(name.size(), std::string_view(word).size()));
    return order{one.is, std::string(name), {}, std::string(value)};
}

/// What follows the words of a command: its name, and how long it may take.
result<order> with_operand(const command_help& one, std::string_view rest) {
    order made{one.is};
    bool quoted = false;
    auto word = take_word(rest, quoted);
    if (one.takes != operand::none && !(one.waits && !quoted && is_within(word))) {
        made.name = std::exchange(word, {});
        if (made.name.empty() && (quoted || one.takes != operand::database_or_none))
            return misused(one, "a name is missing");
        word = take_word(rest, quoted);
    }
    if (one.waits && !quoted && is_within(word)) {
        word = take_word(rest, quoted);
        std::int64_t ms = 0;
        const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), ms);
        if (failed != std::errc() || end != word.data() + word.size() || ms <= 0)
            return misused(one, "WITHIN takes a number of milliseconds");
        made.within = milliseconds(ms);
        word = take_word(rest, quoted);
    }
    if (!word.empty() || quoted) return misused(one, "\"" + shortened(word, quoted_length) + "\" is too much");
    return made;
}

}  // namespace

std::string usage_of(const command_help& one) {
    std::string text(one.words);
    switch (one.takes) {
        case operand::none: break;
        case operand::database_or_none: text += " [database]"; break;
        case operand::database: text += " database"; break;
        case operand::node: text += " name"; break;
        case operand::client: text += " ptr"; break;
        case operand::setting: text += " key = value"; break;
    }
    return one.waits ? text + " [WITHIN ms]" : text;
}

const command_help* command_list::begin() const { return known.data(); }
const command_help* command_list::end() const { return known.data() + known.size(); }

bool changes_something(command c) {
    switch (c) {
        case command::reload:
        case command::clear_learned:
        case command::clear_digests:
        case command::pause:
        case command::resume:
        case command::drain_node:
        case command::undrain_node:
        case command::kill:
        case command::kill_client:
        case command::set: return true;
        default: return false;
    }
}

result<order> parse_command(std::string_view statement) {
    const auto statements = statements_of(statement);
    if (statements.empty()) return order{command::empty};
    const auto& [plain, written] = statements.front();
    if (statements.size() > 1) {
        return fault{sqlstate::feature_not_supported, "the console takes one command at a time", "",
                     "Send the commands one by one."};
    }
    if (plain == "HELP" || plain == "SHOW") return order{command::help};
    for (const auto& one : known) {
        if (plain == one.words) return with_operand(one, {});
        if (one.takes == operand::none || !begins_with(plain, one.words)) continue;
        const auto rest = std::string_view(written).substr(one.words.size() + 1);
        return one.takes == operand::setting ? with_setting(one, rest) : with_operand(one, rest);
    }
    if (auto why = not_a_database(plain)) return std::move(*why);
    return fault{sqlstate::syntax_error,
                 "unknown command \"" + shortened(plain, quoted_length) + "\"", "", all_known()};
}

}  // namespace weir::admin
