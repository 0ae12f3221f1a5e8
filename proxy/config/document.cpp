#include "config/document.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <array>

namespace weir::config {

namespace {

place start_of(const toml::source_region& region) {
    return {static_cast<std::uint32_t>(region.begin.line),
            static_cast<std::uint32_t>(region.begin.column)};
}

item convert(const toml::node& node);

item::table convert_table(const toml::table& table) {
    item::table out;
    for (const auto& [name, node] : table) {
        out.push_back({std::string(name.str()), start_of(name.source()), convert(node)});
    }
    // The library sorts by name; people read from the top.
    std::stable_sort(out.begin(), out.end(),
                     [](const entry& a, const entry& b) { return a.at < b.at; });
    return out;
}

item convert(const toml::node& node) {
    item out{start_of(node.source()), item::moment{}};
    if (const auto* table = node.as_table()) {
        out.value = convert_table(*table);
    } else if (const auto* array = node.as_array()) {
        item::list list;
        for (const auto& element : *array) list.push_back(convert(element));
        out.value = std::move(list);
    } else if (const auto* text = node.as_string()) {
        out.value = text->get();
    } else if (const auto* number = node.as_integer()) {
        out.value = number->get();
    } else if (const auto* real = node.as_floating_point()) {
        out.value = real->get();
    } else if (const auto* truth = node.as_boolean()) {
        out.value = truth->get();
    }
    return out;
}

}  // namespace

std::string_view phrase(const item& i) {
    static constexpr std::array<std::string_view, 7> phrases{
        "true or false", "a whole number", "a number with a point", "a string", "a date or time",
        "a list",        "a table"};
    return phrases.at(i.value.index());
}

std::variant<item::table, syntax_error> parse_document(std::string_view text) {
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return syntax_error{start_of(parsed.error().source()),
                            std::string(parsed.error().description())};
    }
    return convert_table(parsed.table());
}

}  // namespace weir::config
