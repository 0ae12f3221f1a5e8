#include "catalog/snapshot.hpp"

#include <gtest/gtest.h>

#include "catalog/builder.hpp"
#include "catalog/change_board.hpp"

namespace weir::catalog {
namespace {

using enum object_kind;

constexpr std::string_view saved =
    "weir-catalog\t1\t150020\tshop\n"
    "schema\t11\tpg_catalog\n"
    "schema\t2200\tpublic\n"
    "function\t1574\t11\tnextval\tf\tv\tinternal\tf\t1\t0\tf\t\\N\t\\N\t\\N\n"
    "function\t16501\t2200\tf\tf\ts\tsql\tt\t3\t1\tf\tpublic, \"a b\"\tselect 1\\n\\tfrom t\t\\N\n"
    "function\t16502\t2200\tf\tf\ts\tsql\tf\t2\t0\tt\t\\N\t\\N\tf1574\n"
    "function\t16503\t2200\ttotal\ta\ti\tinternal\tf\t1\t0\tf\t\\N\t\\N\t\\N\n"
    "function_reaches\t16503\tf1574 f16501\n"
    "operator\t16510\t2200\t+++\t16501\n"
    "cast\t23\t16520\t16501\te\n"
    "cast\t25\t16521\t0\ti\n"
    "type\t16520\t2200\tmood\te\t0\t3504\t3505\n"
    "type\t16521\t2200\tpositive\td\t23\t2597\t43\n"
    "type_reaches\t16521\t{OPEXPR :opno 521 :opfuncid 147}\n"
    "relation\t16530\t2200\tt\tp\tp\tf\n"
    "relation\t16531\t2200\tt_1\tr\tu\tf\n"
    "child\t16530\t16531\n"
    "relation\t16532\t2200\tv\tv\tp\tt\n"
    "relation_reaches\t16532\t{RTE :relid 16530 }\n"
    "relation_reaches\t16532\tf1574 r16530\n";

snapshot_ptr made() { return *read(saved, 7); }

TEST(snapshot, finds_by_name_and_by_oid) {
    const auto s = made();
    EXPECT_EQ(s->version(), 7u);
    EXPECT_EQ(s->all().database, "shop");
    EXPECT_EQ(s->schema("public"), 2200u);
    EXPECT_EQ(s->schema("nowhere"), 0u);
    ASSERT_EQ(s->functions("f").size(), 2u);
    EXPECT_EQ(s->functions("f")[0].id, 16501u);
    EXPECT_EQ(s->functions("g").size(), 0u);
    ASSERT_NE(s->find_function(16502), nullptr);
    EXPECT_EQ(s->find_function(16502)->id, 16502u);
    EXPECT_EQ(s->find_function(16500), nullptr);
    EXPECT_EQ(s->operations("+++").size(), 1u);
    EXPECT_EQ(s->find_operation(16510)->calls, 16501u);
    EXPECT_EQ(s->find_type(16521)->base, 23u);
    EXPECT_EQ(s->relations("t")[0].id, 16530u);
    EXPECT_EQ(s->objects(), 14u);
}

TEST(snapshot, a_function_takes_as_many_arguments_as_it_says) {
    const auto s = made();
    const auto& with_default = *s->find_function(16501);
    EXPECT_FALSE(with_default.takes(1));
    EXPECT_TRUE(with_default.takes(2));
    EXPECT_TRUE(with_default.takes(3));
    EXPECT_FALSE(with_default.takes(4));
    EXPECT_EQ(with_default.search_path, "public, \"a b\"");
    EXPECT_EQ(with_default.body, "select 1\n\tfrom t");
    EXPECT_TRUE(with_default.security_definer);
    const auto& variadic = *s->find_function(16502);
    EXPECT_FALSE(variadic.takes(0));
    EXPECT_TRUE(variadic.takes(1));
    EXPECT_TRUE(variadic.takes(100));
    EXPECT_TRUE(variadic.has_tree);
    EXPECT_TRUE(s->find_function(1574)->built_in());
    EXPECT_FALSE(variadic.built_in());
}

TEST(snapshot, what_comes_in_rows_of_its_own_is_of_its_object) {
    const auto s = made();
    const auto& view = *s->find_relation(16532);
    EXPECT_EQ(view.reaches, (std::vector<object_ref>{{function, 1574}, {relation, 16530}}));
    EXPECT_TRUE(view.row_security);
    EXPECT_EQ(s->find_relation(16530)->children, (std::vector<oid>{16531}));
    EXPECT_EQ(s->find_type(16521)->reaches,
              (std::vector<object_ref>{{function, 43}, {function, 2597}, {operation, 521}}));
    EXPECT_EQ(s->find_function(16503)->reaches,
              (std::vector<object_ref>{{function, 1574}, {function, 16501}}));
}

TEST(snapshot, casts_are_found_by_their_target_and_implicit_ones_at_once) {
    const auto s = made();
    ASSERT_EQ(s->casts(16520).size(), 1u);
    EXPECT_EQ(s->casts(16520)[0].calls, 16501u);
    EXPECT_EQ(s->casts(23).size(), 0u);
    ASSERT_EQ(s->implicit_casts().size(), 1u);
    EXPECT_EQ(s->implicit_casts()[0].target, 16521u);
}

TEST(snapshot, is_the_same_after_it_was_saved) {
    const auto s = made();
    const auto text = write(*s);
    const auto again = read(text, 8);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ((*again)->all().functions, s->all().functions);
    EXPECT_EQ((*again)->all().operations, s->all().operations);
    EXPECT_EQ((*again)->all().casts, s->all().casts);
    EXPECT_EQ((*again)->all().types, s->all().types);
    EXPECT_EQ((*again)->all().relations, s->all().relations);
    EXPECT_EQ(write(**again), text);
}

TEST(snapshot, text_that_is_none_is_told_with_its_line) {
    EXPECT_EQ(read("").error().message, "line 1: not a saved catalog");
    EXPECT_EQ(read("weir-catalog\t2\t1\tx\n").error().message, "line 1: format 2 is not known");
    EXPECT_EQ(read("weir-catalog\t1\t1\tx\nfunction\t1\n").error().message,
              "line 2: a row of kind function has 2 fields and not 14");
    EXPECT_EQ(read("weir-catalog\t1\t1\tx\nschema\tx\ty\n").error().message,
              "line 2: a row of kind schema without an oid");
    EXPECT_EQ(read("weir-catalog\t1\t1\tx\n\n").error().message,
              "line 2: not a row of a catalog: \"\"");
}

TEST(snapshot, counts_its_bytes) {
    std::string text(saved);
    for (int i = 0; i < 1000; ++i)
        text += "relation\t" + std::to_string(20000 + i) + "\t2200\ta_table_with_a_long_name_" +
                std::to_string(i) + "\tr\tp\tf\n";
    const auto more = (*read(text))->bytes() - made()->bytes();
    EXPECT_GT(more, 1000 * sizeof(struct relation));
    EXPECT_LT(more, 1000 * (sizeof(struct relation) + 100));
}

TEST(change_board, a_snapshot_is_not_current_from_the_sending_of_a_change_to_the_next_one) {
    const auto board = std::make_shared<change_board>();
    EXPECT_TRUE(board->is_current(0));
    {
        const pending_change one(board);
        EXPECT_FALSE(board->is_current(0));
        EXPECT_FALSE(board->is_current(board->ended())) << "loaded in the middle of it";
    }
    EXPECT_FALSE(board->is_current(0));
    EXPECT_TRUE(board->is_current(board->ended()));
}

TEST(change_board, tells_of_every_end) {
    int ends = 0;
    const auto board = std::make_shared<change_board>([&] { ++ends; });
    { const pending_change one(board); }
    EXPECT_EQ(ends, 1);
    {
        const pending_change one(board);
        const pending_change two(board);
        EXPECT_EQ(ends, 1);
    }
    EXPECT_EQ(ends, 3);
    EXPECT_EQ(board->ended(), 3u);
}

}  // namespace
}  // namespace weir::catalog
