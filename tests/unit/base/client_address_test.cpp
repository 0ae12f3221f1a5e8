#include "base/client_address.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(client_address, its_host_is_without_port_and_brackets) {
    EXPECT_EQ(host_of("10.1.2.3:5000"), "10.1.2.3");
    EXPECT_EQ(host_of("10.1.2.3"), "10.1.2.3");
    EXPECT_EQ(host_of("[fd00::7]:5000"), "fd00::7");
    EXPECT_EQ(host_of("[fd00::7]"), "fd00::7");
    EXPECT_EQ(host_of("fd00::7"), "fd00::7");
    EXPECT_EQ(host_of("unix"), "unix");
    EXPECT_EQ(host_of("[fd00"), "fd00");
    EXPECT_EQ(host_of(""), "");
}

}  // namespace
}  // namespace weir
