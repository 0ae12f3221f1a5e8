// What is set, as a value, and the text that brings a connection from one such value to another.
#include "session/settings.hpp"

#include <gtest/gtest.h>

namespace weir::session {
namespace {

using texts = std::vector<std::string>;

settings_ptr set(std::vector<setting> all) { return std::make_shared<const settings>(std::move(all)); }

std::string config(const std::string& name, const std::string& value) {
    return "pg_catalog.set_config('" + name + "', '" + value + "', false)";
}

TEST(settings, are_equal_in_any_order) {
    const settings one({{"a", "1"}, {"b", "2"}});
    const settings other({{"b", "2"}, {"a", "1"}});
    EXPECT_EQ(one, other);
    EXPECT_EQ(one.digest(), other.digest());
    EXPECT_EQ(one.all().front().name, "a");
}

TEST(settings, differ_by_name_value_and_number) {
    const auto one = set({{"a", "1"}, {"b", "2"}});
    for (const auto& other : {set({{"a", "1"}}), set({{"a", "1"}, {"b", "3"}}), set({{"a", "1"}, {"c", "2"}}),
                              set({{"a", "2"}, {"b", "1"}}), set({{"a", "1"}, {"b", "2"}, {"c", ""}}),
                              settings_ptr()}) {
        EXPECT_FALSE(equal(one, other));
        EXPECT_NE(digest_of(one), digest_of(other));
    }
    EXPECT_TRUE(equal(nullptr, nullptr));
    EXPECT_TRUE(equal(one, set({{"b", "2"}, {"a", "1"}})));
    EXPECT_EQ(digest_of(nullptr), 0u);
    EXPECT_NE(digest_of(set({})), 0u);
}

TEST(settings, are_found_by_name) {
    const auto some = set({{"work_mem", "4096"}, {"DateStyle", "ISO, MDY"}, {"app.t", ""}});
    ASSERT_NE(find(some, "work_mem"), nullptr);
    EXPECT_EQ(*find(some, "work_mem"), "4096");
    EXPECT_EQ(*find(some, "app.t"), "");
    EXPECT_EQ(find(some, "work"), nullptr);
    EXPECT_EQ(find(some, "zone"), nullptr);
    EXPECT_EQ(find(nullptr, "work_mem"), nullptr);
}

TEST(settings, with_another_value) {
    const auto some = set({{"a", "1"}, {"b", "2", true}});
    const std::string three = "3";
    EXPECT_EQ(*with(some, "a", &three), *set({{"a", "3"}, {"b", "2", true}}));
    EXPECT_EQ(*with(some, "c", &three), *set({{"a", "1"}, {"b", "2", true}, {"c", "3"}}));
    EXPECT_EQ(*with(some, "a", nullptr), *set({{"b", "2", true}}));
    EXPECT_EQ(*with(nullptr, "c", &three), *set({{"c", "3"}}));
    EXPECT_EQ(with(set({{"a", "1"}}), "a", nullptr), nullptr);
    EXPECT_EQ(with(nullptr, "a", nullptr), nullptr);
    EXPECT_EQ(some->all().size(), 2u);
}

TEST(settings, a_literal_means_the_same_under_any_quoting) {
    EXPECT_EQ(sql_literal(""), "''");
    EXPECT_EQ(sql_literal("\"$user\", public"), "'\"$user\", public'");
    EXPECT_EQ(sql_literal("it's"), "'it''s'");
    EXPECT_EQ(sql_literal("C:\\x"), "E'C:\\\\x'");
    EXPECT_EQ(sql_literal("\\'; drop table t; --"), "E'\\\\''; drop table t; --'");
    EXPECT_EQ(sql_literal("a\nb"), "'a\nb'");
}

TEST(bring_over, equal_settings_cost_nothing) {
    EXPECT_EQ(bring_over(nullptr, nullptr), texts());
    EXPECT_EQ(bring_over(set({{"a", "1"}}), set({{"a", "1"}})), texts());
    // Who may set it is no difference of the setting.
    EXPECT_EQ(bring_over(set({{"a", "1", true}}), set({{"a", "1", false}})), texts());
}

TEST(bring_over, only_the_difference_is_set) {
    EXPECT_EQ(bring_over(nullptr, set({{"a", "1"}, {"b", "x'y\\z"}})),
              texts{"SELECT " + config("a", "1") + ", pg_catalog.set_config('b', E'x''y\\\\z', false)"});
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"b", "2"}}), set({{"a", "1"}, {"b", "3"}})),
              texts{"SELECT " + config("b", "3")});
}

TEST(bring_over, what_the_session_has_not_set_goes_back_to_the_start) {
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"we\"ird", "2"}}), nullptr),
              texts{"RESET \"a\";RESET \"we\"\"ird\";"});
    EXPECT_EQ(bring_over(set({{"a", "1"}}), set({{"b", "2"}})),
              texts{"RESET \"a\";SELECT " + config("b", "2")});
}

TEST(bring_over, a_custom_name_is_set_even_to_nothing) {
    EXPECT_EQ(bring_over(nullptr, set({{"app.t", ""}})), texts{"SELECT " + config("app.t", "")});
    EXPECT_EQ(bring_over(set({{"app.t", "1"}}), set({{"app.t", ""}})),
              texts{"SELECT " + config("app.t", "")});
}

TEST(bring_over, identity_is_taken_on_behind_what_only_the_first_may_set) {
    const auto to = set({{"a", "1"},
                         {"log_min_messages", "debug1", true},
                         {"role", "clerk"},
                         {"session_authorization", "bob"},
                         {"zone", "2"}});
    EXPECT_EQ(bring_over(nullptr, to),
              texts{"SELECT " + config("log_min_messages", "debug1") + ", " +
                    config("session_authorization", "bob") + ", " + config("role", "clerk") + ", " +
                    config("a", "1") + ", " + config("zone", "2")});
}

TEST(bring_over, identity_is_given_up_before_all_else) {
    const auto back = std::string("RESET SESSION AUTHORIZATION;RESET ROLE;");
    EXPECT_EQ(bring_over(set({{"role", "clerk"}}), nullptr), texts{back});
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"role", "clerk"}, {"session_authorization", "bob"}}),
                         set({{"b", "2"}, {"role", "boss"}})),
              texts{back + "RESET \"a\";SELECT " + config("role", "boss") + ", " + config("b", "2")});
    // RESET SESSION AUTHORIZATION takes the role back, too: it is set again.
    EXPECT_EQ(bring_over(set({{"role", "clerk"}, {"session_authorization", "bob"}}),
                         set({{"role", "clerk"}, {"session_authorization", "ann"}})),
              texts{back + "SELECT " + config("session_authorization", "ann") + ", " +
                    config("role", "clerk")});
}

TEST(bring_over, identity_stays_where_it_is_the_same) {
    EXPECT_EQ(bring_over(set({{"role", "clerk"}}), set({{"a", "1"}, {"role", "clerk"}})),
              texts{"SELECT " + config("a", "1")});
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"role", "clerk"}}), set({{"role", "clerk"}})),
              texts{"RESET \"a\";"});
}

TEST(bring_over, identity_stands_aside_for_what_only_the_first_may_set) {
    const auto back = std::string("RESET SESSION AUTHORIZATION;RESET ROLE;");
    EXPECT_EQ(bring_over(set({{"role", "clerk"}}),
                         set({{"log_min_messages", "debug1", true}, {"role", "clerk"}})),
              texts{back + "SELECT " + config("log_min_messages", "debug1") + ", " +
                    config("role", "clerk")});
    EXPECT_EQ(bring_over(set({{"log_min_messages", "debug1", true}, {"role", "clerk"}}),
                         set({{"role", "clerk"}})),
              texts{back + "RESET \"log_min_messages\";SELECT " + config("role", "clerk")});
}

TEST(bring_over, the_encoding_of_the_other_values_comes_first_and_alone) {
    EXPECT_EQ(bring_over(nullptr, set({{"client_encoding", "LATIN1"}})),
              texts{"SELECT " + config("client_encoding", "LATIN1")});
    EXPECT_EQ(bring_over(nullptr, set({{"app.t", "\xe4"}, {"client_encoding", "LATIN1"}})),
              (texts{"SELECT " + config("client_encoding", "LATIN1"),
                     "SELECT " + config("app.t", "\xe4")}));
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"client_encoding", "LATIN1"}, {"role", "clerk"}}),
                         set({{"app.t", "\xc3\xa4"}, {"role", "boss"}})),
              (texts{"RESET SESSION AUTHORIZATION;RESET ROLE;RESET \"a\";RESET \"client_encoding\";",
                     "SELECT " + config("role", "boss") + ", " + config("app.t", "\xc3\xa4")}));
    // Nothing but RESET: there is no value whose encoding matters.
    EXPECT_EQ(bring_over(set({{"a", "1"}, {"client_encoding", "LATIN1"}}), nullptr),
              texts{"RESET \"a\";RESET \"client_encoding\";"});
    // It is the same on both sides: all other values are in it already.
    EXPECT_EQ(bring_over(set({{"client_encoding", "LATIN1"}}),
                         set({{"app.t", "\xe4"}, {"client_encoding", "LATIN1"}})),
              texts{"SELECT " + config("app.t", "\xe4")});
}

TEST(traces, a_custom_name_of_another_session_shows) {
    EXPECT_FALSE(shows_a_trace(nullptr, nullptr));
    EXPECT_FALSE(shows_a_trace(set({{"work_mem", "1"}}), nullptr));
    EXPECT_TRUE(shows_a_trace(set({{"app.t", ""}}), nullptr));
    EXPECT_TRUE(shows_a_trace(set({{"app.t", ""}}), set({{"app.u", ""}})));
    EXPECT_FALSE(shows_a_trace(set({{"app.t", "1"}}), set({{"app.t", "2"}, {"app.u", "3"}})));
    EXPECT_FALSE(shows_a_trace(nullptr, set({{"app.t", "2"}})));
}

TEST(traces, discard_all_leaves_custom_names) {
    EXPECT_EQ(after_discard(nullptr, {}), nullptr);
    EXPECT_EQ(after_discard(set({{"role", "clerk"}, {"work_mem", "1"}}), {}), nullptr);
    EXPECT_EQ(*after_discard(set({{"app.t", "1"}, {"work_mem", "1"}}), {}), *set({{"app.t", ""}}));
    EXPECT_EQ(*after_discard(set({{"app.t", "1"}}), {"app.u", "app.t"}),
              *set({{"app.t", ""}, {"app.u", ""}}));
    EXPECT_EQ(*after_discard(nullptr, {"app.u"}), *set({{"app.u", ""}}));
}

TEST(settings_store, equal_settings_are_one_value) {
    settings_store store;
    const auto one = store.intern(set({{"a", "1"}, {"b", "2"}}));
    EXPECT_EQ(store.intern(set({{"b", "2"}, {"a", "1"}})), one);
    EXPECT_NE(store.intern(set({{"a", "1"}})), one);
    EXPECT_EQ(store.intern(nullptr), nullptr);
    // Who may set it decides in which order it is brought over.
    EXPECT_NE(store.intern(set({{"a", "1", true}, {"b", "2"}})), one);
}

TEST(settings_store, forgets_what_no_session_has) {
    settings_store store;
    const auto kept = store.intern(set({{"app.t", "kept"}}));
    for (int i = 0; i < 10000; ++i) store.intern(set({{"app.t", std::to_string(i)}}));
    EXPECT_LE(store.size(), 2048u);
    EXPECT_EQ(store.intern(set({{"app.t", "kept"}})), kept);
}

TEST(settings, has_those_at_hand_that_every_request_asks_for) {
    const auto all = set({{"role", "bob"}, {"a", "1"}, {"search_path", "s, public"}, {"z.z", "2"}});
    ASSERT_NE(find(all, usual::search_path), nullptr);
    EXPECT_EQ(*find(all, usual::search_path), "s, public");
    EXPECT_EQ(*find(all, usual::role), "bob");
    EXPECT_EQ(find(all, usual::session_authorization), nullptr);
    EXPECT_EQ(find(all, usual::application_name), nullptr);
    EXPECT_EQ(find(nullptr, usual::role), nullptr);
    for (const auto& [which, name] : std::initializer_list<std::pair<usual, const char*>>{
             {usual::search_path, "search_path"},
             {usual::role, "role"},
             {usual::session_authorization, "session_authorization"},
             {usual::statement_timeout, "statement_timeout"},
             {usual::default_transaction_read_only, "default_transaction_read_only"},
             {usual::default_transaction_isolation, "default_transaction_isolation"},
             {usual::application_name, "application_name"}})
        EXPECT_EQ(*find(set({{name, "it"}}), which), "it") << name;
}

}  // namespace
}  // namespace weir::session
