// object: what a database's catalog holds, as far as it decides whether a statement is a read. Values;
// they say nothing of what is harmless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::catalog {

using oid = std::uint32_t;

/// Objects below it came with the server (access/transam.h, FirstNormalObjectId).
inline constexpr oid first_own_oid = 16384;
inline constexpr oid pg_catalog_oid = 11;

enum class object_kind : std::uint8_t { function, operation, relation, type };

/// By object and not by name: a row of pg_proc, pg_operator, pg_class or pg_type.
struct object_ref {
    object_kind kind = object_kind::function;
    oid id = 0;

    auto operator<=>(const object_ref&) const = default;
};

struct function {
    oid id = 0;
    oid schema = 0;
    std::string name;
    char kind = 'f';        // pg_proc.prokind: f, a aggregate, w window, p procedure
    char volatility = 'v';  // i, s, v; of an aggregate it says nothing
    bool security_definer = false;
    bool variadic = false;
    std::uint16_t least_arguments = 0;
    std::uint16_t most_arguments = 0;  // without what a variadic one takes beyond them
    std::string language;
    std::optional<std::string> search_path;  // of its SET clause
    std::optional<std::string> body;         // text of a STABLE function in SQL
    bool has_tree = false;                   // its body is one that was parsed when it was made
    std::vector<object_ref> reaches;  // what that tree holds; what an aggregate calls

    bool built_in() const { return schema == pg_catalog_oid && id < first_own_oid; }
    bool takes(int arguments) const {
        return arguments >= least_arguments && (variadic || arguments <= most_arguments);
    }
    bool operator==(const function&) const = default;
};

struct operation {
    oid id = 0;
    oid schema = 0;
    std::string name;
    oid calls = 0;  // a function

    bool built_in() const { return schema == pg_catalog_oid && id < first_own_oid; }
    bool operator==(const operation&) const = default;
};

/// A cast that somebody has made; those of PostgreSQL itself are not listed.
struct cast {
    oid source = 0;
    oid target = 0;
    oid calls = 0;  // 0: no function
    bool implicit = false;

    bool operator==(const cast&) const = default;
};

struct type {
    oid id = 0;
    oid schema = 0;
    std::string name;
    char kind = 'b';     // pg_type.typtype: b base, d domain, e enum, r range, m multirange, c composite, p
    oid base = 0;        // of a domain or an array: a type
    std::vector<object_ref> reaches;  // input and output functions, what constraints hold

    bool built_in() const { return schema == pg_catalog_oid && id < first_own_oid; }
    bool operator==(const type&) const = default;
};

struct relation {
    oid id = 0;
    oid schema = 0;
    std::string name;
    char kind = 'r';         // pg_class.relkind: r, p partitioned, v, m, f foreign, S sequence
    char persistence = 'p';  // p, u unlogged
    bool row_security = false;
    std::vector<oid> children;        // partitions, tables that inherit from it
    std::vector<object_ref> reaches;  // what the query of a view holds, and policies for reading

    bool operator==(const relation&) const = default;
};

}  // namespace weir::catalog
