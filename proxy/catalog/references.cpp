#include "catalog/references.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace weir::catalog {
namespace {

constexpr std::array<char, 4> letters = {'f', 'o', 'r', 't'};

/// Fields of nodes/primnodes.h and nodes/parsenodes.h that hold the oid of what runs or is read. The
/// functions of operators are found through them. Sorted.
constexpr std::array<std::pair<std::string_view, object_kind>, 15> tree_fields = {{
    {"aggfnoid", object_kind::function},
    {"cycle_mark_neop", object_kind::operation},
    {"endInRangeFunc", object_kind::function},
    {"eqop", object_kind::operation},
    {"funcid", object_kind::function},
    {"opno", object_kind::operation},
    {"opnos", object_kind::operation},
    {"relid", object_kind::relation},
    {"resulttype", object_kind::type},
    {"seqid", object_kind::relation},
    {"seqtypid", object_kind::type},
    {"sortop", object_kind::operation},
    {"startInRangeFunc", object_kind::function},
    {"tsmhandler", object_kind::function},
    {"winfnoid", object_kind::function},
}};

const object_kind* find_field(std::string_view name) {
    const auto* it = std::lower_bound(tree_fields.begin(), tree_fields.end(), name,
                                      [](const auto& row, std::string_view n) { return row.first < n; });
    return it != tree_fields.end() && it->first == name ? &it->second : nullptr;
}

/// A number, or a list as in (o 96 97).
void add_numbers(std::string_view text, object_kind kind, std::vector<object_ref>& to) {
    const bool is_list = text.starts_with("(o ");
    if (is_list) text.remove_prefix(3);
    for (;;) {
        oid id = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
        if (error != std::errc()) return;
        if (id != 0) to.push_back({kind, id});
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!is_list || !text.starts_with(' ')) return;
        text.remove_prefix(1);
    }
}

void read_tree(std::string_view text, std::vector<object_ref>& to) {
    for (auto at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
        const auto space = text.find(' ', at);
        if (space == std::string_view::npos) return;
        // Most fields are no number, or none that is an oid: these need not be looked for.
        const char first = space + 1 < text.size() ? text[space + 1] : '\0';
        if ((first < '1' || first > '9') && first != '(') continue;
        const auto* kind = find_field(text.substr(at + 1, space - at - 1));
        if (kind != nullptr) add_numbers(text.substr(space + 1), *kind, to);
    }
}

void read_written(std::string_view text, std::vector<object_ref>& to) {
    while (!text.empty()) {
        const auto end = text.find(' ');
        const auto word = text.substr(0, end);
        const auto* letter = std::find(letters.begin(), letters.end(), word.empty() ? '\0' : word[0]);
        if (letter != letters.end())
            add_numbers(word.substr(1), static_cast<object_kind>(letter - letters.begin()), to);
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::vector<object_ref> read_references(std::string_view text) {
    std::vector<object_ref> found;
    if (text.find(':') != std::string_view::npos) {
        read_tree(text, found);
    } else {
        read_written(text, found);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    found.shrink_to_fit();
    return found;
}

std::string write_references(const std::vector<object_ref>& refs) {
    std::string out;
    for (const auto& r : refs) {
        if (!out.empty()) out.push_back(' ');
        out.push_back(letters.at(static_cast<std::size_t>(r.kind)));
        out += std::to_string(r.id);
    }
    return out;
}

}  // namespace weir::catalog
