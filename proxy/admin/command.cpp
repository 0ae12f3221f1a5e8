#include "admin/command.hpp"

#include <algorithm>
#include <array>
#include <optional>
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
    command_help{command::show_pins, "SHOW PINS",
                 "which clients keep their connection between transactions, why, since when and by which statement"},
    command_help{command::show_stats, "SHOW STATS", "requests and their time, by database"},
    command_help{command::show_databases, "SHOW DATABASES", "databases and where they are"},
    command_help{command::show_lists, "SHOW LISTS", "how many there are of everything"},
    command_help{command::show_version, "SHOW VERSION", "Weir's version"},
    command_help{command::help, "SHOW HELP", "this list"},
    command_help{command::clear_learned, "CLEAR LEARNED",
                 "sends to replicas again what they have refused"},
    command_help{command::reload, "RELOAD",
                 "reads the configuration again; tells what has changed"},
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

/// The statements of the text: words in capitals with one space between them. Empty ones are left
/// out.
std::vector<std::string> statements_of(std::string_view text) {
    std::vector<std::string> found(1);
    bool apart = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t behind = skip_comment(text, at);
        const bool ends = behind == at && text[at] == ';';
        if (behind > at || ends || is_space(text[at])) {
            apart = true;
            at = std::max(behind, at + 1);
            if (ends && !found.back().empty()) found.emplace_back();
            continue;
        }
        if (apart && !found.back().empty()) found.back() += ' ';
        apart = false;
        const char c = text[at++];
        found.back() += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    if (found.back().empty()) found.pop_back();
    return found;
}

std::string all_known() {
    std::string shows;
    std::string others;
    for (const auto& one : known) {
        const bool is_show = one.words.starts_with("SHOW ");
        auto& list = is_show ? shows : others;
        if (!list.empty()) list += ", ";
        list += is_show ? one.words.substr(5) : one.words;
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
    if (begins_with(words, "SET") || begins_with(words, "RESET")) {
        return fault{sqlstate::feature_not_supported, "there are no settings on Weir's console", "",
                     all_known()};
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

}  // namespace

const command_help* command_list::begin() const { return known.data(); }
const command_help* command_list::end() const { return known.data() + known.size(); }

result<command> parse_command(std::string_view statement) {
    const auto statements = statements_of(statement);
    if (statements.empty()) return command::empty;
    const auto& words = statements.front();
    if (statements.size() > 1) {
        return fault{sqlstate::feature_not_supported, "the console takes one command at a time", "",
                     "Send the commands one by one."};
    }
    if (words == "HELP" || words == "SHOW") return command::help;
    for (const auto& one : known) {
        if (words == one.words) return one.is;
    }
    if (auto why = not_a_database(words)) return std::move(*why);
    return fault{sqlstate::syntax_error,
                 "unknown command \"" + shortened(words, quoted_length) + "\"", "", all_known()};
}

}  // namespace weir::admin
