#include "session/console_talk.hpp"

#include <gtest/gtest.h>

#include "unit/session/messages.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {
namespace {

namespace frontend = wire::frontend;
using kind = console_step::kind;

struct console_talk_case : ::testing::Test {
    /// Whole messages.
    void hears(bytes_view all) {
        while (!all.empty()) {
            const auto size = load_u32(all.data() + 1) + 1;
            talk.take(all[0], all.substr(5, size - 5));
            all.remove_prefix(size);
        }
    }
    std::vector<kind> kinds(bool by_sync = true) {
        std::vector<kind> seen;
        for (const auto& step : talk.take_steps(by_sync)) seen.push_back(step.is);
        return seen;
    }
    static bytes parse(std::string_view name, std::string_view text) {
        bytes out;
        frontend::append_parse(out, name, text, bytes_view("\0\0", 2));
        return out;
    }
    static bytes bind(std::string_view portal, std::string_view name, bytes_view rest = bytes_view("\0\0\0\0\0\0", 6)) {
        bytes out;
        frontend::append_bind_head(out, portal, name, rest.size());
        return out.append(rest);
    }
    static bytes target(char type, char of, std::string_view name) {
        bytes out;
        frontend::append_target(out, type, of, name);
        return out;
    }
    static bytes execute(std::string_view portal) {
        bytes out;
        frontend::append_execute(out, portal, 0);
        return out;
    }
    console_talk talk;
};

TEST_F(console_talk_case, a_statement_lives_on_and_a_portal_ends_with_sync) {
    hears(parse("s", "show nodes") + bind("p", "s") + target('D', 'S', "s") + execute("p"));
    EXPECT_EQ(kinds(), (std::vector{kind::reply, kind::reply, kind::describe_statement, kind::execute}));
    hears(execute("p"));
    EXPECT_EQ(kinds(), (std::vector{kind::fails}));
    hears(bind("", "s") + execute(""));
    const auto steps = talk.take_steps(true);
    ASSERT_EQ(steps.size(), 2u);
    EXPECT_EQ(steps[1], (console_step{kind::execute, "show nodes"}));
    hears(target('C', 'S', "s") + bind("", "s"));
    EXPECT_EQ(kinds(), (std::vector{kind::reply, kind::fails}));
}

TEST_F(console_talk_case, nothing_behind_an_error_is_answered_up_to_sync) {
    hears(bind("", "nobody") + parse("", "show nodes"));
    EXPECT_EQ(kinds(false), (std::vector{kind::fails}));
    hears(parse("", "show nodes"));
    EXPECT_TRUE(talk.has_failed());
    EXPECT_EQ(kinds(true), (std::vector<kind>{}));
    hears(parse("", "show nodes"));
    EXPECT_EQ(kinds(), (std::vector{kind::reply}));
}

TEST_F(console_talk_case, an_answer_that_failed_is_an_error_too) {
    hears(parse("", "show nodes"));
    EXPECT_EQ(kinds(false), (std::vector{kind::reply}));
    EXPECT_FALSE(talk.ends_with_ready());
    talk.note_failure();
    hears(bind("", ""));
    EXPECT_EQ(kinds(true), (std::vector<kind>{}));
    EXPECT_TRUE(talk.ends_with_ready());
}

TEST_F(console_talk_case, parameters_a_name_in_use_and_a_copy_are_errors) {
    const bytes one_value("\0\0\0\1\xff\xff\xff\xff\0\0", 10);
    hears(parse("", "show nodes") + bind("", "", one_value));
    EXPECT_EQ(kinds(), (std::vector{kind::reply, kind::fails}));
    hears(parse("a", "show nodes") + parse("a", "show pools"));
    EXPECT_EQ(kinds(), (std::vector{kind::reply, kind::fails}));
    talk.take(frontend::copy_done, {});
    EXPECT_EQ(kinds(), (std::vector{kind::fails}));
}

}  // namespace
}  // namespace weir::session
