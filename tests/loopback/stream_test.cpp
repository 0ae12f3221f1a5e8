// What is set on the socket of a connection to a node, and what a socket tells of its other end.
#include "net/stream.hpp"

#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace weir::net {
namespace {

int option(stream_socket& socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(socket.native_handle(), level, name, &value, &size), 0);
    return value;
}

struct watched_host : ::testing::Test {
    watched_host() : socket(io) { socket.open(boost::asio::ip::tcp::v4()); }
    boost::asio::io_context io{1};
    stream_socket socket;
};

TEST_F(watched_host, is_noticed_in_seconds_unless_something_else_is_said) {
    watch_host(socket.native_handle(), {});
    EXPECT_EQ(option(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 5);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPINTVL), 2);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPCNT), 3);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
    watch_host(socket.native_handle(), {.idle_seconds = 60, .count = 4, .user_timeout_ms = 7000});
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), 60);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPCNT), 4);
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), 7000);
}

TEST_F(watched_host, may_be_left_to_the_system) {
    const int usual = option(socket, IPPROTO_TCP, TCP_KEEPIDLE);
    watch_host(socket.native_handle(), {.idle_seconds = 0});
    EXPECT_EQ(option(socket, IPPROTO_TCP, TCP_KEEPIDLE), usual);
    watch_host(socket.native_handle(), {.keepalives = false});
    EXPECT_EQ(option(socket, SOL_SOCKET, SO_KEEPALIVE), 0);
}

/// Two ends of a connection.
struct connection : ::testing::Test {
    connection() : connection(two_ends()) {}
    explicit connection(std::array<int, 2> ends) : here(ends[0]), there(ends[1]) {}
    static std::array<int, 2> two_ends() {
        std::array<int, 2> ends{-1, -1};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
        return ends;
    }
    ~connection() override { leave(); }
    void leave() {
        if (there >= 0) ::close(there);
        there = -1;
    }
    plain_stream here;
    int there;
};

TEST_F(connection, is_open_while_the_other_end_is) {
    EXPECT_FALSE(here.peer_has_closed());
    EXPECT_EQ(::write(there, "x", 1), 1);
    EXPECT_FALSE(here.peer_has_closed());
}

TEST_F(connection, is_known_to_be_closed_before_what_came_is_read) {
    EXPECT_EQ(::write(there, "x", 1), 1);
    leave();
    EXPECT_TRUE(here.peer_has_closed());
    char byte = 0;
    EXPECT_EQ(here.try_read(&byte, 1).bytes, 1u);
    EXPECT_EQ(here.try_read(&byte, 1).state, io_state::closed);
}

}  // namespace
}  // namespace weir::net
