#include "query/builtins.hpp"

#include <gtest/gtest.h>

#include "case_file.hpp"

namespace weir::query {
namespace {

std::vector<std::vector<std::string>> rows_of(const std::string& table) {
    std::ifstream in(WEIR_SOURCE_DIR "/proxy/query/" + table);
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);)
        if (!line.starts_with('#')) rows.push_back(testing::split(line, '\t'));
    return rows;
}

/// The initialisers that the build makes of the table say the same as it.
TEST(builtins, every_judged_function_is_found_with_its_verdict) {
    const auto rows = rows_of("builtin_functions.tsv");
    EXPECT_GT(rows.size(), 700u);
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 5u) << row[0];
        const auto found = builtin_function(row[0]);
        ASSERT_TRUE(found) << row[0];
        EXPECT_EQ(row[1] == "harmless", found->why_not == obstacle::none) << row[0];
        EXPECT_EQ(row[2] == "-" ? "none" : row[2], testing::name_of(found->why_not)) << row[0];
        EXPECT_EQ(row[3] == "-" ? "none" : row[3], testing::names_of(found->pin)) << row[0];
        EXPECT_FALSE(row[4].empty()) << row[0];
    }
}

TEST(builtins, functions_that_only_other_servers_have_are_found_and_said_to_be_so) {
    const auto rows = rows_of("builtin_functions_other.tsv");
    EXPECT_GT(rows.size(), 140u);
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 5u) << row[0];
        const auto found = builtin_function(row[0]);
        ASSERT_TRUE(found) << row[0];
        EXPECT_TRUE(found->not_in_15) << row[0];
        EXPECT_EQ(row[1] == "harmless", found->why_not == obstacle::none) << row[0];
        EXPECT_EQ(row[2] == "-" ? "none" : row[2], testing::name_of(found->why_not)) << row[0];
        EXPECT_FALSE(row[4].empty()) << row[0];
    }
    EXPECT_FALSE(builtin_function("now")->not_in_15);
    EXPECT_FALSE(builtin_function("abs")->not_in_15);
}

TEST(builtins, every_name_is_found_as_what_it_is) {
    const auto rows = rows_of("builtin_names.tsv");
    EXPECT_GT(rows.size(), 2000u);
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 2u);
        const std::string& name = row[1];
        if (row[0] == "function") {
            const auto found = builtin_function(name);
            EXPECT_TRUE(found && found->why_not == obstacle::none) << name;
        }
        EXPECT_TRUE(row[0] != "operator" || is_builtin_operator(name)) << name;
        EXPECT_TRUE(row[0] != "type" || is_builtin_type(name)) << name;
        EXPECT_TRUE(row[0] != "relation" || is_replicated_catalog(name)) << name;
    }
}

TEST(builtins, other_names_are_not_known) {
    for (const char* name : {"", "f", "NOW", "now ", "no", "noww", "_", "pg_stat_activity"}) {
        EXPECT_FALSE(builtin_function(name)) << name;
        EXPECT_FALSE(is_builtin_operator(name)) << name;
        EXPECT_FALSE(is_builtin_type(name)) << name;
        EXPECT_FALSE(is_replicated_catalog(name)) << name;
    }
    EXPECT_TRUE(is_builtin_type("_int4"));
    EXPECT_FALSE(is_builtin_type("__int4"));
    EXPECT_FALSE(is_builtin_type("pg_class"));
    EXPECT_FALSE(is_builtin_operator("<=>"));
}

TEST(builtins, what_must_stay_on_the_primary_does) {
    for (const char* name : {"nextval",          "setval",
                             "currval",          "lastval",
                             "set_config",       "current_setting",
                             "pg_notify",        "pg_is_in_recovery",
                             "txid_current",     "pg_export_snapshot",
                             "inet_server_addr", "pg_backend_pid",
                             "pg_advisory_lock", "query_to_xml",
                             "pg_read_file",     "setseed",
                             "pg_walfile_name",  "pg_terminate_backend",
                             "lo_get",           "pg_stat_get_activity"})
        EXPECT_NE(builtin_function(name)->why_not, obstacle::none) << name;
}

}  // namespace
}  // namespace weir::query
