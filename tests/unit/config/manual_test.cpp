#include "config/manual.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/key.hpp"

namespace weir::config {
namespace {

using ::testing::HasSubstr;

TEST(manual, holds_every_key_that_can_be_said) {
    const auto text = configuration_manual("1.2.3");
    EXPECT_THAT(text, HasSubstr("\"Weir 1.2.3\""));
    for (const auto& s : sections()) {
        for (const auto& k : s.keys) {
            if (k.form == shape::later) continue;
            EXPECT_THAT(text, HasSubstr("\n.TP\n" + as_roff("`" + std::string(k.name) + "`")));
        }
    }
}

TEST(manual, shows_text_as_it_is) {
    EXPECT_EQ(as_roff(".a\n'b `c-d` \\n"), "\\&.a\n\\&'b \\fBc\\-d\\fR \\en");
}

}  // namespace
}  // namespace weir::config
