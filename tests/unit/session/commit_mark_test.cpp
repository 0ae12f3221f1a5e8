// What a server says of a transaction's id is believed only where it is that transaction's (FACTS 1).
#include "session/commit_mark.hpp"

#include <gtest/gtest.h>

#include "unit/session/messages.hpp"

namespace weir::session {
namespace {

using row = std::vector<std::optional<bytes>>;
using stage = commit_mark::stage;

const connection_start first_life{7, 1, "", ""};
const connection_start second_life{7, 2, "", ""};
const connection_start another_cluster{8, 1, "", ""};

void tell(commit_mark& mark, const row& values) {
    wire::frame_splitter splitter(wire::backend_policy());
    const bytes message = reply().row(values).str();
    bytes_view in = message;
    while (auto piece = *splitter.next(in)) ASSERT_TRUE(mark.on_piece(*piece));
}

commit_mark marked(const row& values = {"700", "0/5000", "000000010000000000000001"}) {
    commit_mark mark(first_life);
    tell(mark, values);
    mark.now = stage::settling;
    return mark;
}

/// Where its first node was last seen.
struct seen {
    std::uint64_t flushed = 0;
    std::int64_t started = 1;
};

/// The timeline is the first eight digits of `file`.
commit_outcome said(const std::optional<bytes>& status, const char* file, const connection_start& by,
                    const cluster::snapshot& known = {}, const seen& last = {}) {
    auto mark = marked();
    EXPECT_TRUE(mark.is_known());
    cluster::node_state node;
    node.started_at_us = last.started;
    node.known = {7, 1, lsn{last.flushed}};
    mark.look_for_flush(&node);
    tell(mark, {status, std::nullopt, file});
    return mark.outcome(by, "", known);
}

constexpr auto same_timeline = "000000010000000000000009";
constexpr auto next_timeline = "000000020000000000000009";

cluster::snapshot forked_at(std::uint64_t at, std::uint32_t leads_to = 2) {
    cluster::snapshot known;
    known.history = std::make_shared<const cluster::timeline_history>(
        cluster::timeline_history{leads_to, {{1, lsn{at}}}});
    return known;
}

TEST(CommitMark, TheSameServerIsBelieved) {
    EXPECT_EQ(said("committed", same_timeline, first_life), commit_outcome::committed);
    EXPECT_EQ(said("aborted", same_timeline, first_life), commit_outcome::rolled_back);
    EXPECT_EQ(said("in progress", same_timeline, first_life), commit_outcome::in_progress);
    EXPECT_EQ(said(std::nullopt, same_timeline, first_life), commit_outcome::unknown) << "too long ago";
}

TEST(CommitMark, AServerThatHasStartedAnewMayHaveGivenTheIdAnew) {
    EXPECT_EQ(said("committed", same_timeline, second_life), commit_outcome::unknown);
    EXPECT_EQ(said("in progress", same_timeline, second_life), commit_outcome::unknown);
    EXPECT_EQ(said("aborted", same_timeline, second_life), commit_outcome::rolled_back)
        << "given anew, it was lost; not given anew, it is what was aborted";
}

TEST(CommitMark, WhatWasFlushedIsStillThereWhenItStartsAnew) {
    EXPECT_EQ(said("committed", same_timeline, second_life, {}, {0x5000}), commit_outcome::committed);
    EXPECT_EQ(said("in progress", same_timeline, second_life, {}, {0x5000}), commit_outcome::in_progress);
    EXPECT_EQ(said("committed", same_timeline, second_life, {}, {0x4fff}), commit_outcome::unknown);
    EXPECT_EQ(said("committed", same_timeline, second_life, {}, {0x9000, 2}), commit_outcome::unknown)
        << "of what was lost in between another transaction may stand there";
}

TEST(CommitMark, APromotedServerIsBelievedWhereItHadSeenTheTransaction) {
    EXPECT_EQ(said("committed", next_timeline, second_life, forked_at(0x5000), {0x5000}), commit_outcome::committed);
    EXPECT_EQ(said("committed", next_timeline, second_life, forked_at(0x4fff), {0x5000}), commit_outcome::unknown);
    EXPECT_EQ(said("committed", next_timeline, second_life, forked_at(0x5000), {0x4fff}), commit_outcome::unknown)
        << "the old primary may have lost it, started anew and written on before the other one was promoted";
    EXPECT_EQ(said("aborted", next_timeline, second_life, forked_at(0x5000)), commit_outcome::rolled_back);
    EXPECT_EQ(said("aborted", next_timeline, second_life, forked_at(0x4000)), commit_outcome::rolled_back);
}

TEST(CommitMark, WithoutTheForkPointNothingIsProved) {
    EXPECT_EQ(said("committed", next_timeline, second_life, {}, {0x5000}), commit_outcome::unknown);
    EXPECT_EQ(said("committed", next_timeline, second_life, forked_at(0x5000, 3), {0x5000}), commit_outcome::unknown);
}

TEST(CommitMark, AnotherClusterKnowsNothing) {
    EXPECT_EQ(said("committed", same_timeline, another_cluster), commit_outcome::unknown);
    EXPECT_EQ(said("aborted", same_timeline, another_cluster), commit_outcome::unknown);
    EXPECT_EQ(said("aborted", same_timeline, connection_start{}), commit_outcome::unknown);
}

TEST(CommitMark, AnIdOfTheFutureIsOneThatWasLost) {
    EXPECT_EQ(marked().outcome(second_life, "22023", {}), commit_outcome::rolled_back);
    EXPECT_EQ(marked().outcome(another_cluster, "22023", {}), commit_outcome::unknown);
}

TEST(CommitMark, AnotherErrorTellsNothing) {
    EXPECT_EQ(marked().outcome(first_life, "57014", {}), commit_outcome::in_progress);
}

TEST(CommitMark, WithoutAnIdThereIsNothingToAsk) {
    EXPECT_FALSE(marked({std::nullopt, "0/5000", same_timeline}).is_known());
    EXPECT_FALSE(marked({"700; drop table t", "0/5000", same_timeline}).is_known());
    EXPECT_FALSE(marked({"700", "nowhere", same_timeline}).is_known());
    EXPECT_FALSE(marked({"700", "0/5000", "?"}).is_known());
}

TEST(CommitMark, TheWaitAheadOfTheSecondQuestionIsNoAnswer) {
    auto mark = marked();
    tell(mark, {""});
    tell(mark, {"committed", std::nullopt, same_timeline});
    EXPECT_EQ(mark.outcome(first_life, "", {}), commit_outcome::committed);
    EXPECT_EQ(mark.outcome_question(false).find("pg_sleep"), std::string::npos);
    EXPECT_NE(mark.outcome_question(true).find("pg_sleep"), std::string::npos);
    EXPECT_NE(mark.outcome_question(true).find("pg_xact_status('700')"), std::string::npos);
}

TEST(CommitMark, AnAnswerOfAnotherFormIsAFault) {
    commit_mark mark(first_life);
    wire::frame_splitter splitter(wire::backend_policy());
    const bytes message = reply().row({"1", "2"}).str();
    bytes_view in = message;
    bool failed = false;
    while (auto piece = *splitter.next(in)) failed = failed || !mark.on_piece(*piece);
    EXPECT_TRUE(failed);
}

}  // namespace
}  // namespace weir::session
