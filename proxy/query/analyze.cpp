#include "query/analyze.hpp"

#include "query/nesting.hpp"
#include "query/parse_tree.hpp"
#include "query/statement_facts.hpp"

namespace weir::query {
namespace {

facts not_understood(obstacle why) {
    facts f;
    f.why_not = why;
    f.writes_position = true;
    // A literal may be what does not parse (SET x = $1), so nothing is known of the shape.
    f.literals_matter = true;
    return f;
}

}  // namespace

facts analyze(std::string_view text, std::size_t limit_bytes) {
    if (text.size() > limit_bytes) return not_understood(obstacle::too_long);
    if (text.find('\0') != std::string_view::npos || !is_shallow(text))
        return not_understood(obstacle::unparsed);
    const parse_tree tree(text);
    if (!tree.parsed()) return not_understood(obstacle::unparsed);
    facts all;
    all.kind = statement_kind::empty;
    all.read_only = true;  // an empty query does nothing anywhere
    all.why_not = obstacle::none;
    for (const tree_node* statement : tree.statements())
        all = merge(all, statement_facts(*statement));
    return all;
}

}  // namespace weir::query
