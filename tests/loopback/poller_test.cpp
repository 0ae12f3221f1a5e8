// The poller over pairs of Unix sockets: when a user is told, and when not.
#include "net/poller.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <string>

#include "net/stream.hpp"

namespace weir::net {
namespace {

struct told final : socket_user {
    void on_readable() override {
        ++readable;
        if (then_read) then_read();
    }
    void on_writable() override {
        ++writable;
        if (then_write) then_write();
    }
    int readable = 0;
    int writable = 0;
    std::function<void()> then_read;
    std::function<void()> then_write;
};

struct connection {
    explicit connection(poller& in) {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        here = std::make_unique<plain_stream>(ends[0]);
        there = ends[1];
        EXPECT_TRUE(here->attach(in, user));
    }
    ~connection() { hang_up(); }
    void hang_up() {
        if (there >= 0) ::close(std::exchange(there, -1));
    }
    void say(const std::string& text) { EXPECT_EQ(::write(there, text.data(), text.size()), static_cast<ssize_t>(text.size())); }
    io_result read(std::size_t size = 100) {
        std::string room(size, ' ');
        return here->try_read(room.data(), room.size());
    }
    void fill() {
        const std::string much(1 << 20, 'x');
        const iovec part{const_cast<char*>(much.data()), much.size()};
        while (here->try_write(&part, 1).state == io_state::done) {}
    }
    void empty() {
        std::string room(1 << 20, ' ');
        while (::read(there, room.data(), room.size()) > 0) {}
    }
    told user;
    std::unique_ptr<plain_stream> here;
    int there = -1;
};

struct a_poller : ::testing::Test {
    a_poller() { sockets.stand_in(io); }
    /// All that can be dealt with now.
    void go() { io.poll(); }
    poller sockets;
    boost::asio::io_context io{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{io.get_executor()};
};

TEST_F(a_poller, tells_once_of_each_wait) {
    connection c(sockets);
    c.say("a");
    go();
    EXPECT_EQ(c.user.readable, 0);  // nobody waits
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 1);
    EXPECT_EQ(c.read().bytes, 1U);
    c.say("b");
    go();
    EXPECT_EQ(c.user.readable, 1);
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 2);
}

TEST_F(a_poller, tells_again_where_not_all_was_read) {
    connection c(sockets);
    c.say("four");
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.read(2).bytes, 2U);
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 2);
    EXPECT_EQ(c.read().bytes, 2U);
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 2);  // a short read has emptied it
    c.say("x");
    go();
    EXPECT_EQ(c.user.readable, 3);
}

TEST_F(a_poller, tells_of_an_end_that_came_with_the_last_bytes) {
    connection c(sockets);
    c.say("last");
    c.hang_up();
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.read().bytes, 4U);
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 2);
    EXPECT_EQ(c.read().state, io_state::closed);
}

TEST_F(a_poller, tells_of_an_end_that_came_behind_the_last_bytes) {
    connection c(sockets);
    c.say("last");
    c.here->wait_readable();
    c.user.then_read = [&] {
        c.hang_up();  // after the event was taken, before the bytes are
        EXPECT_EQ(c.read().bytes, 4U);
        c.user.then_read = nullptr;
        c.here->wait_readable();
    };
    go();
    EXPECT_EQ(c.user.readable, 2);
    EXPECT_EQ(c.read().state, io_state::closed);
}

TEST_F(a_poller, tells_when_there_is_room_again) {
    connection c(sockets);
    c.fill();
    c.here->wait_writable();
    go();
    EXPECT_EQ(c.user.writable, 0);
    c.empty();
    go();
    EXPECT_EQ(c.user.writable, 1);
    c.empty();
    go();
    EXPECT_EQ(c.user.writable, 1);
    c.fill();
    c.here->wait_writable();
    c.empty();
    go();
    EXPECT_EQ(c.user.writable, 2);
}

TEST_F(a_poller, tells_nobody_who_has_gone) {
    connection first(sockets), second(sockets);
    for (auto* c : {&first, &second}) {
        c->say("x");
        c->here->wait_readable();
    }
    first.user.then_read = [&] { second.here->close(); };
    second.user.then_read = [&] { first.here->close(); };
    go();
    EXPECT_EQ(first.user.readable + second.user.readable, 1);
}

TEST_F(a_poller, stands_a_user_that_ends_itself) {
    auto c = std::make_unique<connection>(sockets);
    c->say("x");
    c->fill();
    c->here->wait_readable();
    c->here->wait_writable();
    c->empty();
    int told_of = 0;
    c->user.then_write = [&] {
        ++told_of;
        c->here.reset();
    };
    go();
    EXPECT_EQ(told_of, 1);
    EXPECT_EQ(c->user.readable, 0);
}

TEST_F(a_poller, forgets_what_was_to_be_told) {
    connection c(sockets);
    c.say("x");
    go();
    c.here->wait_readable();  // known to be readable: is told without an event
    c.here->detach();
    go();
    EXPECT_EQ(c.user.readable, 0);
    EXPECT_TRUE(c.here->attach(sockets, c.user));
    c.here->wait_readable();
    go();
    EXPECT_EQ(c.user.readable, 1);
}

TEST_F(a_poller, serves_more_than_one_call_takes) {
    std::vector<std::unique_ptr<connection>> all;
    for (int i = 0; i < 300; ++i) {
        all.push_back(std::make_unique<connection>(sockets));
        all.back()->say("x");
        all.back()->here->wait_readable();
    }
    go();
    for (const auto& c : all) EXPECT_EQ(c->user.readable, 1);
}

TEST_F(a_poller, leaves_turns_to_others_while_one_always_can) {
    connection c(sockets);
    bool posted_ran = false;
    c.say("endless");
    c.here->wait_readable();
    c.user.then_read = [&] {
        if (c.user.readable == 1) boost::asio::post(io, [&] { posted_ran = true; });
        if (c.user.readable < 1000 && !posted_ran) c.here->wait_readable();
    };
    go();
    EXPECT_TRUE(posted_ran);
    EXPECT_LT(c.user.readable, 10);
}

TEST_F(a_poller, has_one_time_for_a_turn) {
    connection c(sockets);
    c.say("x");
    c.here->wait_readable();
    c.user.then_read = [&] {
        const auto first = sockets.now();
        while (std::chrono::steady_clock::now() == first) {}
        EXPECT_EQ(sockets.now(), first);
    };
    go();
    EXPECT_EQ(c.user.readable, 1);
    const auto outside = sockets.now();
    while (std::chrono::steady_clock::now() == outside) {}
    EXPECT_GT(sockets.now(), outside);
}

TEST(a_stream, of_a_dialog_goes_on_in_a_poller) {
    poller sockets;
    boost::asio::io_context io{1};
    sockets.stand_in(io);
    std::array<int, 2> ends{-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    stream_socket socket(io);
    socket.assign(boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
    plain_stream here(std::move(socket));
    int by_asio = 0;
    here.wait_readable([&](boost::system::error_code error) { by_asio += error ? 0 : 1; });
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
    io.run_one_for(std::chrono::seconds(10));
    EXPECT_EQ(by_asio, 1);
    told user;
    EXPECT_TRUE(here.attach(sockets, user));
    here.wait_readable();
    io.restart();
    const auto guard = boost::asio::make_work_guard(io);
    io.poll();
    EXPECT_EQ(user.readable, 1);
    ::close(ends[1]);
}

}  // namespace
}  // namespace weir::net
