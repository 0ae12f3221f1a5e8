#include "config/document.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

item::table parsed(std::string_view text) {
    auto read = parse_document(text);
    if (auto* table = std::get_if<item::table>(&read)) return std::move(*table);
    ADD_FAILURE() << std::get<syntax_error>(read).message;
    return {};
}

place fault_in(std::string_view text) {
    const auto read = parse_document(text);
    const auto* fault = std::get_if<syntax_error>(&read);
    if (fault == nullptr) return {};
    EXPECT_FALSE(fault->message.empty()) << text;
    return fault->at;
}

TEST(Document, EntriesComeInTheOrderOfTheText) {
    const auto table = parsed("z = 1\na = 2\n[m]\n[b]\n");
    ASSERT_EQ(table.size(), 4U);
    EXPECT_EQ(table[0].name, "z");
    EXPECT_EQ(table[1].name, "a");
    EXPECT_EQ(table[2].name, "m");
    EXPECT_EQ(table[3].name, "b");
}

TEST(Document, EveryKindOfValueWithItsPlace) {
    const auto table = parsed(
        "a = 1\n  b = \"x\"\nc = true\nd = 1.5\ne = 1979-05-27\nf = [1, 2]\n"
        "g = { h = 1 }\n");
    ASSERT_EQ(table.size(), 7U);
    EXPECT_EQ(*table[0].held.as<std::int64_t>(), 1);
    EXPECT_EQ(*table[1].held.as<std::string>(), "x");
    EXPECT_EQ(table[1].at, (place{2, 3}));
    EXPECT_EQ(table[1].held.at, (place{2, 7}));
    EXPECT_TRUE(*table[2].held.as<bool>());
    EXPECT_EQ(*table[3].held.as<double>(), 1.5);
    EXPECT_NE(table[4].held.as<item::moment>(), nullptr);
    ASSERT_EQ(table[5].held.as<item::list>()->size(), 2U);
    EXPECT_EQ(table[5].held.as<item::list>()->at(1).at, (place{6, 9}));
    EXPECT_EQ(table[6].held.as<item::table>()->at(0).at, (place{7, 7}));
}

TEST(Document, MistakesHaveTheirPlace) {
    EXPECT_EQ(fault_in("a = 1\nb = \n").line, 2U);
    EXPECT_EQ(fault_in("a = 1\na = 2\n").line, 2U);
    EXPECT_EQ(fault_in("a = 1\n[a\n").line, 2U);
    EXPECT_EQ(fault_in("a = \"x\n").line, 1U);
    EXPECT_GE(fault_in("\n\n\xff\n").line, 2U);  // the last that is UTF-8
}

TEST(Document, WhereTheLibraryAssertsIsAMistakeToo) {
    EXPECT_EQ(fault_in("a = 1\n[*]\nb = 2\n"), (place{2, 0}));
    EXPECT_EQ(fault_in("[*]"), (place{1, 0}));
    EXPECT_EQ(fault_in("a = 1\n\n[[ = ]]"), (place{3, 0}));
}

TEST(Document, OutsideOfStringsAndCommentsAllIsAscii) {
    EXPECT_EQ(fault_in("a = 1\n[serv\xce\xa3]\n"), (place{2, 6}));
    EXPECT_EQ(fault_in("a = \xc2\xa0 1\n"), (place{1, 5}));
    EXPECT_EQ(fault_in("a = \"\"\"\n\xce\xa3\"\"\" \xce\n"), (place{2, 7}));
    EXPECT_EQ(fault_in("a = 22\"b \xce\xa3\"\n"), (place{1, 7}));
    // A point ahead of a string is a part of a name, and never of a value.
    EXPECT_EQ(fault_in("a = -1.\"\xce\xa3\""), (place{1, 8}));
    EXPECT_EQ(fault_in("a = [\n 1,\n 2.\"\xce\xa3\" ]"), (place{3, 4}));
    EXPECT_EQ(fault_in("a = { b = 1.'\xce\xa3' }"), (place{1, 13}));
    EXPECT_EQ(fault_in("a = \"\"\"\nb\\\xef\xbb\xbd\"\"\""), (place{2, 3}));
    EXPECT_EQ(fault_in("a = { b = 1 }.'\xce\xa3'"), (place{1, 15}));
    // Nor does a bracket inside of a value open a list in which a string could begin.
    EXPECT_EQ(fault_in("a = 0xg[['\xce\xa3' ]]"), (place{1, 10}));
    EXPECT_EQ(fault_in("a = [ 1, 0xg{'\xce\xa3' ]"), (place{1, 14}));
    const auto taken = [](std::string_view text) {
        return std::holds_alternative<item::table>(parse_document(text));
    };
    EXPECT_TRUE(taken("[a.\"\xce\xa3\"]\nb.\"\xce\xa3\" = { c.\"\xce\xa3\" = [1, 2], d.'x' = 3 }\n[[e.'f']]\ng.'h' = 1.5\n"));
    EXPECT_TRUE(taken("\xef\xbb\xbf# \xce\xa3\nx = \"\xce\xa3 # \\\" \xce\xa3\" # '\xce\xa3\n\"\xce\xa3\" = 'it\xce\xa3'\n"));
    EXPECT_TRUE(taken("a = [[ '\xce\xa3' ], # x\n [{ b = '\xce\xa3', c = [] }, ['d']],\n\n ['e'] ]\n"));
    EXPECT_TRUE(taken("a . \"b\" = [ \"c\", # \xce\xa3\n 'd', { 'e' = \"\"\"\xce\xa3\"\"\"\"} ]\n"));
    EXPECT_TRUE(taken("x = '''\n\xce\xa3 ' '' \n'''\ny = \"\"\"\xce\xa3 \\\"\"\" \xce\xa3\n\"\"\"\n"));
}

TEST(Document, DeepNestingEndsInAMistake) {
    EXPECT_EQ(fault_in("a = " + std::string(100'000, '[')).line, 1U);
    std::string tables = "a = ";
    for (int i = 0; i < 10'000; ++i) tables += "{a=";
    EXPECT_EQ(fault_in(tables).line, 1U);
}

}  // namespace
}  // namespace weir::config
