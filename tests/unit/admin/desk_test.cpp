// The console and the pages as they are asked for from outside.
#include "admin/desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/command.hpp"
#include "unit/admin/sample_report.hpp"

namespace weir::admin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct desk_case : ::testing::Test {
    status::table ask(std::string_view statement) {
        auto answer = asked.console(statement, status::console_right::change, running);
        EXPECT_TRUE(answer) << statement;
        return answer ? *answer : status::table{};
    }
    testing::fake_control running;
    desk asked;
};

TEST_F(desk_case, every_command_answers_with_rows_as_wide_as_its_head) {
    running.now.clients_list = {testing::sample_client()};
    testing::add_past(running.now);
    for (const auto& one : command_list{}) {
        if (one.takes != operand::none) continue;
        const auto told = ask(one.words);
        const bool does = one.is == command::reload || one.is == command::clear_learned || one.is == command::clear_digests;
        EXPECT_EQ(told.tag, does ? one.words : "SHOW");
        EXPECT_NE(told.columns.empty(), !does || one.is == command::reload) << one.words;
        const auto columns = asked.columns(one.words);
        ASSERT_TRUE(columns) << one.words;
        EXPECT_EQ(*columns, told.columns) << one.words;
        for (const auto& row : told.rows) EXPECT_EQ(row.size(), told.columns.size()) << one.words;
        if (!does) {
            EXPECT_FALSE(told.rows.empty()) << one.words;
        }
    }
}

TEST_F(desk_case, what_replicas_have_refused_can_be_forgotten) {
    ASSERT_TRUE(asked.console("clear learned", status::console_right::change, running));
    EXPECT_EQ(running.forgotten, 1);
}

TEST_F(desk_case, every_command_answers_of_a_weir_that_has_just_begun) {
    running.now = {};
    for (const auto& one : command_list{})
        EXPECT_TRUE(asked.console(std::string(one.words) + (one.takes == operand::none      ? ""
                                                     : one.takes == operand::setting ? " datestyle = 5"
                                                                                     : " 5"), status::console_right::change, running))
            << one.words;
    for (const auto* path : {"/", "/livez", "/readyz", "/metrics"})
        EXPECT_EQ(asked.get(path, "", running).status, 200) << path;
}

TEST_F(desk_case, a_pause_is_answered_when_nothing_runs_any_more) {
    const auto told = ask("pause Shop within 500");
    EXPECT_THAT(running.held, ElementsAre("pause Shop"));
    EXPECT_EQ(told.tag, "PAUSE");
    EXPECT_THAT(told.columns, IsEmpty());
    ASSERT_TRUE(told.after);
    EXPECT_EQ(told.after->of, status::standstill::kind::database);
    EXPECT_EQ(told.after->name, "Shop");
    EXPECT_EQ(told.after->within, milliseconds(500));
    EXPECT_TRUE(told.after->is_new);
}

TEST_F(desk_case, so_is_a_drain) {
    const auto told = ask("drain node a");
    EXPECT_THAT(running.held, ElementsAre("drain a"));
    EXPECT_EQ(told.tag, "DRAIN NODE");
    ASSERT_TRUE(told.after);
    EXPECT_EQ(told.after->of, status::standstill::kind::node);
    EXPECT_EQ(told.after->within, std::nullopt);
}

TEST_F(desk_case, what_ends_a_pause_or_a_client_is_answered_at_once) {
    EXPECT_EQ(ask("resume").tag, "RESUME");
    EXPECT_EQ(ask("undrain node a").tag, "UNDRAIN NODE");
    EXPECT_EQ(ask("kill shop").tag, "KILL 3");
    EXPECT_EQ(ask("kill_client 4194321").tag, "KILL_CLIENT");
    EXPECT_FALSE(ask("kill shop").after);
    EXPECT_THAT(running.held,
                ElementsAre("resume ", "undrain a", "kill shop", "client 4194321", "kill shop"));
}

TEST_F(desk_case, what_is_refused_is_told_as_it_is) {
    const fault why{"42704", "there is no node \"a\""};
    running.refuses = why;
    for (const auto* text : {"pause x", "resume x", "drain node a", "undrain node a", "kill x", "kill_client 1"}) {
        const auto answer = asked.console(text, status::console_right::change, running);
        ASSERT_TRUE(answer.has_error()) << text;
        EXPECT_EQ(answer.error(), why) << text;
    }
}

TEST_F(desk_case, a_client_is_known_by_its_number) {
    EXPECT_TRUE(asked.console("kill_client ann", status::console_right::change, running).has_error());
    EXPECT_TRUE(asked.console("kill_client 99999999999", status::console_right::change, running).has_error());
    EXPECT_THAT(running.held, IsEmpty());
}

TEST_F(desk_case, the_empty_statement_has_neither_columns_nor_tag) {
    const auto told = ask(" ; ");
    EXPECT_THAT(told.columns, IsEmpty());
    EXPECT_EQ(told.tag, "");
    EXPECT_EQ(running.gathered, 0);
}

TEST_F(desk_case, a_fault_costs_no_report) {
    EXPECT_TRUE(asked.console("SHOW NONSENSE", status::console_right::change, running).has_error());
    EXPECT_EQ(running.gathered, 0);
}

TEST_F(desk_case, version_in_the_form_that_tools_for_pgbouncer_expect) {
    const auto told = ask("SHOW VERSION");
    EXPECT_THAT(told.columns, ElementsAre("version"));
    EXPECT_EQ(told.rows.at(0).at(0), "Weir 1.2.3");
}

TEST_F(desk_case, reload_tells_what_has_changed) {
    running.reload_answer = std::vector<std::string>{"pool.size: 20 -> 30"};
    const auto told = ask("reload;");
    EXPECT_EQ(running.reloaded, 1);
    EXPECT_THAT(told.columns, ElementsAre("changed"));
    EXPECT_EQ(told.rows.at(0).at(0), "pool.size: 20 -> 30");
}

TEST_F(desk_case, a_reload_that_is_refused_is_told_as_it_is) {
    const fault why{"F0000", "weir.toml:2:1: unknown key", "", "did you mean listen?"};
    running.reload_answer = why;
    const auto answer = asked.console("RELOAD", status::console_right::change, running);
    ASSERT_TRUE(answer.has_error());
    EXPECT_EQ(answer.error(), why);
}

TEST_F(desk_case, livez_asks_nobody) {
    running.now.draining = true;
    const auto page = asked.get("/livez", "", running);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "ok\n");
    EXPECT_EQ(running.gathered, 0);
}

TEST_F(desk_case, readyz_says_why_not) {
    EXPECT_EQ(asked.get("/readyz", "", running).status, 200);
    running.now.draining = true;
    const auto page = asked.get("/readyz", "", running);
    EXPECT_EQ(page.status, 503);
    EXPECT_EQ(page.body, "not ready: Weir is shutting down\n");
}

TEST_F(desk_case, metrics_have_prometheus_content_type) {
    const auto page = asked.get("/metrics", "", running);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(page.body, HasSubstr("weir_build_info{version=\"1.2.3\"} 1\n"));
}

TEST_F(desk_case, the_first_page_is_the_dashboard_and_asks_nothing_of_elsewhere) {
    const auto page = asked.get("/", "", running);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
    for (const auto* part : {"<title>Weir</title>", "id=\"topology\"", "EventSource(\"/api/events\")", "prefers-color-scheme", "</html>"})
        EXPECT_THAT(page.body, HasSubstr(part));
    for (const auto* other : {"@style.css@", "@main.js@", "https://", "src=\"http"})
        EXPECT_THAT(page.body, ::testing::Not(HasSubstr(other)));
    EXPECT_EQ(running.gathered, 0);
}

TEST_F(desk_case, the_state_is_told_as_json_with_digests_where_asked_for) {
    const auto page = asked.get("/api/status", "", running);
    EXPECT_EQ(page.content_type, "application/json");
    EXPECT_THAT(page.body, HasSubstr("\"version\":\"1.2.3\""));
    EXPECT_THAT(page.body, ::testing::Not(HasSubstr("\"digests\"")));
    EXPECT_THAT(asked.get("/api/status", "digests=1", running).body, HasSubstr("\"digests\":["));
}

TEST_F(desk_case, a_route_is_explained_for_a_statement_of_a_database) {
    const auto page = asked.get("/api/route", "database=shop&user=ann&statement=select+%271%25%27", running);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, R"({"columns":["item","value"],"rows":[["statement","select '1%'"],["who","ann@shop"]]})");
    EXPECT_EQ(asked.get("/api/route", "database=shop", running).status, 400);
    EXPECT_EQ(asked.get("/api/route", "statement=select+1&database=", running).status, 400);
    running.refuses = fault{"3D000", "database \"nope\" is not there", "", "Look."};
    const auto refused = asked.get("/api/route", "database=nope&statement=select+1", running);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.body, "database \"nope\" is not there. Look.\n");
}

TEST_F(desk_case, statements_are_counted_from_nothing_again) {
    EXPECT_EQ(ask("clear digests").tag, "CLEAR DIGESTS");
    EXPECT_EQ(running.digests_forgotten, 1);
}

TEST_F(desk_case, a_key_is_set_and_what_drivers_set_of_themselves_is_taken) {
    EXPECT_EQ(ask("set log.level = 'debug'").tag, "SET");
    EXPECT_EQ(ask("SET log.level TO warn").tag, "SET");
    EXPECT_THAT(running.held, ElementsAre("set log.level=debug", "set log.level=warn"));
    EXPECT_EQ(ask("SET extra_float_digits = 3").tag, "SET");
    EXPECT_EQ(ask("set session Application_Name = 'psql'").tag, "SET");
    EXPECT_EQ(running.held.size(), 2u);
    EXPECT_TRUE(asked.console("set extra_float_digits = 3", status::console_right::look, running));
    EXPECT_TRUE(asked.console("set log.level = debug", status::console_right::look, running).has_error());
    EXPECT_TRUE(asked.console("set log.level", status::console_right::change, running).has_error());
}

TEST_F(desk_case, columns_are_known_without_doing_anything) {
    EXPECT_THAT(*asked.columns("kill shop"), IsEmpty());
    EXPECT_THAT(*asked.columns("reload"), ElementsAre("changed"));
    EXPECT_THAT(*asked.columns("show help"), ElementsAre("command", "answer"));
    EXPECT_TRUE(asked.columns("show nonsense").has_error());
    EXPECT_THAT(running.held, IsEmpty());
    EXPECT_EQ(running.gathered + running.reloaded, 0);
}

TEST_F(desk_case, there_is_no_other_page) {
    for (const auto* path : {"/nothing", "", "/metrics/", "/METRICS", "//", "/../etc/passwd", "*"})
        EXPECT_EQ(asked.get(path, "", running).status, 404) << path;
    EXPECT_EQ(running.gathered, 0);
}

}  // namespace
}  // namespace weir::admin
