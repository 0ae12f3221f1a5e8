// Since when a connection is kept, and because of which statement.
#include "session/pin_log.hpp"

#include <gtest/gtest.h>

#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

constexpr query::digest first{1, 1};
constexpr query::digest second{2, 2};
const instant at{std::chrono::seconds(5)};
const instant later = at + std::chrono::seconds(3);

TEST(pin_log, a_reason_is_of_the_cycle_that_brought_it) {
    pin_log log;
    log.note(at, first);
    log.settle(pin_cause::temporary);
    log.note(later, second);
    log.settle(pin_cause::temporary | pin_cause::listen);
    EXPECT_EQ(log.all(), (std::vector<pin_record>{{pin_cause::temporary, at, first}, {pin_cause::listen, later, second}}));
}

TEST(pin_log, what_is_gone_begins_anew) {
    pin_log log;
    log.note(at, first);
    log.settle(pin_cause::listen);
    log.settle(pin_cause::none);
    EXPECT_TRUE(log.all().empty());
    log.note(later, second);
    log.settle(pin_cause::listen);
    EXPECT_EQ(log.all(), (std::vector<pin_record>{{pin_cause::listen, later, second}}));
}

SCRIPT(pin_log, of_a_session_tells_the_statement_and_ends_with_the_pin) {
    EXPECT_EQ(s.machine().pinned(), nullptr);
    s.runs("load 'x'", "LOAD").keeps_lease().pinned_by(pin_cause::load);
    ASSERT_NE(s.machine().pinned(), nullptr);
    ASSERT_EQ(s.machine().pinned()->all().size(), 1u);
    const auto pin = s.machine().pinned()->all().front();
    EXPECT_EQ(pin.cause, pin_cause::load);
    EXPECT_NE(pin.by, query::digest());
    s.runs("select 1", "SELECT 1");
    ASSERT_NE(s.machine().pinned(), nullptr);
    EXPECT_EQ(s.machine().pinned()->all(), std::vector<pin_record>{pin});
}

}  // namespace
}  // namespace weir::session
