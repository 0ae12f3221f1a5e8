#include "query/node_names.hpp"

#include <algorithm>
#include <array>

#include "query/builtins.hpp"

namespace weir::query {

std::vector<std::string_view> name_parts(const tree_node* list) {
    std::vector<std::string_view> parts;
    for (const tree_node* n = list == nullptr ? nullptr : list->first; n != nullptr; n = n->next)
        parts.push_back(n->has_type("String") ? n->body().text_of("sval") : std::string_view());
    return parts;
}

std::string_view built_in_name(const tree_node* list) {
    const std::vector<std::string_view> parts = name_parts(list);
    if (parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog")) return parts.back();
    return {};
}

bool is_temporary_schema(std::string_view schema) {
    return schema == "pg_temp" || schema.starts_with("pg_temp_") ||
           schema.starts_with("pg_toast_temp");
}

bool is_object_alias(std::string_view type) {
    static constexpr std::array<std::string_view, 11> types = {
        "regclass",    "regcollation", "regconfig",    "regdictionary", "regnamespace", "regoper",
        "regoperator", "regproc",      "regprocedure", "regrole",       "regtype"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool is_information_domain(std::string_view type) {
    static constexpr std::array<std::string_view, 5> domains = {
        "cardinal_number", "character_data", "sql_identifier", "time_stamp", "yes_or_no"};
    return std::find(domains.begin(), domains.end(), type) != domains.end();
}

obstacle relation_obstacle(std::string_view schema, std::string_view name) {
    if (is_temporary_schema(schema)) return obstacle::sequence_or_catalog;
    if (schema == "information_schema") return obstacle::none;
    if (schema != "pg_catalog" && !name.starts_with("pg_")) return obstacle::none;
    const bool built_in = schema.empty() || schema == "pg_catalog";
    if (built_in && is_replicated_catalog(name)) return obstacle::none;
    if (name == "pg_settings" || name == "pg_file_settings") return obstacle::reads_setting;
    if (name == "pg_sequences") return obstacle::sequence_or_catalog;
    return obstacle::tells_role;  // views of extensions, too: pg_stat_statements, pg_buffercache
}

}  // namespace weir::query
