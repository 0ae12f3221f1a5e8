#include "net/prober.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "loopback/prober_fake_node.hpp"
#include "net/conninfo.hpp"

namespace {

using namespace weir;
using namespace weir::net;
using net::test::fake_node;
using net::test::fake_state;
using manners = fake_state::manners;
using std::chrono::seconds;
using testing::HasSubstr;

fake_state primary_at(std::uint64_t at) { return {.at = lsn{at}}; }
fake_state replica_at(std::uint64_t at) {
    return {.in_recovery = true, .at = lsn{at}, .started = 1001};
}

/// A prober, and a way to wait for what it publishes.
class probed {
public:
    explicit probed(std::vector<std::string> conninfos, milliseconds interval = milliseconds(5),
                    milliseconds timeout = milliseconds(10000)) {
        prober_settings settings;
        for (const auto& conninfo : conninfos)
            settings.nodes.push_back(std::get<config::node_settings>(parse_node(conninfo)));
        settings.user = "weir";
        settings.database = "postgres";
        settings.interval = interval;
        settings.timeout = timeout;
        prober_ = std::make_unique<prober>(std::move(settings), [this](cluster::snapshot_ptr seen) {
            std::lock_guard lock(guard_);
            seen_ = std::move(seen);
            published_.notify_all();
        });
        prober_->start();
    }
    ~probed() { prober_->stop(); }

    /// False after 20 seconds.
    template <class F>
    bool wait_for(F condition) {
        std::unique_lock lock(guard_);
        return published_.wait_for(lock, seconds(20), [&] { return seen_ && condition(*seen_); });
    }
    bool wait_up(std::size_t node) {
        return wait_for([&](const auto& seen) { return seen.nodes[node].up; });
    }
    std::future<std::optional<cluster::position>> ask() {
        auto promise = std::make_shared<std::promise<std::optional<cluster::position>>>();
        prober_->ask_position([promise](auto position) { promise->set_value(position); });
        return promise->get_future();
    }
    prober* operator->() { return prober_.get(); }

private:
    std::mutex guard_;
    std::condition_variable published_;
    cluster::snapshot_ptr seen_;
    std::unique_ptr<prober> prober_;
};

/// For what the fake node counts: polls, as it publishes nothing. False after 20 seconds.
template <class F>
bool eventually(F condition) {
    auto deadline = std::chrono::steady_clock::now() + seconds(20);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

const node_id first{0}, second{1};

TEST(prober, knows_nothing_before_it_starts) {
    prober_settings settings;
    settings.nodes.push_back(std::get<config::node_settings>(parse_node("host=127.0.0.1")));
    prober p(settings, nullptr);
    EXPECT_EQ(p.latest()->nodes.at(0).trouble, "not probed yet");
    p.stop();
}

TEST(prober, finds_roles_and_positions_by_asking) {
    fake_node a(replica_at(0x16B374D848)), b(primary_at(0x16B374D900));
    probed p({a.conninfo(), b.conninfo()});
    ASSERT_TRUE(p.wait_for([](const auto& seen) { return seen.nodes[0].up && seen.nodes[1].up; }));
    auto seen = p->latest();
    EXPECT_EQ(seen->primary, second);
    EXPECT_EQ(seen->nodes[0].is, cluster::role::replica);
    EXPECT_EQ(seen->nodes[0].known, (cluster::position{7, 1, lsn{0x16B374D848}}));
    EXPECT_EQ(seen->nodes[0].started_at_us, 1001);
    EXPECT_EQ(seen->nodes[0].server_version, 150004);
    EXPECT_EQ(seen->nodes[1].known.at.value, 0x16B374D900u);
}

TEST(prober, looks_names_up) {
    fake_node a(primary_at(1));
    probed p({a.conninfo("localhost")});
    EXPECT_TRUE(p.wait_up(0));
}

TEST(prober, says_what_the_resolver_said) {
    probed p({"host=no-such-host.invalid"});
    EXPECT_TRUE(p.wait_for([](const auto& seen) {
        return seen.nodes[0].trouble.find("no-such-host.invalid") != std::string::npos;
    }));
}

TEST(prober, a_node_that_hangs_at_login_delays_no_other) {
    fake_node hung({.how = manners::hang_at_login}), fine(primary_at(1));
    probed p({hung.conninfo(), fine.conninfo()});
    ASSERT_TRUE(eventually([&] { return fine.queries() >= 20; }));
    EXPECT_EQ(p->latest()->nodes[0].trouble, "not probed yet");
    EXPECT_EQ(hung.logins(), 1);
}

TEST(prober, a_node_that_hangs_at_the_query_delays_no_other) {
    fake_node hung({.how = manners::hang_at_query}), fine(primary_at(1));
    probed p({hung.conninfo(), fine.conninfo()});
    ASSERT_TRUE(eventually([&] { return fine.queries() >= 20; }));
    EXPECT_EQ(p->latest()->nodes[0].trouble, "not probed yet");
}

TEST(prober, no_answer_in_time_is_a_failure_and_a_new_connection) {
    fake_node a({.how = manners::hang_at_query});
    probed p({a.conninfo()}, milliseconds(5), milliseconds(300));
    ASSERT_TRUE(p.wait_for([](const auto& seen) {
        return seen.nodes[0].trouble.find("no answer within") != std::string::npos;
    }));
    a.change([](fake_state& s) { s.how = manners::answer; });
    EXPECT_TRUE(p.wait_up(0));
    EXPECT_GE(a.logins(), 2);
}

TEST(prober, says_why_a_login_was_refused) {
    fake_node a({.how = manners::refuse_login});
    probed p({a.conninfo()});
    EXPECT_TRUE(p.wait_for([](const auto& seen) {
        return seen.nodes[0].trouble.find("password authentication failed") != std::string::npos;
    }));
}

TEST(prober, a_lost_connection_is_made_anew_at_once) {
    fake_node a(primary_at(1));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    a.drop_connections();
    a.change([](fake_state& s) { s.started = 2000; });
    p->probe_now(first);
    ASSERT_TRUE(p.wait_for([](const auto& seen) { return seen.nodes[0].started_at_us == 2000; }));
    EXPECT_TRUE(p->latest()->nodes[0].up);
    EXPECT_EQ(a.logins(), 2);
}

TEST(prober, probes_when_told_to) {
    fake_node a(primary_at(1));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    EXPECT_EQ(a.queries(), 1);
    p->probe_now(first);
    EXPECT_TRUE(eventually([&] { return a.queries() == 2; }));
    p->probe_now(node_id{9});
    p->probe_now(node_id{});
}

TEST(prober, publishes_a_change_of_role) {
    fake_node a(replica_at(5));
    probed p({a.conninfo()});
    ASSERT_TRUE(p.wait_up(0));
    EXPECT_FALSE(p->latest()->primary);
    a.change([](fake_state& s) { s.in_recovery = false, s.timeline = 2; });
    ASSERT_TRUE(p.wait_for([](const auto& seen) { return seen.primary == first; }));
    EXPECT_EQ(p->latest()->nodes[0].known.timeline, 2u);
}

TEST(prober, tells_the_primarys_position_of_now) {
    fake_node a(primary_at(0x100));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    a.change([](fake_state& s) { s.at = lsn{0x1FFFFFFFF}; });
    EXPECT_EQ(p.ask().get(), (cluster::position{7, 1, lsn{0x1FFFFFFFF}}));
}

TEST(prober, a_position_covers_what_is_not_flushed_and_is_flushed_before_long) {
    fake_node a(primary_at(0x100)), b(replica_at(0x100));
    probed p({a.conninfo(), b.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0) && p.wait_up(1));
    a.change([](fake_state& s) { s.inserted = lsn{0x300}; });
    EXPECT_EQ(p.ask().get(), (cluster::position{7, 1, lsn{0x300}}));
    EXPECT_TRUE(eventually([&] {
        lsn flushed;
        a.change([&](fake_state& s) { flushed = s.at; });
        return flushed == lsn{0x300};
    }));
}

TEST(prober, all_who_ask_while_a_question_is_in_flight_share_the_next) {
    fake_node a(primary_at(0x100));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    a.change([](fake_state& s) { s.how = manners::hang_at_query; });
    std::vector<std::future<std::optional<cluster::position>>> answers;
    answers.push_back(p.ask());
    ASSERT_TRUE(eventually([&] { return a.held() == 1; }));
    for (int i = 0; i < 500; ++i) answers.push_back(p.ask());
    a.change([](fake_state& s) { s.how = manners::answer; });
    for (auto& answer : answers) EXPECT_TRUE(answer.get());
    EXPECT_EQ(a.queries(), 3) << "the probe, the first question, the one of the 500";
}

TEST(prober, without_a_primary_there_is_no_position) {
    fake_node a(replica_at(5));
    probed p({a.conninfo()});
    ASSERT_TRUE(p.wait_up(0));
    EXPECT_EQ(p.ask().get(), std::nullopt);
}

TEST(prober, a_primary_that_is_in_recovery_after_all_tells_none_and_is_doubted) {
    fake_node a(primary_at(5));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    a.change([](fake_state& s) { s.in_recovery = true; });
    EXPECT_EQ(p.ask().get(), std::nullopt);
    EXPECT_TRUE(p.wait_for([](const auto& seen) { return !seen.primary; }));
}

TEST(prober, a_question_survives_the_end_of_an_old_connection) {
    fake_node a(primary_at(5));
    probed p({a.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0));
    ASSERT_TRUE(p.ask().get());
    a.drop_connections();
    EXPECT_TRUE(p.ask().get());
}

TEST(prober, replicas_are_probed_fast_until_they_have_reached_a_position_told) {
    fake_node a(primary_at(0x100)), b(replica_at(0x100));
    probed p({a.conninfo(), b.conninfo()}, milliseconds(60000));
    ASSERT_TRUE(p.wait_up(0) && p.wait_up(1));
    EXPECT_EQ(b.queries(), 1);
    a.change([](fake_state& s) { s.at = lsn{0x200}; });
    ASSERT_TRUE(p.ask().get());
    ASSERT_TRUE(eventually([&] { return b.queries() >= 3; }));
    b.change([](fake_state& s) { s.at = lsn{0x200}; });
    EXPECT_TRUE(p.ask().get());
    EXPECT_TRUE(p.wait_for([](const auto& seen) { return seen.nodes[1].known.at == lsn{0x200}; }));
    EXPECT_EQ(a.queries(), 3) << "the primary is not hurried";
}

TEST(prober, stops_at_once_while_a_node_hangs_and_answers_who_still_waits) {
    fake_node hung({.how = manners::hang_at_login}), a(primary_at(5));
    probed p({hung.conninfo(), a.conninfo()}, milliseconds(60000), milliseconds(60000));
    ASSERT_TRUE(p.wait_up(1));
    a.change([](fake_state& s) { s.how = manners::hang_at_query; });
    auto in_flight = p.ask();
    ASSERT_TRUE(eventually([&] { return a.held() == 1; }));
    auto waiting = p.ask();
    p->stop();
    EXPECT_EQ(in_flight.get(), std::nullopt);
    EXPECT_EQ(waiting.get(), std::nullopt);
    p->stop();
}

}  // namespace
