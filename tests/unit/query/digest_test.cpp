#include "query/digest.hpp"

#include <gtest/gtest.h>

namespace weir::query {
namespace {

constexpr digest_key key = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

TEST(digest, folds_literals) {
    EXPECT_EQ(digest_text("SELECT * FROM T WHERE a = 1"), "select * from t where a = ?");
}

}  // namespace
}  // namespace weir::query
