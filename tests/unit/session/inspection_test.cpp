// The question about a lease, and what is read from its answer.
#include "session/inspection.hpp"

#include <gtest/gtest.h>

#include "unit/session/inspection_rows.hpp"

namespace weir::session {
namespace {

using query::pin_cause;
using names = std::vector<std::string>;

constexpr auto whatever = pin_cause::settings | pin_cause::temporary | pin_cause::hold_cursor |
                          pin_cause::advisory_lock | pin_cause::listen;

std::string question(pin_cause what, names custom_names = {}) {
    return inspection(what, std::move(custom_names), "ann").question();
}

settings set(std::vector<setting> all) { return settings(std::move(all)); }

std::size_t count(std::string_view in, std::string_view what) {
    std::size_t found = 0;
    for (auto at = in.find(what); at != in.npos; at = in.find(what, at + what.size())) ++found;
    return found;
}

result<void> reads(inspection& by, bytes_view body, bool first = true, bool last = true) {
    wire::frame_piece piece;
    piece.type = 'D';
    piece.body = body;
    piece.first = first;
    piece.last = last;
    return by.on_row(piece);
}
void reads(inspection& by, const inspection_row& row) {
    EXPECT_TRUE(reads(by, row_body(row.columns)).has_value());
}

TEST(inspection, asks_for_each_kind_alone) {
    for (const auto kind : {pin_cause::settings, pin_cause::temporary, pin_cause::hold_cursor,
                            pin_cause::advisory_lock, pin_cause::listen, pin_cause::sql_prepare}) {
        const auto text = question(kind);
        EXPECT_EQ(read_question(text).kinds, kind) << text;
        EXPECT_EQ(count(text, ";"), 0u) << text;
        EXPECT_TRUE(text.starts_with("SELECT '")) << text;
        EXPECT_TRUE(inspection(kind, {}, "ann").asked_for(kind));
    }
}

TEST(inspection, asks_for_several_kinds_at_once) {
    const auto text = question(pin_cause::temporary | pin_cause::listen | pin_cause::sql_prepare);
    EXPECT_EQ(read_question(text).kinds,
              pin_cause::temporary | pin_cause::listen | pin_cause::sql_prepare);
    EXPECT_EQ(count(text, " UNION ALL "), 2u);
    EXPECT_EQ(count(text, "::pg_catalog.text"), 3u + 2u * 3u);
}

TEST(inspection, what_may_have_done_anything_is_asked_for_all_but_names) {
    const inspection all(pin_cause::procedural, {}, "ann");
    EXPECT_EQ(read_question(all.question()).kinds, whatever);
    EXPECT_EQ(all.what() & whatever, whatever);
    EXPECT_FALSE(all.asked_for(pin_cause::sql_prepare));
    EXPECT_EQ(read_question(question(pin_cause::procedural | pin_cause::sql_prepare)).kinds,
              whatever | pin_cause::sql_prepare);
}

TEST(inspection, custom_settings_are_asked_for_by_name) {
    const auto text = question(pin_cause::settings, {"app.t", "odd.it's\\"});
    EXPECT_NE(text.find("'app.t', pg_catalog.current_setting('app.t', true)"), text.npos) << text;
    EXPECT_NE(text.find("E'odd.it''s\\\\', pg_catalog.current_setting(E'odd.it''s\\\\', true)"), text.npos)
        << text;
    EXPECT_NE(text.find("pg_catalog.current_setting('role')"), text.npos) << text;
    EXPECT_NE(text.find("pg_catalog.current_setting('session_authorization')"), text.npos) << text;
    // Where settings are not asked for, their names do not matter.
    EXPECT_EQ(read_question(question(pin_cause::listen, {"app.t"})).custom_names, names());
}

/// search_path is the session's, and may shadow any name that is not qualified.
TEST(inspection, names_are_qualified) {
    const auto text = question(pin_cause::procedural | pin_cause::sql_prepare, {"app.t"});
    for (std::size_t at = text.find('('); at != text.npos; at = text.find('(', at + 1)) {
        const auto before = text.substr(0, at);
        const auto word = before.substr(before.find_last_of(" (,") + 1);
        EXPECT_TRUE(word.starts_with("pg_catalog.") || word == "OPERATOR" || word == "EXISTS" || word.empty())
            << word;
    }
    for (std::size_t at = text.find('='); at != text.npos; at = text.find('=', at + 1))
        EXPECT_TRUE(std::string_view(text).substr(0, at).ends_with("OPERATOR(pg_catalog.")) << at;
}

TEST(inspection, finds_what_rows_say) {
    inspection seen(pin_cause::procedural, {}, "ann");
    EXPECT_EQ(seen.found(), pin_cause::none);
    reads(seen, found_row("t"));
    reads(seen, found_row("a"));
    EXPECT_EQ(seen.found(), pin_cause::temporary | pin_cause::advisory_lock);
    reads(seen, found_row("h"));
    reads(seen, found_row("l"));
    EXPECT_EQ(seen.found(), query::without(whatever, pin_cause::settings));
    EXPECT_EQ(seen.found_settings(), nullptr);
}

TEST(inspection, finds_settings) {
    inspection seen(pin_cause::settings, {"app.t"}, "ann");
    reads(seen, setting_row("search_path", "\"a b\", c"));
    reads(seen, setting_row("log_min_messages", "debug1", "superuser"));
    reads(seen, custom_row("role", "clerk"));
    reads(seen, custom_row("session_authorization", "bob"));
    reads(seen, custom_row("app.t", ""));
    const auto found = seen.found_settings();
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, set({{"app.t", ""},
                                {"log_min_messages", "debug1", true},
                                {"role", "clerk"},
                                {"search_path", "\"a b\", c"},
                                {"session_authorization", "bob"}}));
    EXPECT_EQ(seen.found(), pin_cause::none);
}

TEST(inspection, what_is_as_at_the_login_is_not_set) {
    inspection seen(pin_cause::settings, {"app.t"}, "ann");
    reads(seen, custom_row("role", "none"));
    reads(seen, custom_row("session_authorization", "ann"));
    // A name that this server has never heard of.
    reads(seen, custom_row("app.t", std::nullopt));
    EXPECT_EQ(seen.found_settings(), nullptr);
}

TEST(inspection, what_ends_with_the_transaction_is_not_set) {
    inspection seen(pin_cause::settings, {}, "ann");
    for (const auto name : {"transaction_isolation", "transaction_read_only", "transaction_deferrable"})
        reads(seen, setting_row(name, "on"));
    EXPECT_EQ(seen.found_settings(), nullptr);
}

/// It came with PostgreSQL 17, and its name notwithstanding it outlives the transaction.
TEST(inspection, the_time_limit_of_transactions_stays) {
    inspection seen(pin_cause::settings, {}, "ann");
    reads(seen, setting_row("transaction_timeout", "5000"));
    ASSERT_NE(seen.found_settings(), nullptr);
    EXPECT_EQ(*seen.found_settings(), set({{"transaction_timeout", "5000"}}));
}

TEST(inspection, a_setting_that_is_told_twice_is_set_once) {
    inspection seen(pin_cause::settings, {"auto_explain.log_format"}, "ann");
    reads(seen, setting_row("auto_explain.log_format", "json", "superuser"));
    reads(seen, custom_row("auto_explain.log_format", "json"));
    EXPECT_EQ(*seen.found_settings(), set({{"auto_explain.log_format", "json", true}}));
}

TEST(inspection, finds_the_names_that_sql_prepared) {
    inspection seen(pin_cause::sql_prepare, {}, "ann");
    reads(seen, statement_row("p"));
    reads(seen, statement_row("Odd \"name\""));
    EXPECT_EQ(seen.found_statements(), (names{"p", "Odd \"name\""}));
}

TEST(inspection, rows_come_in_pieces) {
    inspection seen(pin_cause::settings, {}, "ann");
    for (const auto& row : {setting_row("search_path", bytes(3000, 'a')), setting_row("work_mem", "1")}) {
        const bytes body = row_body(row.columns);
        for (std::size_t at = 0; at < body.size(); ++at) {
            const bool last = at + 1 == body.size();
            ASSERT_TRUE(reads(seen, bytes_view(body).substr(at, 1), at == 0, last).has_value());
        }
    }
    EXPECT_EQ(*seen.found_settings(),
              set({{"search_path", std::string(3000, 'a')}, {"work_mem", "1"}}));
}

TEST(inspection, a_row_of_another_form_is_refused) {
    inspection seen(pin_cause::settings, {}, "ann");
    const bytes good = row_body(setting_row("work_mem", "1").columns);
    for (std::size_t size = 0; size < good.size(); ++size) {
        const auto cut = reads(seen, bytes_view(good).substr(0, size));
        ASSERT_FALSE(cut.has_value()) << size;
        EXPECT_EQ(cut.error().sqlstate, "08P01");
    }
    using columns = std::vector<std::optional<bytes>>;
    EXPECT_FALSE(reads(seen, row_body(columns{"s", "a", "1"})).has_value());
    EXPECT_FALSE(reads(seen, row_body(columns{"s", "a", "1", "user", "more"})).has_value());
    EXPECT_FALSE(reads(seen, row_body(columns{std::nullopt, "a", "1", "user"})).has_value());
    bytes huge = good;
    store_u32(huge.data() + 2, 0x7fffffff);
    EXPECT_FALSE(reads(seen, huge).has_value());
    EXPECT_EQ(seen.found_settings(), nullptr);
    EXPECT_TRUE(reads(seen, good).has_value());
}

}  // namespace
}  // namespace weir::session
