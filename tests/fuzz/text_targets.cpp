// Readers of text: SQL of clients, files of the operator, what servers and other Weirs say.
#include <algorithm>

#include "catalog/copy_text.hpp"
#include "cluster/timeline_history.hpp"
#include "cluster/token.hpp"
#include "config/load.hpp"
#include "config/users_file.hpp"
#include "fuzz/target.hpp"
#include "query/analyze.hpp"
#include "query/digest.hpp"
#include "session/own_statement.hpp"

namespace weir::fuzz {

void users_file(bytes_view in) { (void)config::parse_users(in); }

void configuration(bytes_view in) {
    config::surroundings world;
    world.read_file = [&](const std::string& path) -> std::variant<std::string, config::complaint> {
        if (path == "weir.toml") return std::string(in);
        return config::complaint{path, 0, 0, "is not there", ""};
    };
    world.environment = [](const std::string&) { return std::nullopt; };
    world.parse_node = [](const std::string& conninfo) -> std::variant<config::node_settings, std::string> {
        if (conninfo.empty()) return std::string("is empty");
        config::node_settings node;
        node.conninfo = node.address.name = node.address.host = conninfo;
        return node;
    };
    const auto made = config::load("weir.toml", world);
    if (const auto* wrong = std::get_if<std::vector<config::complaint>>(&made))
        insist(!wrong->empty(), "what is refused is refused with a reason");
}

void digest(bytes_view in) {
    constexpr query::digest_key key{1, 2};
    const auto made = query::make_digest(in, key);
    (void)query::raw_digest(in, key);
    (void)query::hint_token(in);
    const auto text = query::digest_text(in);
    if (!made.well_formed) return;
    insist(query::make_digest(in, key).shape == made.shape, "a text has one digest");
    insist(query::digest_text(text) == text || text.size() > in.size(), "the text of a digest stands for itself");
}

void statement_facts(bytes_view in) {
    const auto known = query::analyze(in, 16 * 1024);
    insist(known.read_only == (known.why_not == query::obstacle::none), "a read has no obstacle, and all else has one");
    insist(!(known.read_only && known.writes_position), "a read writes nothing");
}

void token(bytes_view in) {
    const auto at = cluster::parse_token(in);
    if (!at || at->system_identifier == 0) return;
    insist(cluster::parse_token(cluster::to_token(at)) == at, "a token is written as it was read");
}

void timeline_history(bytes_view in) {
    const auto read = cluster::read_timeline_history(7, in);
    if (!read) return;
    for (const auto& fork : read->forks) {
        const auto carried = cluster::carried_over({1, fork.timeline, lsn{~0ull}}, 1, *read);
        insist(carried && carried->timeline == 7, "what is of an ended timeline is carried over");
    }
}

void own_statement(bytes_view in) {
    const auto known = query::analyze(in, 16 * 1024);
    if (session::may_be_own_statement(known)) (void)session::parse_own_statement(in);
}

void copy_text(bytes_view in) {
    const auto fields = catalog::split_row(in);
    std::string again;
    catalog::append_row(again, fields);
    again.pop_back();
    insist(catalog::split_row(again) == fields, "a row is written as it was read");
}

}  // namespace weir::fuzz
