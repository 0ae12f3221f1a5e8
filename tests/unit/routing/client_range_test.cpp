#include "routing/client_range.hpp"

#include <gtest/gtest.h>

namespace weir::routing {
namespace {

bool contains(std::string_view range, std::string_view client) {
    const auto made = client_range::parse(range);
    EXPECT_TRUE(made) << range;
    return made && made->contains(client);
}

TEST(ClientRange, NetworksContainTheirAddresses) {
    EXPECT_TRUE(contains("10.0.0.0/8", "10.200.3.4:5000"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1:5000"));
    EXPECT_TRUE(contains("192.168.16.0/20", "192.168.31.255:1"));
    EXPECT_FALSE(contains("192.168.16.0/20", "192.168.32.0:1"));
    EXPECT_TRUE(contains("127.0.0.1", "127.0.0.1:9"));
    EXPECT_FALSE(contains("127.0.0.1", "127.0.0.2:9"));
    EXPECT_TRUE(contains("0.0.0.0/0", "1.2.3.4"));
    EXPECT_FALSE(contains("0.0.0.0/0", "[::1]:5"));
}

TEST(ClientRange, Version6) {
    EXPECT_TRUE(contains("fd00::/8", "[fd12::7]:5000"));
    EXPECT_FALSE(contains("fd00::/8", "[fe80::7]:5000"));
    EXPECT_TRUE(contains("::1", "[::1]:5000"));
    EXPECT_TRUE(contains("::1", "::1"));
    EXPECT_TRUE(contains("10.0.0.0/8", "[::ffff:10.1.2.3]:5000"));
}

TEST(ClientRange, UnixSockets) {
    EXPECT_TRUE(contains("unix", "unix"));
    EXPECT_FALSE(contains("unix", "127.0.0.1:5"));
    EXPECT_FALSE(contains("0.0.0.0/0", "unix"));
}

TEST(ClientRange, OtherTextsAreNone) {
    for (const auto* text : {"", "10", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.1/8", "host",
                             "::/129", "fd00::1/8", "Unix", "10.0.0.0/-1", " 10.0.0.0/8"})
        EXPECT_FALSE(client_range::parse(text)) << text;
}

TEST(ClientRange, OneRangeContainsAnother) {
    const auto wide = *client_range::parse("10.0.0.0/8");
    const auto narrow = *client_range::parse("10.1.0.0/16");
    const auto socket = *client_range::parse("unix");
    EXPECT_TRUE(wide.contains(narrow));
    EXPECT_TRUE(wide.contains(wide));
    EXPECT_FALSE(narrow.contains(wide));
    EXPECT_FALSE(wide.contains(socket));
    EXPECT_FALSE(socket.contains(wide));
    EXPECT_TRUE(socket.contains(socket));
}

}  // namespace
}  // namespace weir::routing
