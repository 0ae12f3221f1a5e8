#include "catalog/builder.hpp"
#include "catalog/references.hpp"

namespace weir::catalog {
namespace {

std::string number(std::uint64_t n) { return std::to_string(n); }
std::string letter(char c) { return std::string(1, c); }
std::string truth(bool b) { return b ? "t" : "f"; }

void append_reaches(std::string& to, const char* kind, oid of, const std::vector<object_ref>& what) {
    if (!what.empty()) append_row(to, {kind, number(of), write_references(what)});
}

void append_function(std::string& to, const function& f) {
    const auto fewer = static_cast<unsigned>(f.most_arguments - f.least_arguments);
    const auto defaults = fewer - (f.variadic && fewer > 0 ? 1u : 0u);
    append_row(to, {"function", number(f.id), number(f.schema), f.name, letter(f.kind),
                    letter(f.volatility), f.language, truth(f.security_definer),
                    number(f.most_arguments), number(defaults), truth(f.variadic), f.search_path, f.body,
                    f.has_tree ? field(write_references(f.reaches)) : std::nullopt});
    if (!f.has_tree) append_reaches(to, "function_reaches", f.id, f.reaches);
}

}  // namespace

std::string write(const snapshot& what) {
    const auto& all = what.all();
    std::string out;
    append_row(out, {std::string(format_mark), std::string(format_number),
                     number(static_cast<std::uint64_t>(all.server_version)), all.database});
    for (const auto& [id, name] : all.schemas) append_row(out, {"schema", number(id), name});
    for (const auto& f : all.functions) append_function(out, f);
    for (const auto& o : all.operations)
        append_row(out, {"operator", number(o.id), number(o.schema), o.name, number(o.calls)});
    for (const auto& c : all.casts)
        append_row(out, {"cast", number(c.source), number(c.target), number(c.calls),
                         c.implicit ? "i" : "e"});
    for (const auto& t : all.types) {
        append_row(out, {"type", number(t.id), number(t.schema), t.name, letter(t.kind), number(t.base),
                         "0", "0"});
        append_reaches(out, "type_reaches", t.id, t.reaches);
    }
    for (const auto& r : all.relations) {
        append_row(out, {"relation", number(r.id), number(r.schema), r.name, letter(r.kind),
                         letter(r.persistence), truth(r.row_security)});
        for (const auto child : r.children) append_row(out, {"child", number(r.id), number(child)});
        append_reaches(out, "relation_reaches", r.id, r.reaches);
    }
    return out;
}

}  // namespace weir::catalog
