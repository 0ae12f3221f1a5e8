// Which message may answer which owed reply, what an error answers, and what is made up when.
#include "session/owed_replies.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/backend.hpp"

namespace weir::session {
namespace {

namespace backend = wire::backend;
using enum owed_kind;
using enum owed_act;

constexpr owed_kind all_kinds[] = {parse, bind, describe_statement, describe_portal, execute,
                                   close, sync, query,              function_call};

/// What one message does to an owed reply at the front.
struct rule {
    char type;
    std::vector<owed_kind> goes_on;   // belongs to it, and more follows
    std::vector<owed_kind> finishes;  // is the end of it
};

const std::vector<rule>& rules() {
    static const std::vector<rule> all = {
        {backend::parse_complete, {}, {parse}},
        {backend::bind_complete, {}, {bind}},
        {backend::close_complete, {}, {close}},
        {backend::parameter_description, {describe_statement}, {}},
        {backend::row_description, {execute, query}, {describe_statement, describe_portal}},
        {backend::no_data, {}, {describe_statement, describe_portal}},
        {backend::data_row, {execute, query}, {}},
        {backend::command_complete, {query}, {execute}},
        {backend::empty_query_response, {query}, {execute}},
        {backend::portal_suspended, {query}, {execute}},
        {backend::copy_in_response, {execute, query}, {}},
        {backend::copy_out_response, {execute, query}, {}},
        {backend::copy_both_response, {execute, query}, {}},
        {backend::copy_data, {execute, query}, {}},
        {backend::copy_done, {execute, query}, {}},
        {backend::function_call_response, {function_call}, {}},
        {backend::ready_for_query, {}, {sync, query, function_call}},
    };
    return all;
}

bool has(const std::vector<owed_kind>& kinds, owed_kind one) {
    return std::find(kinds.begin(), kinds.end(), one) != kinds.end();
}

owed_replies owing(std::initializer_list<owed_reply> entries) {
    owed_replies owed;
    for (const auto& e : entries) owed.push(e);
    return owed;
}

/// The acts of the messages, one letter each: f(orward), s(wallow), m(ake up), r(eplace), ! out of step.
std::string acts(owed_replies& owed, std::string_view types) {
    std::string seen;
    for (const char type : types) {
        const auto verdict = owed.on_message(type);
        seen.push_back(verdict ? "fsmr"[static_cast<int>(verdict->act)] : '!');
    }
    return seen;
}

TEST(owed_replies, every_message_against_every_reply) {
    for (const auto& r : rules()) {
        for (const auto kind : all_kinds) {
            SCOPED_TRACE(std::string("message ") + r.type + ", owed " +
                         std::to_string(static_cast<int>(kind)));
            auto owed = owing({{kind}, {sync}});
            const auto verdict = owed.on_message(r.type);
            if (has(r.finishes, kind)) {
                ASSERT_TRUE(verdict.has_value());
                ASSERT_TRUE(verdict->done.has_value());
                EXPECT_EQ(verdict->done->kind, kind);
                EXPECT_EQ(owed.size(), 1u);
            } else if (has(r.goes_on, kind)) {
                ASSERT_TRUE(verdict.has_value());
                EXPECT_FALSE(verdict->done.has_value());
                EXPECT_EQ(verdict->act, forward);
            } else {
                ASSERT_FALSE(verdict.has_value());
                EXPECT_EQ(verdict.error().sqlstate, "08P01");
            }
        }
    }
}

TEST(owed_replies, every_other_message_is_out_of_step) {
    for (int type = 0; type < 256; ++type) {
        const char c = static_cast<char>(type);
        const bool has_rule = std::any_of(rules().begin(), rules().end(),
                                          [&](const rule& r) { return r.type == c; });
        const bool at_any_time = c == backend::notice_response || c == backend::parameter_status ||
                                 c == backend::notification_response || c == backend::error_response;
        for (const auto kind : all_kinds) {
            auto owed = owing({{kind}});
            if (has_rule) continue;
            EXPECT_EQ(owed.on_message(c).has_value(), at_any_time) << "type " << type;
        }
        owed_replies nothing;
        EXPECT_EQ(nothing.on_message(c).has_value(), at_any_time) << "type " << type;
    }
}

TEST(owed_replies, what_comes_at_any_time_follows_the_reply_under_way) {
    auto owed = owing({{query, swallow}, {query}});
    EXPECT_EQ(acts(owed, "NSA"), "sss");
    EXPECT_EQ(acts(owed, "CZ"), "ss");
    EXPECT_EQ(acts(owed, "NSA"), "fff");
    EXPECT_EQ(owed.size(), 1u);
}

TEST(owed_replies, a_pipeline_in_order) {
    auto owed = owing({{parse, swallow, 7}, {parse}, {bind}, {describe_portal}, {execute}, {sync}});
    EXPECT_EQ(acts(owed, "112TDDCZ"), "sfffffff");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, a_query_of_several_statements_ends_with_ready) {
    auto owed = owing({{query}});
    EXPECT_EQ(acts(owed, "TDCTDC"), "ffffff");
    EXPECT_FALSE(owed.empty());
    EXPECT_EQ(acts(owed, "Z"), "f");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, an_error_answers_all_up_to_sync) {
    auto owed = owing({{parse, forward, 7}, {bind}, {execute}, {sync}, {parse}, {sync}});
    EXPECT_EQ(acts(owed, "1"), "f");
    const auto verdict = owed.on_message('E');
    ASSERT_TRUE(verdict.has_value());
    EXPECT_TRUE(verdict->failed);
    ASSERT_EQ(owed.dropped().size(), 2u);
    EXPECT_EQ(owed.dropped()[0].kind, bind);
    EXPECT_EQ(owed.dropped()[1].kind, execute);
    EXPECT_FALSE(owed.skipping());
    EXPECT_EQ(acts(owed, "Z1Z"), "fff");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, without_a_sync_the_server_skips_until_one) {
    auto owed = owing({{parse}, {execute}});
    EXPECT_EQ(acts(owed, "E"), "f");
    EXPECT_TRUE(owed.empty());
    EXPECT_TRUE(owed.skipping());
    EXPECT_FALSE(owed.lost_query());
    for (const auto kind : all_kinds)
        if (kind != sync) owed.push({kind});
    EXPECT_TRUE(owed.empty());
    owed.push({sync});
    owed.push({query});  // behind the Sync it is heard again
    EXPECT_EQ(acts(owed, "Z"), "f");
    EXPECT_FALSE(owed.skipping());
    EXPECT_EQ(acts(owed, "CZ"), "ff");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, a_query_behind_a_failing_message_of_weirs_is_lost) {
    for (const auto kind : {query, function_call}) {
        auto owed = owing({{parse, swallow}, {bind, swallow}, {execute, swallow}, {kind}});
        EXPECT_EQ(acts(owed, "12E"), "ssf");  // it is the client's answer
        EXPECT_TRUE(owed.skipping());
        EXPECT_TRUE(owed.lost_query());
        owed.push({sync});
        EXPECT_EQ(acts(owed, "Z"), "f");
        EXPECT_FALSE(owed.lost_query());
    }
}

TEST(owed_replies, a_query_behind_a_failing_message_of_the_clients_waits_for_its_sync) {
    for (const auto act : {forward, make_up}) {
        auto owed = owing({{parse, swallow}, {parse, act}, {query}});
        EXPECT_EQ(acts(owed, "E"), "f");
        EXPECT_FALSE(owed.lost_query());
        EXPECT_TRUE(owed.skipping());
    }
}

TEST(owed_replies, an_error_of_weirs_own_alone_is_swallowed) {
    auto owed = owing({{parse, swallow}, {sync, swallow}});
    EXPECT_EQ(acts(owed, "EZ"), "ss");
}

TEST(owed_replies, an_error_in_a_query_waits_for_its_ready) {
    for (const auto kind : {query, function_call}) {
        auto owed = owing({{kind}});
        EXPECT_EQ(acts(owed, "E"), "f");
        EXPECT_FALSE(owed.skipping());
        EXPECT_TRUE(owed.dropped().empty());
        EXPECT_EQ(acts(owed, "Z"), "f");
        EXPECT_TRUE(owed.empty());
    }
}

TEST(owed_replies, an_error_out_of_turn_is_passed_on) {
    owed_replies owed;
    EXPECT_EQ(acts(owed, "E"), "f");
    EXPECT_FALSE(owed.skipping());
}

TEST(owed_replies, dropped_is_of_the_last_error_alone) {
    auto owed = owing({{parse, forward, 7}, {sync}, {query}});
    acts(owed, "E");
    EXPECT_EQ(owed.dropped().size(), 1u);
    acts(owed, "ZE");
    EXPECT_TRUE(owed.dropped().empty());
}

TEST(owed_replies, copy_in_voids_syncs_that_were_sent) {
    for (const char response : {backend::copy_in_response, backend::copy_both_response}) {
        auto owed = owing({{execute}, {sync}, {sync}});
        EXPECT_EQ(acts(owed, {&response, 1}), "f");
        EXPECT_TRUE(owed.copy_in());
        EXPECT_EQ(owed.copy_both(), response == backend::copy_both_response);
        EXPECT_EQ(owed.size(), 1u);
        EXPECT_EQ(acts(owed, "C"), "f");
        EXPECT_FALSE(owed.copy_in());
        EXPECT_TRUE(owed.empty());
    }
}

TEST(owed_replies, copy_in_of_a_query_leaves_its_ready) {
    auto owed = owing({{query}});
    EXPECT_EQ(acts(owed, "G"), "f");
    EXPECT_TRUE(owed.copy_in());
    EXPECT_EQ(acts(owed, "CZ"), "ff");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, an_error_ends_copy_in) {
    auto extended = owing({{execute}, {sync}});
    acts(extended, "GE");
    EXPECT_FALSE(extended.copy_in());
    EXPECT_TRUE(extended.skipping());
    auto simple = owing({{query}});
    acts(simple, "GE");
    EXPECT_FALSE(simple.copy_in());
    EXPECT_FALSE(simple.skipping());
    EXPECT_EQ(simple.size(), 1u);
}

TEST(owed_replies, made_up_replies_come_when_they_are_at_the_front) {
    auto owed = owing({{parse, make_up}, {bind}, {close, make_up}, {parse, make_up}, {sync}});
    ASSERT_EQ(owed.take_made_up()->kind, parse);
    EXPECT_FALSE(owed.take_made_up().has_value());
    acts(owed, "2");
    EXPECT_EQ(owed.take_made_up()->kind, close);
    EXPECT_EQ(owed.take_made_up()->kind, parse);
    EXPECT_FALSE(owed.take_made_up().has_value());
    EXPECT_EQ(acts(owed, "Z"), "f");
    EXPECT_FALSE(owed.take_made_up().has_value());
}

TEST(owed_replies, a_reply_that_was_made_up_must_be_taken_first) {
    auto owed = owing({{parse, make_up}, {bind}});
    EXPECT_EQ(acts(owed, "2"), "!");
}

TEST(owed_replies, an_error_drops_what_would_have_been_made_up) {
    auto owed = owing({{bind}, {close, make_up}, {sync}});
    acts(owed, "E");
    EXPECT_FALSE(owed.take_made_up().has_value());
    EXPECT_EQ(owed.dropped().size(), 2u);
    EXPECT_EQ(acts(owed, "Z"), "f");
}

TEST(owed_replies, swallow_all_leaves_nothing_for_the_client) {
    auto owed = owing({{bind}, {parse, make_up}, {describe_statement, replace_error}, {sync}});
    EXPECT_TRUE(owed.owes_client());
    owed.swallow_all();
    EXPECT_FALSE(owed.owes_client());
    EXPECT_EQ(owed.size(), 3u);
    EXPECT_EQ(acts(owed, "2EZ"), "sss");
    EXPECT_TRUE(owed.empty());
}

TEST(owed_replies, who_is_owed_something) {
    EXPECT_FALSE(owing({}).owes_client());
    EXPECT_FALSE(owing({{parse, swallow}}).owes_client());
    EXPECT_TRUE(owing({{parse, swallow}, {bind}}).owes_client());
    EXPECT_TRUE(owing({{parse, make_up}}).owes_client());
    EXPECT_TRUE(owing({{describe_statement, replace_error}}).owes_client());
}

}  // namespace
}  // namespace weir::session
