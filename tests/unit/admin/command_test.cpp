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
        std::string text(one.words);
        if (one.takes != operand::none) text += one.takes == operand::setting ? " a = 5" : " 5";
        EXPECT_EQ(parse_command(text).value(), one.is) << text;
        EXPECT_GT(one.tells.size(), 5u);
        ++known;
    }
    EXPECT_EQ(known, 29);
}

TEST(console_command, a_setting_is_a_key_and_a_value) {
    for (const auto* text : {"set log.level=debug", "SET log.level = 'debug'", "set session log.level to \"debug\";",
                             "SET  log.level  TO  debug"}) {
        const auto parsed = parse_command(text);
        ASSERT_TRUE(parsed) << text;
        EXPECT_EQ(parsed->is, command::set);
        EXPECT_EQ(parsed->name, "log.level") << text;
        EXPECT_EQ(parsed->value, "debug") << text;
    }
    EXPECT_TRUE(parse_command("set log.level").has_error());
    EXPECT_TRUE(parse_command("set = 5").has_error());
}

TEST(console_command, a_name_stays_as_it_is_written) {
    for (const auto* text : {"pause Shop", "PAUSE  /* now */ Shop ;", "pause \"Shop\""})
        EXPECT_EQ(parse_command(text).value(), (order{command::pause, "Shop"})) << text;
    EXPECT_EQ(parse_command("drain node \"a \"\"b;--\"").value(),
              (order{command::drain_node, "a \"b;--"}));
    EXPECT_EQ(parse_command("undrain node 10.0.0.1:5432;").value(),
              (order{command::undrain_node, "10.0.0.1:5432"}));
    EXPECT_EQ(parse_command("kill shop").value(), (order{command::kill, "shop"}));
    EXPECT_EQ(parse_command("kill_client 7").value(), (order{command::kill_client, "7"}));
}

TEST(console_command, pause_and_resume_need_no_name) {
    EXPECT_EQ(parse_command("PAUSE;").value(), order{command::pause});
    EXPECT_EQ(parse_command("resume").value(), order{command::resume});
}

TEST(console_command, what_waits_may_be_told_how_long) {
    const milliseconds ms(1500);
    EXPECT_EQ(parse_command("pause within 1500").value(), (order{command::pause, "", ms}));
    EXPECT_EQ(parse_command("pause shop WITHIN 1500;").value(), (order{command::pause, "shop", ms}));
    EXPECT_EQ(parse_command("pause \"within\" within 1500").value(), (order{command::pause, "within", ms}));
    EXPECT_EQ(parse_command("drain node a within 1500").value(), (order{command::drain_node, "a", ms}));
    for (const auto* text : {"pause within", "pause shop within soon", "pause shop within 0",
                             "pause shop within 10s", "pause shop within -1"})
        EXPECT_THAT(refusal_of(text).message, HasSubstr("a number of milliseconds")) << text;
}

TEST(console_command, a_form_that_is_wrong_is_told_the_right_one) {
    const auto why = refusal_of("DRAIN NODE");
    EXPECT_EQ(why.sqlstate, "42601");
    EXPECT_EQ(why.message, "DRAIN NODE: a name is missing");
    EXPECT_EQ(why.hint, "Its form is DRAIN NODE name [WITHIN ms].");
    EXPECT_EQ(refusal_of("KILL").hint, "Its form is KILL database.");
    EXPECT_EQ(refusal_of("RESUME a b").message, "RESUME: \"b\" is too much");
    EXPECT_EQ(refusal_of("RESUME a within 5").message, "RESUME: \"within\" is too much");
    EXPECT_EQ(refusal_of("PAUSE \"\"").message, "PAUSE: a name is missing");
    EXPECT_EQ(refusal_of("DRAIN").sqlstate, "42601");
    EXPECT_EQ(refusal_of("KILL_CLIENTS 5").sqlstate, "42601");
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
    EXPECT_EQ(refusal_of("RESET ALL").message, "there is nothing to reset on Weir's console");
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
