#include "net/catalog_load.hpp"

#include <array>

#include "catalog/builder.hpp"

namespace weir::net {
namespace {

constexpr milliseconds load_within{60000};
constexpr std::size_t row_bytes = 64;  // at least, of each object in memory
constexpr int first_with_parsed_bodies = 140000;

constexpr const char* begin_text =
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog";

// The ids of temporary schemas, which no session shares.
#define TEMPORARY_SCHEMAS "ARRAY(SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_')"
#define RELATIONS "relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND relpersistence <> 't'"

constexpr const char* fingerprint_text =
    "SELECT concat_ws(' ',"
    "(SELECT concat(count(*), ':', sum(hashtextextended(nspname::text, oid::bigint))) FROM pg_namespace"
    " WHERE nspname !~ '^pg_(toast|temp)'),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_proc"
    " WHERE pronamespace <> ALL (t.ids)),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, aggfnoid::oid::bigint)))"
    " FROM pg_aggregate),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_operator"
    " WHERE oprnamespace <> ALL (t.ids)),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_cast),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_type"
    " WHERE typtype IN ('b', 'd', 'e', 'r', 'm') AND typcategory <> 'A' AND typnamespace <> ALL (t.ids)),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(relname::text, oid::bigint # (relnamespace::bigint << 32)"
    " # (ascii(relkind::text) << 16 | ascii(relpersistence::text) << 8 | relrowsecurity::int))))"
    " FROM pg_class WHERE " RELATIONS "),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(r.xmin::text, r.oid::bigint))) FROM pg_rewrite r"
    " JOIN pg_class c ON c.oid = r.ev_class WHERE c.relkind = 'v' AND c.relpersistence <> 't'),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_policy),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(inhparent::text, inhrelid::bigint)))"
    " FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE c.relpersistence <> 't'),"
    "(SELECT concat(count(*), ':', sum(hashtextextended(xmin::text, oid::bigint))) FROM pg_constraint"
    " WHERE contypid <> 0 AND connamespace <> ALL (t.ids)))"
    " FROM (SELECT " TEMPORARY_SCHEMAS " AS ids) t";

constexpr const char* counters_text =
    "SELECT string_agg(concat(pg_stat_get_tuples_inserted(c), ' ', pg_stat_get_tuples_updated(c), ' ',"
    " pg_stat_get_tuples_deleted(c)), ',') FROM unnest(ARRAY['pg_catalog.pg_namespace',"
    "'pg_catalog.pg_proc', 'pg_catalog.pg_aggregate', 'pg_catalog.pg_operator', 'pg_catalog.pg_cast',"
    "'pg_catalog.pg_type', 'pg_catalog.pg_class', 'pg_catalog.pg_rewrite', 'pg_catalog.pg_policy',"
    "'pg_catalog.pg_inherits', 'pg_catalog.pg_constraint']::regclass[]) c";

// Each gives rows as catalog::builder takes them.
constexpr std::array<const char*, 11> row_texts = {
    "SELECT 'schema', oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)'",
    "SELECT 'operator', oid, oprnamespace, oprname, oprcode::oid FROM pg_operator"
    " WHERE oprnamespace <> ALL (" TEMPORARY_SCHEMAS ")",
    "SELECT 'cast', castsource, casttarget, castfunc, castcontext FROM pg_cast WHERE oid >= 16384",
    // Rows of tables, and arrays of them, can be cast to and are not followed.
    "SELECT 'type', t.oid, t.typnamespace, t.typname, t.typtype,"
    " CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END,"
    " CASE WHEN t.typcategory = 'A' THEN 0 ELSE t.typinput::oid END,"
    " CASE WHEN t.typcategory = 'A' THEN 0 ELSE t.typoutput::oid END"
    " FROM pg_type t LEFT JOIN pg_type e ON e.oid = t.typelem WHERE t.typtype IN ('b', 'd', 'e', 'r', 'm')"
    " AND coalesce(e.typtype, 'b') <> 'c' AND t.typnamespace <> ALL (" TEMPORARY_SCHEMAS ")",
    "SELECT 'relation', oid, relnamespace, relname, relkind, relpersistence, relrowsecurity FROM pg_class"
    " WHERE " RELATIONS,
    "SELECT 'child', inhparent, inhrelid FROM pg_inherits JOIN pg_class c ON c.oid = inhparent"
    " WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'",
    "SELECT 'relation_reaches', r.ev_class, r.ev_action FROM pg_rewrite r"
    " JOIN pg_class c ON c.oid = r.ev_class WHERE c.relkind = 'v' AND r.ev_type = '1'"
    " AND c.oid >= 16384 AND c.relpersistence <> 't'",
    "SELECT 'relation_reaches', p.polrelid, p.polqual FROM pg_policy p"
    " JOIN pg_class c ON c.oid = p.polrelid WHERE p.polcmd IN ('r', '*') AND c.relrowsecurity",
    "SELECT 'type_reaches', contypid, conbin FROM pg_constraint WHERE contypid >= 16384",
    "SELECT 'function_reaches', aggfnoid::oid, concat_ws(' f', 'f' || aggtransfn::oid, aggfinalfn::oid,"
    " aggcombinefn::oid, aggserialfn::oid, aggdeserialfn::oid, aggmtransfn::oid, aggminvtransfn::oid,"
    " aggmfinalfn::oid) FROM pg_aggregate WHERE aggfnoid::oid >= 16384",
    nullptr,  // functions: as the server's version has them
};

/// Bodies of what is called for its promise alone are not needed.
std::string function_rows(int server_version) {
    const bool parsed = server_version >= first_with_parsed_bodies;
    const std::string tree = parsed ? "p.prosqlbody" : "NULL::text";
    return "SELECT 'function', p.oid, p.pronamespace, p.proname, p.prokind, p.provolatile, l.lanname,"
           " p.prosecdef, p.pronargs, p.pronargdefaults, p.provariadic <> 0,"
           " CASE WHEN p.proconfig IS NOT NULL THEN"
           " (SELECT substr(c, 13) FROM unnest(p.proconfig) c WHERE c LIKE 'search\\_path=%') END,"
           " CASE WHEN b.readable AND " +
           tree + " IS NULL THEN p.prosrc END, CASE WHEN b.readable THEN " + tree +
           " END FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang, LATERAL (SELECT l.lanname = 'sql'"
           " AND p.provolatile = 's' AND p.oid >= 16384 AS readable) b"
           " WHERE p.pronamespace <> ALL (" TEMPORARY_SCHEMAS ")";
}

}  // namespace

result<std::string> ask_fingerprint(catalog_connection& from, milliseconds within) {
    return from.ask(fingerprint_text, within);
}

result<std::string> ask_counters(catalog_connection& from, milliseconds within) {
    return from.ask(counters_text, within);
}

result<loaded_catalog> load_catalog(catalog_connection& from, const std::string& database,
                                    std::uint64_t version, std::size_t limit_bytes) {
    if (auto begun = from.ask(begin_text, load_within); !begun) return begun.error();
    auto fingerprint = ask_fingerprint(from, load_within);
    if (!fingerprint) return fingerprint.error();
    catalog::builder made;
    std::string first;
    catalog::append_row(first, {std::string(catalog::format_mark), std::string(catalog::format_number),
                                std::to_string(from.server_version()), database});
    if (auto wrong = made.add(first)) return fault{sqlstate::internal_error, *wrong};
    std::size_t rows = 0;
    const auto take = [&](std::string_view line) {
        if (++rows * row_bytes > limit_bytes)
            return std::string("it does not fit into catalog_cache_bytes");
        return made.add(line).value_or("");
    };
    for (const char* text : row_texts) {
        const std::string select = text != nullptr ? text : function_rows(from.server_version());
        auto copied = from.copy("COPY (" + select + ") TO STDOUT", load_within, take);
        if (!copied) return copied.error();
    }
    if (auto ended = from.ask("COMMIT", load_within); !ended) return ended.error();
    return loaded_catalog{made.finish(version), std::move(*fingerprint)};
}

}  // namespace weir::net
