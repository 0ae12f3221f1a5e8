#include "query/trace_context.hpp"

#include <algorithm>

#include "query/lexer.hpp"

namespace weir::query {
namespace {

constexpr std::string_view name = "traceparent";
constexpr std::string_view form = "00-00000000000000000000000000000000-0000000000000000-00";

bool fits(std::string_view value) {
    return value.size() == form.size() && std::equal(value.begin(), value.end(), form.begin(), [](char c, char pattern) {
               return pattern == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

/// `traceparent='00-...'`, with any of =, :, quotes and blanks between.
std::string_view find_in_comment(std::string_view comment) {
    const auto at = comment.find(name);
    if (at == comment.npos) return {};
    const auto begin = comment.find_first_not_of("=: '\"", at + name.size());
    if (begin == comment.npos) return {};
    const auto value = comment.substr(begin, form.size());
    return fits(value) ? value : std::string_view();
}

}  // namespace

std::string_view trace_parent_of(std::string_view text) {
    if (text.find(name) == text.npos) return {};
    // What stands between two tokens is blank, or a comment.
    lexer scan(text);
    token each;
    std::size_t behind = 0;
    do {
        scan.next(each);
        const auto at = each.kind == token_kind::end ? text.size()
                                                     : static_cast<std::size_t>(each.text.data() - text.data());
        if (each.kind == token_kind::broken) return {};
        if (const auto found = find_in_comment(text.substr(behind, at - behind)); !found.empty()) return found;
        behind = at + each.text.size();
    } while (each.kind != token_kind::end);
    return {};
}

}  // namespace weir::query
