// What is understood as which command, and what is said to all the rest.
#include "admin/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::admin {
namespace {

using ::testing::HasSubstr;

fault refusal_of(std::string_view statement) {
    const auto parsed = parse_command(statement);
    EXPECT_TRUE(parsed.has_error()) << statement;
    return parsed.has_error() ? parsed.error() : fault{};
}

TEST(console_command, every_one_is_understood_as_it_is_written_in_the_help) {
    int known = 0;
    for (const auto& one : command_list{}) {
        EXPECT_EQ(parse_command(one.words).value(), one.is) << one.words;
        EXPECT_GT(one.tells.size(), 5u);
        ++known;
    }
    EXPECT_EQ(known, 14);
}

TEST(console_command, letter_case_white_space_semicolons_and_comments_do_not_matter) {
    for (const auto* text :
         {"show pools", "SHOW POOLS;", "  Show\n\tPools ; ", "SHOW POOLS;;;", "show/**/pools",
          "-- which\nshow -- pools?\n pools", "/* a /* nested */ one */ show pools /* open",
          "; show pools", "show pools -- end", "SHOW\r\nPOOLS;\r\n"}) {
        const auto parsed = parse_command(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(*parsed, command::show_pools) << text;
    }
}

TEST(console_command, nothing_is_the_empty_command) {
    for (const auto* text : {"", " ", ";", " ; ; ", "-- nothing", "/* nothing */", "/* open", "\n"})
        EXPECT_EQ(parse_command(text).value(), command::empty) << text;
}

TEST(console_command, help_is_easy_to_find) {
    for (const auto* text : {"help", "SHOW HELP;", "show"})
        EXPECT_EQ(parse_command(text).value(), command::help) << text;
}

TEST(console_command, an_unknown_one_is_a_syntax_error_that_lists_the_known) {
    const auto why = refusal_of("show nonsense;");
    EXPECT_EQ(why.sqlstate, "42601");
    EXPECT_EQ(why.message, "unknown command \"SHOW NONSENSE\"");
    EXPECT_THAT(why.hint, HasSubstr("SHOW NODES, ROUTES, RULES, DIGESTS, POOLS"));
    EXPECT_THAT(why.hint, HasSubstr("RELOAD"));
}

TEST(console_command, words_must_be_whole) {
    for (const auto* text :
         {"SHOWPOOLS", "SHOW POOL", "SHOW POOLS NOW", "SHO", "RELOADED", "\"SHOW\" POOLS"})
        EXPECT_EQ(refusal_of(text).sqlstate, "42601") << text;
}

TEST(console_command, a_long_one_is_not_repeated_in_full) {
    const auto why = refusal_of(std::string(100000, 'x'));
    EXPECT_LT(why.message.size(), 100u);
    EXPECT_THAT(why.message, HasSubstr("..."));
}

TEST(console_command, bytes_that_are_no_text_do_not_come_back) {
    EXPECT_EQ(refusal_of("SHOW \xff\xfe").message, "unknown command \"SHOW ??\"");
}

TEST(console_command, transactions_are_refused_with_the_way_out) {
    for (const auto* text :
         {"BEGIN", "begin;", "START TRANSACTION READ ONLY", "COMMIT", "ROLLBACK"}) {
        const auto why = refusal_of(text);
        EXPECT_EQ(why.sqlstate, "0A000") << text;
        EXPECT_THAT(why.hint, HasSubstr("autocommit")) << text;
    }
}

TEST(console_command, what_drivers_send_first_is_refused_with_a_reason) {
    for (const auto* text : {"SET extra_float_digits = 3", "RESET ALL"})
        EXPECT_EQ(refusal_of(text).message, "there are no settings on Weir's console");
    for (const auto* text :
         {"SELECT 1", "select\n1", "WITH x AS (SELECT 1) TABLE x", "DROP TABLE x"}) {
        const auto why = refusal_of(text);
        EXPECT_EQ(why.sqlstate, "0A000");
        EXPECT_EQ(why.message, "this is Weir's console and no database");
    }
    EXPECT_EQ(refusal_of("SETTINGS").sqlstate, "42601") << "a word that only begins alike";
}

TEST(console_command, one_at_a_time) {
    const auto why = refusal_of("SHOW NODES; SHOW POOLS");
    EXPECT_EQ(why.sqlstate, "0A000");
    EXPECT_THAT(why.message, HasSubstr("one command"));
}

}  // namespace
}  // namespace weir::admin
