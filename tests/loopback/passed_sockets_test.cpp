// Sockets that another process has opened are known by their addresses.
#include "net/passed_sockets.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cstdlib>

namespace weir::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int open_tcp(bool listens = true) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    if (listens) EXPECT_EQ(::listen(descriptor, 1), 0);
    return descriptor;
}

std::string address_of(int descriptor) {
    sockaddr_in where{};
    socklen_t size = sizeof where;
    EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&where), &size), 0);
    return "127.0.0.1:" + std::to_string(ntohs(where.sin_port));
}

TEST(passed_sockets, are_taken_by_their_address_once) {
    const int descriptor = open_tcp();
    const auto name = address_of(descriptor);
    passed_sockets passed({descriptor}, false);
    EXPECT_THAT(passed.names_left(), ElementsAre(name));
    EXPECT_EQ(passed.take("127.0.0.1:1"), std::nullopt);
    EXPECT_EQ(passed.take(name), descriptor);
    EXPECT_EQ(passed.take(name), std::nullopt);
    EXPECT_NE(::fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0);
    EXPECT_NE(::fcntl(descriptor, F_GETFD) & FD_CLOEXEC, 0);
    ::close(descriptor);
}

TEST(passed_sockets, are_closed_where_nobody_takes_them) {
    const int descriptor = open_tcp();
    { passed_sockets passed({descriptor}, false); }
    EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST(passed_sockets, of_systemd_are_nobodys_where_another_process_is_meant) {
    ::setenv("LISTEN_PID", "1", 1);
    ::setenv("LISTEN_FDS", "1", 1);
    const auto passed = passed_sockets::of_systemd();
    ASSERT_TRUE(passed);
    EXPECT_THAT(passed->names_left(), ElementsAre());
    EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr) << "a child would take them for its own";
}

TEST(passed_sockets, of_systemd_that_do_not_listen_are_refused) {
    const int descriptor = open_tcp(false);
    const int before = ::dup(3);  // whatever the test runner keeps there
    ASSERT_EQ(::dup2(descriptor, 3), 3);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", "1", 1);
    const auto passed = passed_sockets::of_systemd();
    ASSERT_FALSE(passed);
    EXPECT_THAT(passed.error().hint, HasSubstr("ListenStream"));
    if (before >= 0) ::dup2(before, 3);
    ::close(before >= 0 ? before : 3);
    if (descriptor != 3) ::close(descriptor);
}

}  // namespace
}  // namespace weir::net
