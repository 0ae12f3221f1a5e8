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

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\n\r\f\v";
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
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
    const bool alone = tree.statements().size() == 1;
    for (std::size_t i = 0; i < tree.statements().size(); ++i) {
        facts one = statement_facts(*tree.statements()[i]);
        for (named_statement& n : one.named)
            if (n.does == named_statement::act::prepare) {
                n.text = alone ? text : trimmed(text.substr(tree.place(i).offset, tree.place(i).length));
                one.literals_matter = true;  // they are part of what is kept
            }
        all = merge(all, one);
    }
    return all;
}

}  // namespace weir::query
