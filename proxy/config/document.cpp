#include "config/document.hpp"

namespace {

/// The library (3.3) asserts where it should complain: "[*]" is enough to end the process.
struct library_assertion {};
[[noreturn]] void fail_assertion() { throw library_assertion(); }

}  // namespace
#define TOML_ASSERT(expression)              \
    do {                                     \
        if (!(expression)) fail_assertion(); \
    } while (false)
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

/// Whether parsing the text, good or bad, comes to an assertion.
bool asserts(std::string_view text) {
    try {
        static_cast<void>(toml::parse(text));
        return false;
    } catch (const library_assertion&) {
        return true;
    }
}

/// The parser reads forward and stops at the first mistake: the first lines come to the assertion
/// as soon as they hold its line.
std::uint32_t line_of_assertion(std::string_view text) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') ends.push_back(i + 1);
    }
    const auto first = std::partition_point(
        ends.begin(), ends.end(), [&](std::size_t end) { return !asserts(text.substr(0, end)); });
    return static_cast<std::uint32_t>(first - ends.begin() + 1);
}

}  // namespace

std::string_view phrase(const item& i) {
    static constexpr std::array<std::string_view, 7> phrases{
        "true or false", "a whole number", "a number with a point", "a string", "a date or time",
        "a list",        "a table"};
    return phrases.at(i.value.index());
}

std::variant<item::table, syntax_error> parse_document(std::string_view text) {
    try {
        const toml::parse_result parsed = toml::parse(text);
        if (parsed) return convert_table(parsed.table());
        return syntax_error{start_of(parsed.error().source()),
                            std::string(parsed.error().description())};
    } catch (const library_assertion&) {
        return syntax_error{{line_of_assertion(text), 0}, "a name or a value was expected"};
    }
}

}  // namespace weir::config
