#include "cli/test_cases.hpp"

#include "cli/loading.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include "config/document.hpp"
#include "config/nearest.hpp"

namespace weir::cli {

namespace {

using config::entry;
using config::in_quotes;
using config::item;
using complaints = std::vector<config::complaint>;

struct transaction_word {
    std::string_view word;
    routing::transaction_kind kind;
};
constexpr std::array transaction_words{
    transaction_word{"none", routing::transaction_kind::none},
    transaction_word{"read write", routing::transaction_kind::read_write},
    transaction_word{"read only", routing::transaction_kind::read_only},
    transaction_word{"repeatable read, read only", routing::transaction_kind::read_only_snapshot},
};

/// One key of a case: where its text goes. False: it is no such word.
struct case_key {
    std::string_view name;
    bool (*store)(test_case&, const std::string&);
};

bool store_transaction(test_case& c, const std::string& text) {
    for (const auto& each : transaction_words) {
        if (each.word != text) continue;
        c.who.transaction = each.kind;
        return true;
    }
    return false;
}

bool store_holds(test_case& c, const std::string& text) {
    using routing::held_lease;
    c.who.holds = text == "primary" ? held_lease::primary
                  : text == "replica" ? held_lease::replica
                                      : held_lease::none;
    return text == "primary" || text == "replica" || text == "none";
}

const std::array case_keys{
    case_key{"name", [](test_case& c, const std::string& v) { return c.name = v, true; }},
    case_key{"statement", [](test_case& c, const std::string& v) { return c.statement = v, true; }},
    case_key{"user", [](test_case& c, const std::string& v) { return c.who.user = v, true; }},
    case_key{"database", [](test_case& c, const std::string& v) { return c.who.database = v, true; }},
    case_key{"application_name",
             [](test_case& c, const std::string& v) { return c.who.application_name = v, true; }},
    case_key{"client", [](test_case& c, const std::string& v) { return c.who.address = v, true; }},
    case_key{"transaction", store_transaction},
    case_key{"holds", store_holds},
    case_key{"route", [](test_case& c, const std::string& v) { return c.route = v, true; }},
    case_key{"reason", [](test_case& c, const std::string& v) { return c.reason = v, true; }},
    case_key{"rule", [](test_case& c, const std::string& v) { return c.rule = v, true; }},
    case_key{"shadow", [](test_case& c, const std::string& v) { return c.shadow = v, true; }},
};

class case_reader {
public:
    explicit case_reader(std::string file) : file_(std::move(file)) {}

    void read(const item::table& root) {
        for (const entry& e : root) {
            const auto* list = e.held.as<item::list>();
            if (e.name != "case" || list == nullptr) {
                complain(e.at, "unknown " + in_quotes(e.name) + ", write [[case]]");
                continue;
            }
            for (const item& each : *list) read_case(each);
        }
        if (cases.empty() && found.empty()) complain({}, "holds no [[case]]");
    }

    std::vector<test_case> cases;
    complaints found;

private:
    void complain(config::place at, std::string message) {
        found.push_back({file_, at.line, at.column, std::move(message), {}});
    }
    void read_case(const item& one) {
        const auto* table = one.as<item::table>();
        if (table == nullptr) return complain(one.at, "a case must be a table, [[case]]");
        test_case made;
        made.line = one.at.line;
        made.name = "case " + std::to_string(cases.size() + 1);
        for (const entry& e : *table) read_key(e, made);
        if (made.statement.empty()) complain(one.at, made.name + " has no statement");
        if (!made.route && !made.reason && !made.rule && !made.shadow)
            complain(one.at, made.name + " expects nothing: write route, reason, rule or shadow");
        cases.push_back(std::move(made));
    }
    void read_key(const entry& e, test_case& to) {
        std::vector<std::string_view> names;
        for (const auto& k : case_keys) names.push_back(k.name);
        const auto k = std::find_if(case_keys.begin(), case_keys.end(),
                                    [&](const case_key& each) { return each.name == e.name; });
        if (k == case_keys.end()) {
            return complain(e.at, "unknown key " + in_quotes(e.name) + ", the nearest known one is " +
                                      in_quotes(config::nearest(e.name, names)));
        }
        const auto* text = e.held.as<std::string>();
        if (text == nullptr) return complain(e.held.at, e.name + " must be a string");
        if (!k->store(to, *text)) complain(e.held.at, e.name + " cannot be " + in_quotes(*text));
    }

    std::string file_;
};

void compare(const char* what, const std::optional<std::string>& expected, const std::string& found,
             std::vector<std::string>& to) {
    if (!expected || *expected == found) return;
    const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
    to.push_back(std::string(what) + ": expected " + shown(*expected) + ", found " + shown(found));
}

int run_all(const std::string& file, const std::vector<test_case>& cases, const dry_run& dry,
            const streams& with) {
    std::size_t failed = 0;
    for (const test_case& each : cases) {
        const auto found = dry.route(each.statement, each.who);
        const auto different = differences(each, found);
        if (different.empty()) continue;
        ++failed;
        with.out << file << ":" << each.line << ": " << each.name << "\n    " << each.statement << "\n";
        for (const auto& line : different) with.out << "  - " << line << "\n";
        for (const auto& [item, value] : found.explained)
            with.out << "    " << item << ": " << value << "\n";
    }
    with.out << cases.size() - failed << " of " << cases.size() << " cases as expected\n";
    return failed == 0 ? exit_code::fine : exit_code::answer_is_no;
}

}  // namespace

std::variant<std::vector<test_case>, complaints> read_cases(const std::string& file, std::string_view text) {
    auto parsed = config::parse_document(text);
    if (const auto* bad = std::get_if<config::syntax_error>(&parsed))
        return complaints{{file, bad->at.line, bad->at.column, bad->message, {}}};
    case_reader reader(file);
    reader.read(std::get<item::table>(parsed));
    if (!reader.found.empty()) return std::move(reader.found);
    return std::move(reader.cases);
}

std::vector<std::string> differences(const test_case& expected, const dry_route& found) {
    std::vector<std::string> all;
    compare("route", expected.route, found.route, all);
    compare("reason", expected.reason, found.reason, all);
    compare("rule", expected.rule, found.rule, all);
    compare("shadow", expected.shadow, found.shadows.empty() ? "" : found.shadows.front(), all);
    return all;
}

int test(const test_command& c, const config::surroundings& world, const streams& with) {
    const auto made = load_or_tell(c.file, world, with);
    if (!made) return exit_code::answer_is_no;
    const auto text = world.read_file(c.cases);
    if (const auto* bad = std::get_if<config::complaint>(&text)) {
        tell({*bad}, with);
        return exit_code::answer_is_no;
    }
    const auto cases = read_cases(c.cases, std::get<std::string>(text));
    if (const auto* errors = std::get_if<complaints>(&cases)) {
        tell(*errors, with);
        return exit_code::answer_is_no;
    }
    const dry_run dry(*made, facts_by_grammar(*made));
    return run_all(c.cases, std::get<std::vector<test_case>>(cases), dry, with);
}

}  // namespace weir::cli
