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

/// Of a string that begins here, its quotes included; of one that does not end: all that is left.
std::size_t length_of_string(std::string_view text) {
    const char quote = text.front();
    const bool multi = text.size() > 2 && text[1] == quote && text[2] == quote;
    const std::string_view end = multi ? text.substr(0, 3) : text.substr(0, 1);
    for (std::size_t at = end.size(); at < text.size(); ++at) {
        if (text[at] == '\\' && quote == '"') {
            ++at;
        } else if (text.substr(at).starts_with(end)) {
            // Of more than three quotes the last three end it.
            at += end.size();
            while (multi && at < text.size() && text[at] == quote) ++at;
            return at;
        } else if (!multi && text[at] == '\n') {
            return at;
        }
    }
    return text.size();
}

/// Where a backslash in a string is followed, but for blanks and ends of lines, by what is not ASCII: no escape, and
/// behind the end of a line the parser's tables have the same holes. npos: nowhere.
std::size_t stray_escape(std::string_view string) {
    for (std::size_t i = 0; string.front() == '"' && i + 1 < string.size(); ++i) {
        if (string[i] != '\\') continue;
        const auto next = string.find_first_not_of(" \t\r\n", i + 1);
        if (next != std::string_view::npos && static_cast<unsigned char>(string[next]) >= 0x80) return next;
        ++i;
    }
    return std::string_view::npos;
}

/// Whether a name or a value is being read, as far as the marks of TOML tell.
class reading_of {
public:
    bool value() const { return value_; }
    void pass(char c) {
        const bool in_array = !open_.empty() && open_.back() == '[';
        switch (c) {
            case '=': value_ = true; break;
            case '[':
                if (value_) open_.push_back(c);  // else the name of a table
                break;
            case '{':
                open_.push_back(c);
                value_ = false;
                break;
            case ']':
            case '}':
                if (!open_.empty()) open_.pop_back();
                value_ = value_ || c == '}';
                break;
            case ',': value_ = in_array; break;
            case '\n': value_ = value_ && !open_.empty(); break;
            default: break;
        }
    }

private:
    std::string open_;
    bool value_ = false;
};

/// The first character outside of strings and comments that is not ASCII, or quote where no string can begin. TOML has
/// neither, and the parser's tables have holes for some of the former, into which it falls.
std::optional<place> stray_character(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    constexpr std::string_view ahead_of_strings = "\n=[{,.";
    constexpr std::string_view ahead_of_values = "\n=[{,";
    reading_of now;
    place at{1, 1};
    char before = '\n';  // but for blanks
    std::size_t i = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    const auto pass = [&](std::size_t count) {
        for (const std::size_t end = std::min(i + count, text.size()); i < end; ++i) {
            ++at.column;
            if (text[i] == '\n') at = {at.line + 1, 1};
        }
    };
    while (i < text.size()) {
        const char c = text[i];
        const bool quote = c == '"' || c == '\'';
        if (static_cast<unsigned char>(c) >= 0x80) return at;
        if (quote && ahead_of_strings.find(before) == std::string_view::npos) return at;
        if (quote && before == '.' && now.value()) return at;
        // Within a value that has no quotes a bracket is a character like others, and opens nothing.
        const bool plain = (c == '[' || c == '{') && now.value() && ahead_of_values.find(before) == std::string_view::npos;
        if (!plain) now.pass(c);
        if (c != ' ' && c != '\t' && c != '\r') before = plain ? 'x' : c;
        if (c == '#') {
            pass(std::min(text.find('\n', i), text.size()) - i);
        } else {
            const auto whole = text.substr(i, quote ? length_of_string(text.substr(i)) : 1);
            if (const auto bad = quote ? stray_escape(whole) : std::string_view::npos; bad != std::string_view::npos) {
                pass(bad);
                return at;
            }
            pass(whole.size());
        }
    }
    return std::nullopt;
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
    if (const auto stray = stray_character(text))
        return syntax_error{*stray, "a quote stands where no string can begin, or a character that is not ASCII outside of strings"};
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
