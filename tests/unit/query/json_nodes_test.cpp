#include "query/json_nodes.hpp"

#include <gtest/gtest.h>

#include <string>

#include "query/parse_tree.hpp"

namespace weir::query {
namespace {

/// The tree written down again, without blanks; "refused" where it is no JSON.
std::string reread(std::string json) {
    std::pmr::monotonic_buffer_resource memory;
    const tree_node* root = json_nodes(json.data(), memory).read();
    if (root == nullptr) return "refused";
    std::string out;
    auto write = [&](auto& self, const tree_node& n) -> void {
        if (!n.key.empty()) out += std::string(n.key) + ":";
        if (!n.is_object && !n.is_list) out += n.text;
        if (n.is_object || n.is_list) out += n.is_object ? "{" : "[";
        for (const tree_node* c = n.first; c != nullptr; c = c->next) {
            self(self, *c);
            if (c->next != nullptr) out += ",";
        }
        if (n.is_object || n.is_list) out += n.is_object ? "}" : "]";
    };
    write(write, *root);
    return out;
}

TEST(json_nodes, reads_what_libpg_query_writes) {
    EXPECT_EQ(reread(R"({"a":1,"b":[{"C":{}},{},"x",-2],"d":true,"e":[]})"),
              "{a:1,b:[{C:{}},{},x,-2],d:true,e:[]}");
    EXPECT_EQ(reread(R"("a\"\\\n\t\u003c\u0001b")"),
              "a\"\\\n\t<\x01"
              "b");
    EXPECT_EQ(reread("[]"), "[]");
}

TEST(json_nodes, refuses_anything_else) {
    for (const char* json :
         {"",        "{",         "[",           "[1",          "[1,", "[1 2]",      "{1}",
          "{\"a\"}", "{\"a\":}",  "{\"a\":1]",   "[}",          "\"",  "\"a",        "\"\\",
          "\"\\x\"", "\"\\u12\"", "\"\\u00e4\"", "\"\\u0000\"", "1 2", "{\"a\" :1}", ","})
        EXPECT_EQ(reread(json), "refused") << json;
}

TEST(json_nodes, goes_to_any_depth) {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    std::string json = deep;
    std::pmr::monotonic_buffer_resource memory;
    EXPECT_NE(json_nodes(json.data(), memory).read(), nullptr);
}

TEST(parse_tree, gives_each_statement_with_its_type) {
    const parse_tree tree("select 1; ; delete from t");
    ASSERT_TRUE(tree.parsed());
    ASSERT_EQ(tree.statements().size(), 2u);
    EXPECT_EQ(tree.statements()[0]->type(), "SelectStmt");
    EXPECT_TRUE(tree.statements()[1]->has_type("DeleteStmt"));
    EXPECT_EQ(tree.statements()[1]->body().child("relation")->text_of("relname"), "t");
    EXPECT_EQ(tree.statements()[1]->body().child("nothing"), nullptr);
    EXPECT_FALSE(parse_tree("selekt").parsed());
    EXPECT_TRUE(parse_tree("").parsed());
}

/// A name is data, whatever it looks like.
TEST(parse_tree, cannot_be_fooled_by_names) {
    const parse_tree tree(R"(select "x""}]},{""stmt"":{""SelectStmt""" from "\u0041\")");
    ASSERT_TRUE(tree.parsed());
    ASSERT_EQ(tree.statements().size(), 1u);
    const tree_node& select = tree.statements()[0]->body();
    EXPECT_EQ(select.child("fromClause")->first->body().text_of("relname"), R"(\u0041\)");
}

}  // namespace
}  // namespace weir::query
