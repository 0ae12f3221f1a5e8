#include "query/builtins.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace weir::query {
namespace {

enum class verdict : std::uint8_t { harmless, primary };
enum class name_kind : std::uint8_t { function_name, operator_name, relation_name, type_name };

struct function_row {
    std::string_view name;
    verdict judged;
    obstacle why_not;
    pin_cause pin;
};
using name_row = std::pair<name_kind, std::string_view>;

// All sorted: the tables are, by bytes.
constexpr function_row functions[] = {
#include "query/builtin_functions.inc"
};
constexpr function_row other_functions[] = {
#include "query/builtin_functions_other.inc"
};
constexpr name_row names[] = {
#include "query/builtin_names.inc"
};

bool is_known(name_kind kind, std::string_view name) {
    return std::binary_search(std::begin(names), std::end(names), name_row{kind, name});
}

template <std::size_t Rows>
std::optional<function_verdict> judged(const function_row (&table)[Rows], std::string_view name) {
    const auto* row =
        std::lower_bound(std::begin(table), std::end(table), name,
                         [](const function_row& r, std::string_view n) { return r.name < n; });
    if (row == std::end(table) || row->name != name) return std::nullopt;
    if (row->judged == verdict::harmless) return function_verdict{};
    return function_verdict{row->why_not, row->pin};
}

}  // namespace

std::optional<function_verdict> builtin_function(std::string_view name) {
    if (const auto found = judged(functions, name)) return found;
    if (is_known(name_kind::function_name, name)) return function_verdict{};
    std::optional<function_verdict> found = judged(other_functions, name);
    if (found) found->not_in_15 = true;
    return found;
}

bool is_builtin_operator(std::string_view name) { return is_known(name_kind::operator_name, name); }

bool is_builtin_type(std::string_view name) {
    if (name.starts_with('_')) name.remove_prefix(1);
    return name == "record" || is_known(name_kind::type_name, name);
}

bool is_replicated_catalog(std::string_view name) {
    return is_known(name_kind::relation_name, name);
}

}  // namespace weir::query
