// A connection between two sessions: what brings it back to a clean state, and what does not.
#include "session/backend_link.hpp"

#include <gtest/gtest.h>

#include "unit/session/messages.hpp"
#include "unit/session/shown.hpp"

namespace weir::session {
namespace {

std::vector<std::string> cleaning(backend_link& link, const give_back& how) {
    bytes sent;
    link.begin_cleaning(how, sent);
    name_table names;
    return shown_to_server(sent, names);
}
std::vector<std::string> shown(bytes_view expected) {
    name_table names;
    return shown_to_server(expected, names);
}

/// 1: clean, 0: not yet, -1: to be closed.
int after(backend_link& link, bytes_view answer) {
    const auto clean = link.on_cleaning_bytes(answer);
    return !clean ? -1 : *clean;
}

TEST(backend_link, fresh_it_may_be_lent) {
    backend_link link;
    EXPECT_TRUE(link.may_be_lent());
}

TEST(backend_link, in_any_doubt_it_may_not) {
    backend_link owing;
    owing.owed.push({owed_kind::query});
    EXPECT_FALSE(owing.may_be_lent());
    backend_link open;
    open.note('Z', "T");
    EXPECT_FALSE(open.may_be_lent());
    open.note('Z', "E");
    EXPECT_FALSE(open.may_be_lent());
    open.note('Z', "I");
    EXPECT_TRUE(open.may_be_lent());
    backend_link unsynced;
    unsynced.unsynced = true;
    EXPECT_FALSE(unsynced.may_be_lent());
    backend_link in_a_message;
    bytes_view half("D\0\0\0\x20half", 9);
    EXPECT_TRUE(in_a_message.splitter.next(half).has_value());
    EXPECT_FALSE(in_a_message.may_be_lent());
    backend_link skipping;
    skipping.owed.push({owed_kind::parse});
    EXPECT_TRUE(skipping.owed.on_message('E').has_value());
    EXPECT_FALSE(skipping.may_be_lent());
}

TEST(backend_link, a_status_that_cannot_be_read_is_not_idle) {
    backend_link link;
    link.note('Z', "?");
    EXPECT_FALSE(link.may_be_lent());
}

TEST(backend_link, parameters_are_noted) {
    backend_link link;
    link.note('S', bytes_view("TimeZone\0UTC\0", 13));
    link.note('S', bytes_view("TimeZone\0CET\0", 13));
    link.note('S', "malformed");
    EXPECT_EQ(link.parameters, (parameter_map{{"TimeZone", "CET"}}));
}

TEST(backend_link, an_open_transaction_is_rolled_back) {
    backend_link link;
    link.note('Z', "T");
    EXPECT_EQ(cleaning(link, {.roll_back = true}), shown(ask::query("ROLLBACK")));
    EXPECT_EQ(after(link, reply().command_complete("ROLLBACK")), 0);
    EXPECT_EQ(after(link, reply().ready('I')), 1);
    EXPECT_TRUE(link.may_be_lent());
}

TEST(backend_link, discarding_forgets_what_was_prepared) {
    backend_link link;
    link.prepared.add(1);
    link.unnamed = 1;
    EXPECT_EQ(cleaning(link, {.roll_back = true, .discard = true}),
              shown(ask::query("ROLLBACK") + ask::query("DISCARD ALL")));
    EXPECT_EQ(after(link, reply().notice("25P01", "none").command_complete("ROLLBACK").ready('I')), 0);
    EXPECT_EQ(after(link, reply().parameter("TimeZone", "UTC").command_complete("DISCARD ALL")), 0);
    EXPECT_EQ(after(link, reply().ready('I')), 1);
    EXPECT_EQ(link.prepared.size(), 0u);
    EXPECT_EQ(link.unnamed, 0u);
    EXPECT_EQ(link.parameters.at("TimeZone"), "UTC");
}

TEST(backend_link, what_is_still_owed_is_swallowed_first) {
    backend_link link;
    link.owed.push({owed_kind::parse, owed_act::forward, 5});
    link.prepared.add(5);
    link.owed.push({owed_kind::close, owed_act::make_up});
    link.owed.push({owed_kind::sync});
    cleaning(link, {.roll_back = true});
    EXPECT_EQ(after(link, reply().error("42601", "syntax").ready('I')), 0);
    EXPECT_FALSE(link.prepared.touch(5));
    EXPECT_EQ(after(link, reply().command_complete("ROLLBACK").ready('I')), 1);
}

TEST(backend_link, extended_messages_without_sync_get_one) {
    backend_link link;
    link.owed.push({owed_kind::bind});
    link.unsynced = true;
    EXPECT_EQ(cleaning(link, {.roll_back = true}), shown(ask::sync() + ask::query("ROLLBACK")));
    EXPECT_EQ(after(link, reply().bind_complete().ready('I').command_complete("ROLLBACK")), 0);
    EXPECT_EQ(after(link, reply().ready('I')), 1);
}

TEST(backend_link, copy_in_is_given_up) {
    backend_link link;
    link.owed.push({owed_kind::query});
    EXPECT_TRUE(link.owed.on_message('G').has_value());
    const auto sent = cleaning(link, {.roll_back = true});
    ASSERT_EQ(sent.size(), 3u);
    EXPECT_EQ(sent[0].substr(0, 9), "message f");
    EXPECT_EQ(after(link, reply().error("57014", "COPY failed").ready('I')), 0);
    EXPECT_EQ(after(link, reply().ready('I')), 0);  // of the Sync
    EXPECT_EQ(after(link, reply().command_complete("ROLLBACK").ready('I')), 1);
}

TEST(backend_link, one_exchange_alone_where_a_cancel_may_still_hit) {
    backend_link link;
    EXPECT_EQ(cleaning(link, {.sync = true}), shown(ask::sync()));
    EXPECT_EQ(after(link, reply().ready('I')), 1);
}

TEST(backend_link, a_clean_up_that_is_refused_closes_it) {
    backend_link link;
    cleaning(link, {.roll_back = true, .discard = true});
    EXPECT_EQ(after(link, reply().command_complete("ROLLBACK").ready('I')), 0);
    EXPECT_EQ(after(link, reply().error("57014", "canceled")), -1);
}

TEST(backend_link, a_fatal_error_closes_it) {
    backend_link link;
    link.owed.push({owed_kind::query});
    cleaning(link, {.roll_back = true});
    EXPECT_EQ(after(link, reply().error("57P01", "terminating", "FATAL")), -1);
}

TEST(backend_link, a_transaction_that_is_still_open_closes_it) {
    backend_link link;
    cleaning(link, {.roll_back = true});
    EXPECT_EQ(after(link, reply().command_complete("ROLLBACK").ready('T')), -1);
}

TEST(backend_link, an_answer_out_of_step_closes_it) {
    backend_link link;
    cleaning(link, {.discard = true});
    EXPECT_EQ(after(link, reply().bind_complete()), -1);
    backend_link garbled;
    cleaning(garbled, {.discard = true});
    EXPECT_EQ(after(garbled, "\x01garbage"), -1);
}

TEST(backend_link, answers_may_come_byte_by_byte) {
    backend_link link;
    link.note('Z', "T");
    cleaning(link, {.roll_back = true, .discard = true});
    const bytes answer = reply()
                             .command_complete("ROLLBACK")
                             .ready('I')
                             .notice("00000", "n")
                             .command_complete("DISCARD ALL")
                             .ready('I')
                             .str();
    for (std::size_t i = 0; i < answer.size(); ++i)
        EXPECT_EQ(after(link, bytes_view(answer).substr(i, 1)), i + 1 == answer.size()) << i;
}

TEST(backend_link, an_eviction_that_was_skipped_did_not_happen) {
    backend_link link;
    link.prepared.add(1);
    link.owed.push({owed_kind::bind});
    EXPECT_EQ(link.prepared.evict(0), 1u);
    link.owed.push({owed_kind::close, owed_act::swallow, 1});
    link.owed.push({owed_kind::sync});
    cleaning(link, {.roll_back = true});
    EXPECT_EQ(after(link, reply().error("26000", "none").ready('I')), 0);
    EXPECT_TRUE(link.prepared.touch(1));
}

}  // namespace
}  // namespace weir::session
