#include "core/password.hpp"

#include <gtest/gtest.h>

#include <string>

namespace shop::core {
namespace {

constexpr salt some_salt{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

TEST(password, its_own_hash_verifies_and_no_other_password_does) {
    const auto hash = hash_password("correct horse", some_salt);
    EXPECT_TRUE(hash.starts_with("$y$")) << hash;
    EXPECT_TRUE(verify_password("correct horse", hash));
    EXPECT_FALSE(verify_password("correct horsf", hash));
    EXPECT_FALSE(verify_password("correct horse ", hash));
    EXPECT_FALSE(verify_password("", hash));
}

TEST(password, one_password_with_two_salts_has_two_hashes) {
    auto other = some_salt;
    other[0] = 99;
    EXPECT_NE(hash_password("correct horse", some_salt), hash_password("correct horse", other));
}

TEST(password, long_ones_count_to_their_end) {
    const std::string almost(199, 'x');
    const auto hash = hash_password(almost + "a", some_salt);
    EXPECT_TRUE(verify_password(almost + "a", hash));
    EXPECT_FALSE(verify_password(almost + "b", hash));
}

TEST(password, what_is_no_hash_of_ours_never_verifies) {
    for (const auto* stored : {"", "!", "*0", "$y$", "$y$j9T$", "$1$abc$def", "correct horse"}) {
        EXPECT_FALSE(verify_password("correct horse", stored)) << stored;
    }
}

}  // namespace
}  // namespace shop::core
