#include "cli/route.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>

#include "catalog/builder.hpp"
#include "cli/catalog_dump.hpp"
#include "cli/dry_run.hpp"
#include "cli/loading.hpp"

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

result<std::string> catalog_text(const route_command& c, const std::string& database, const config::config& made,
                                 const config::surroundings& world) {
    if (c.connect) return read_catalog_now(made, database);
    auto read = world.read_file(c.catalog);
    if (const auto* complaint = std::get_if<config::complaint>(&read)) return fault{"", to_string(*complaint)};
    return result<std::string>(boost::system::in_place_value, std::get<std::string>(std::move(read)));
}

/// Nothing said of a catalog: the grammar alone.
result<facts_source> facts_for(const route_command& c, const dry_client& who, const config::config& made,
                               const config::surroundings& world) {
    if (!c.connect && c.catalog.empty()) return facts_by_grammar(made);
    const auto text = catalog_text(c, who.database, made, world);
    if (!text) return text.error();
    auto read = catalog::read(*text);
    if (!read) return read.error();
    auto names = query::make_scope(std::move(*read), c.search_path, who.user);
    if (!names) return fault{"", "\"" + c.search_path + "\" is no search_path"};
    return facts_by_catalog(made, std::move(*names));
}

}  // namespace

int route(const route_command& c, const config::surroundings& world, const streams& with) {
    const auto loaded = load_or_tell(c.file, world, with);
    if (!loaded) return exit_code::answer_is_no;
    const auto& made = *loaded;
    dry_client who;
    who.user = c.user;
    who.database = c.database.empty() ? c.user : c.database;
    who.application_name = c.application_name;
    who.address = c.client;
    const auto facts = facts_for(c, who, made, world);
    if (!facts) {
        with.err << facts.error().message << "\n";
        return exit_code::answer_is_no;
    }
    const dry_run dry(made, *facts);
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
        who.transaction = dry.after(statement, who);
    }
    return exit_code::fine;
}

}  // namespace weir::cli
