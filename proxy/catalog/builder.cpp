#include "catalog/builder.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "catalog/references.hpp"

namespace weir::catalog {
namespace {

template <class Number>
Number number(const field& f) {
    Number value = 0;
    if (f) std::from_chars(f->data(), f->data() + f->size(), value);
    return value;
}
char letter(const field& f) { return f && !f->empty() ? f->front() : '\0'; }
bool is_true(const field& f) { return letter(f) == 't'; }
std::string text(const field& f) { return f.value_or(""); }
std::vector<object_ref> references(const field& f) {
    return f ? read_references(*f) : std::vector<object_ref>();
}

constexpr std::array<std::pair<std::string_view, object_kind>, 3> reaching_kinds = {{
    {"relation_reaches\t", object_kind::relation},
    {"type_reaches\t", object_kind::type},
    {"function_reaches\t", object_kind::function},
}};

/// How many fields a row of this kind has; 0: there is no such kind.
std::size_t width_of(std::string_view kind) {
    if (kind == format_mark || kind == "cast") return kind == "cast" ? 5 : 4;
    if (kind == "schema" || kind == "child") return 3;
    if (kind == "function") return 14;
    if (kind == "operator") return 5;
    if (kind == "type") return 8;
    if (kind == "relation") return 7;
    return 0;
}

}  // namespace

std::optional<std::string> builder::add(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (add_reaches(line)) return std::nullopt;
    const auto f = split_row(line);
    const std::string kind = text(f[0]);
    const auto width = width_of(kind);
    if (width == 0) return "not a row of a catalog: \"" + kind.substr(0, 40) + "\"";
    if (f.size() != width)
        return "a row of kind " + kind + " has " + std::to_string(f.size()) + " fields and not " +
               std::to_string(width);
    if (kind == format_mark) {
        if (f[1] != format_number) return "format " + text(f[1]) + " is not known";
        made_.server_version = number<int>(f[2]);
        made_.database = text(f[3]);
        return std::nullopt;
    }
    const auto id = number<oid>(f[1]);
    if (id == 0) return "a row of kind " + kind + " without an oid";
    if (kind == "schema") {
        made_.schemas.emplace_back(id, text(f[2]));
    } else if (kind == "function") {
        add_function(f);
    } else if (kind == "operator") {
        made_.operations.push_back({id, number<oid>(f[2]), text(f[3]), number<oid>(f[4])});
    } else if (kind == "cast") {
        made_.casts.push_back({id, number<oid>(f[2]), number<oid>(f[3]), letter(f[4]) == 'i'});
    } else if (kind == "type") {
        add_type(f);
    } else if (kind == "relation") {
        add_relation(f);
    } else {
        children_.emplace_back(id, number<oid>(f[2]));
    }
    return std::nullopt;
}

/// Trees are long, and what COPY escapes in them is no part of a number: they are read as they come.
bool builder::add_reaches(std::string_view line) {
    for (const auto& [kind, of] : reaching_kinds) {
        if (!line.starts_with(kind)) continue;
        line.remove_prefix(kind.size());
        oid id = 0;
        const auto end = std::from_chars(line.data(), line.data() + line.size(), id).ptr;
        line.remove_prefix(static_cast<std::size_t>(end - line.data()));
        if (id == 0 || !line.starts_with('\t')) return false;
        reaches_.emplace_back(object_ref{of, id}, read_references(line.substr(1)));
        return true;
    }
    return false;
}

/// What the rows of all named objects begin with.
template <class Object>
static void begin_object(Object& made, const std::vector<field>& f) {
    made.id = number<oid>(f[1]);
    made.schema = number<oid>(f[2]);
    made.name = text(f[3]);
    made.kind = letter(f[4]);
}

void builder::add_function(const std::vector<field>& f) {
    function made;
    begin_object(made, f);
    made.volatility = letter(f[5]);
    made.language = text(f[6]);
    made.security_definer = is_true(f[7]);
    const auto arguments = number<unsigned>(f[8]);
    const auto defaults = number<unsigned>(f[9]);
    made.variadic = is_true(f[10]);
    made.most_arguments = static_cast<std::uint16_t>(arguments);
    // A variadic one may be called without the arguments that it takes any number of.
    const auto may_lack = defaults + (made.variadic ? 1u : 0u);
    made.least_arguments = static_cast<std::uint16_t>(arguments > may_lack ? arguments - may_lack : 0);
    made.search_path = f[11];
    made.body = f[12];
    made.has_tree = f[13].has_value();
    made.reaches = references(f[13]);
    made_.functions.push_back(std::move(made));
}

void builder::add_type(const std::vector<field>& f) {
    type made;
    begin_object(made, f);
    made.base = number<oid>(f[5]);
    for (const auto& calls : {f[6], f[7]})
        if (const auto id = number<oid>(calls); id != 0)
            made.reaches.push_back({object_kind::function, id});
    made_.types.push_back(std::move(made));
}

void builder::add_relation(const std::vector<field>& f) {
    relation made;
    begin_object(made, f);
    made.persistence = letter(f[5]);
    made.row_security = is_true(f[6]);
    made_.relations.push_back(std::move(made));
}

/// What came in rows of its own goes to the objects that it is of.
void builder::attach() {
    const auto merge = [](std::vector<object_ref>& to, const std::vector<object_ref>& from) {
        to.insert(to.end(), from.begin(), from.end());
        std::sort(to.begin(), to.end());
        to.erase(std::unique(to.begin(), to.end()), to.end());
        to.shrink_to_fit();
    };
    std::unordered_map<oid, relation*> relations;
    for (auto& r : made_.relations) relations[r.id] = &r;
    for (const auto& [parent, child] : children_)
        if (const auto of = relations.find(parent); of != relations.end())
            of->second->children.push_back(child);
    if (reaches_.empty()) return;
    std::unordered_map<oid, type*> types;
    for (auto& t : made_.types) types[t.id] = &t;
    std::unordered_map<oid, function*> functions;
    for (auto& f : made_.functions) functions[f.id] = &f;
    for (const auto& [of, what] : reaches_) {
        if (of.kind == object_kind::relation && relations.contains(of.id))
            merge(relations[of.id]->reaches, what);
        if (of.kind == object_kind::type && types.contains(of.id)) merge(types[of.id]->reaches, what);
        if (of.kind == object_kind::function && functions.contains(of.id))
            merge(functions[of.id]->reaches, what);
    }
}

snapshot_ptr builder::finish(std::uint64_t version) {
    attach();
    children_.clear();
    reaches_.clear();
    return std::make_shared<const snapshot>(std::exchange(made_, {}), version);
}

result<snapshot_ptr> read(std::string_view text, std::uint64_t version) {
    builder made;
    const auto mark = std::string(format_mark) + '\t';
    if (!text.starts_with(mark))
        return fault{sqlstate::config_file_error, "line 1: not a saved catalog", "",
                     "Save one with: weir catalog dump -c FILE -d DATABASE"};
    for (int line = 1; !text.empty(); ++line) {
        const auto end = text.find('\n');
        if (auto wrong = made.add(text.substr(0, end)))
            return fault{sqlstate::config_file_error, "line " + std::to_string(line) + ": " + *wrong};
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return made.finish(version);
}

}  // namespace weir::catalog
