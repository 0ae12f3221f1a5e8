#include "cli/route.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>

#include "cli/dry_run.hpp"

namespace weir::cli {

namespace {

/// A statement on one line.
std::string in_one_line(std::string text) {
    for (char& c : text)
        if (c == '\n' || c == '\r' || c == '\t') c = ' ';
    return text;
}

void print(const std::string& statement, const dry_route& r, bool brief, const streams& with) {
    with.out << in_one_line(statement) << "\n";
    if (brief) {
        with.out << "    " << r.route << ", " << r.reason;
        if (!r.rule.empty()) with.out << ", rule " << r.rule;
        with.out << "\n";
        return;
    }
    std::size_t widest = 0;
    for (const auto& [item, value] : r.explained) widest = std::max(widest, item.size());
    for (const auto& [item, value] : r.explained) {
        with.out << "    " << item << std::string(widest - item.size() + 2, ' ') << value << "\n";
    }
}

}  // namespace

int route(const route_command& c, const config::surroundings& world, const streams& with) {
    const auto loaded = config::load(c.file, world);
    if (const auto* errors = std::get_if<std::vector<config::complaint>>(&loaded)) {
        for (const config::complaint& each : *errors) with.err << to_string(each) << "\n";
        return exit_code::answer_is_no;
    }
    const auto& made = std::get<config::config>(loaded);
    const dry_run dry(made, facts_by_grammar(made));
    dry_client who;
    who.user = c.user;
    who.database = c.database.empty() ? c.user : c.database;
    who.application_name = c.application_name;
    who.address = c.client;
    const std::string script =
        c.statement != "-" ? c.statement
                           : std::string(std::istreambuf_iterator<char>(with.in), {});
    const auto statements = split_statements(script);
    if (statements.empty()) {
        with.err << "there is no statement to route\n";
        return exit_code::wrong_use;
    }
    for (const auto& statement : statements) {
        print(statement, dry.route(statement, who), c.brief, with);
        who.transaction = dry.after(statement, who.transaction);
    }
    return exit_code::fine;
}

}  // namespace weir::cli
