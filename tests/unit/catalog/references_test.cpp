#include "catalog/references.hpp"

#include <gtest/gtest.h>

namespace weir::catalog {
namespace {

using enum object_kind;
using refs = std::vector<object_ref>;

// PostgreSQL 15, from pg_rewrite: SELECT nextval('s') AS n, a + 1 AS b FROM t WHERE a = ANY (ARRAY[1, 2]).
constexpr std::string_view tree =
    "({QUERY :commandType 1 :rtable ({RTE :alias <> :eref {ALIAS :aliasname t :colnames (\"a\")} :rtekind 0 "
    ":relid 16390 :relkind r :rellockmode 1 :tablesample <>}) :targetList ({TARGETENTRY :expr {FUNCEXPR "
    ":funcid 1574 :funcresulttype 20 :args ({CONST :consttype 2205 :constvalue 4 [ 6 64 0 0 0 0 0 0 ]})} "
    ":resno 1} {TARGETENTRY :expr {OPEXPR :opno 551 :opfuncid 177 :opresulttype 23 :opretset false}}) "
    ":quals {ROWCOMPAREEXPR :rctype 1 :opnos (o 97 412) :opfamilies (o 1976 1976)} :sortop 0})";

TEST(references, of_a_tree_are_its_oids) {
    EXPECT_EQ(read_references(tree), (refs{{function, 1574},
                                           {operation, 97},
                                           {operation, 412},
                                           {operation, 551},
                                           {relation, 16390}}));
}

TEST(references, of_expressions_that_call_without_a_function_expression) {
    EXPECT_EQ(read_references("{AGGREF :aggfnoid 16401 :aggtype 23}"), (refs{{function, 16401}}));
    EXPECT_EQ(read_references("{WINDOWFUNC :winfnoid 16402 }"), (refs{{function, 16402}}));
    EXPECT_EQ(read_references("{COERCEVIAIO :arg {VAR :varno 1} :resulttype 16403 :resultcollid 0}"),
              (refs{{type, 16403}}));
    EXPECT_EQ(read_references("{NEXTVALUEEXPR :seqid 16404 :typeId 20}"), (refs{{relation, 16404}}));
    EXPECT_EQ(read_references("{SORTGROUPCLAUSE :tleSortGroupRef 1 :eqop 16405 :sortop 16406 "
                              ":nulls_first false}"),
              (refs{{operation, 16405}, {operation, 16406}}));
}

TEST(references, are_the_same_after_they_were_written) {
    const auto found = read_references(tree);
    EXPECT_EQ(write_references(found), "f1574 o97 o412 o551 r16390");
    EXPECT_EQ(read_references(write_references(found)), found);
    EXPECT_EQ(read_references(""), refs{});
}

TEST(references, of_any_bytes_are_some) {
    for (std::size_t cut = 0; cut < tree.size(); ++cut) read_references(tree.substr(0, cut));
    EXPECT_EQ(read_references(":funcid 99999999999999999999"), refs{});
    EXPECT_EQ(read_references(":opnos (o "), refs{});
    EXPECT_EQ(read_references("x12 f o7 "), (refs{{operation, 7}}));
}

}  // namespace
}  // namespace weir::catalog
