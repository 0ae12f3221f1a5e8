#include "query/trace_context.hpp"

#include <gtest/gtest.h>

namespace weir::query {
namespace {

const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(trace_context, is_found_in_comments_as_programs_write_it) {
    for (const auto& text : {"select 1 /*traceparent='" + parent + "',route='%2Fshop'*/", "/* traceparent=" + parent + " */ select 1",
                             "select 1 -- traceparent: " + parent, "/*action='x',traceparent='" + parent + "'*/ select 'a'"})
        EXPECT_EQ(trace_parent_of(text), parent) << text;
}

TEST(trace_context, is_not_looked_for_in_literals_and_names) {
    for (const auto& text : {"select 'traceparent=" + parent + "'", "select \"traceparent=" + parent + "\"",
                             "select $$ traceparent=" + parent + " $$", "select 1 /* trace=" + parent + " */",
                             std::string("select 1 /* traceparent=00-xyz */"), std::string("select traceparent from t"),
                             "select 'not closed /* traceparent=" + parent})
        EXPECT_EQ(trace_parent_of(text), "") << text;
}

}  // namespace
}  // namespace weir::query
