#include "base/client_range.hpp"

#include <gtest/gtest.h>

namespace weir {
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

TEST(ClientRange, BitsBehindTheMaskMayBeCutOff) {
    EXPECT_FALSE(client_range::parse("10.1.2.3/8"));
    const auto wide = client_range::parse_any("10.1.2.3/8");
    ASSERT_TRUE(wide);
    EXPECT_TRUE(wide->contains("10.9.9.9:1"));
    EXPECT_FALSE(wide->is_v6());
    EXPECT_FALSE(client_range::parse_any("unix"));
    EXPECT_TRUE(client_range::parse_any("fd00::1/8")->is_v6());
}

TEST(ClientRange, AMaskAsAnAddress) {
    const auto net = client_range::parse_masked("192.168.7.9", "255.255.255.0");
    ASSERT_TRUE(net);
    EXPECT_TRUE(net->contains("192.168.7.200:1"));
    EXPECT_FALSE(net->contains("192.168.8.1:1"));
    EXPECT_TRUE(client_range::parse_masked("fd00::1", "ffff::")->contains("fd00::7"));
    EXPECT_TRUE(client_range::parse_masked("10.0.0.1", "0.0.0.0")->contains("1.2.3.4"));
    for (const auto* mask : {"255.0.255.0", "ffff::", "trust", ""})
        EXPECT_FALSE(client_range::parse_masked("10.0.0.1", mask)) << mask;
}

}  // namespace
}  // namespace weir
