// What a server reports by ParameterStatus: the value, and what a client is told of it and when.
#include "session/parameters.hpp"

#include "unit/session/script.hpp"

namespace weir::session {
namespace {

using query::pin_cause;

TEST(parameter_map, its_digest_follows_its_contents) {
    parameter_map one{{"TimeZone", "UTC"}, {"DateStyle", "ISO, MDY"}};
    parameter_map other{{"DateStyle", "ISO, MDY"}, {"TimeZone", "UTC"}};
    EXPECT_EQ(one.digest(), other.digest());
    EXPECT_EQ(one, other);
    other.insert_or_assign("TimeZone", "Europe/Berlin");
    EXPECT_NE(one.digest(), other.digest());
    EXPECT_EQ(other.at("TimeZone"), "Europe/Berlin");
    other.insert_or_assign("TimeZone", "UTC");
    EXPECT_EQ(one.digest(), other.digest());
    other.insert_or_assign("IntervalStyle", "");
    EXPECT_NE(one.digest(), other.digest());
    EXPECT_EQ(other.size(), 3u);
    EXPECT_EQ(parameter_map().digest(), 0u);
}

TEST(parameter_map, says_whether_transactions_are_read_only_by_default) {
    parameter_map one{{"TimeZone", "UTC"}};
    EXPECT_FALSE(one.reads_only_by_default());
    one.insert_or_assign("default_transaction_read_only", "on");
    EXPECT_TRUE(one.reads_only_by_default());
    one.insert_or_assign("TimeZone", "off");
    EXPECT_TRUE(one.reads_only_by_default());
    one.insert_or_assign("default_transaction_read_only", "off");
    EXPECT_FALSE(one.reads_only_by_default());
}

TEST(parameter_map, values_that_change_places_are_other_contents) {
    EXPECT_NE((parameter_map{{"a", "1"}, {"b", "2"}}).digest(), (parameter_map{{"a", "2"}, {"b", "1"}}).digest());
    EXPECT_NE((parameter_map{{"a", "b"}}).digest(), (parameter_map{{"b", "a"}}).digest());
}

TEST(parameter_map, what_tells_a_replica_from_a_primary_is_told_to_nobody) {
    const parameter_map primary{{"TimeZone", "UTC"}, {"in_hot_standby", "off"}};
    const parameter_map replica{{"TimeZone", "UTC"}, {"in_hot_standby", "on"}};
    EXPECT_EQ(primary.digest(), replica.digest());
    EXPECT_NE(primary, replica);
}

TEST(parameter_store, equal_views_are_one_value) {
    parameter_store store;
    const auto one = store.intern({{"TimeZone", "UTC"}});
    EXPECT_EQ(store.intern({{"TimeZone", "UTC"}}), one);
    EXPECT_NE(store.intern({{"TimeZone", "CET"}}), one);
    // Of one digest, and yet not the same.
    const auto replica = store.intern({{"TimeZone", "UTC"}, {"in_hot_standby", "on"}});
    const auto primary = store.intern({{"TimeZone", "UTC"}, {"in_hot_standby", "off"}});
    EXPECT_EQ(replica->at("in_hot_standby"), "on");
    EXPECT_EQ(primary->at("in_hot_standby"), "off");
}

constexpr auto write = "insert into t values (1)";

SCRIPT(parameters, are_told_with_the_end_of_the_cycle) {
    s.client(ask::query("set datestyle = german; set timezone = utc"))
        .grant()
        .backend_got(ask::query("set datestyle = german; set timezone = utc"))
        .backend(reply().command_complete("SET").parameter("TimeZone", "Asia/Tokyo").command_complete("SET"))
        .client_got(reply().command_complete("SET").command_complete("SET"))
        .backend(reply().parameter("DateStyle", "German, DMY").parameter("TimeZone", "UTC").ready('I'))
        .client_got(reply().parameter("DateStyle", "German, DMY").parameter("TimeZone", "UTC").ready('I'))
        .inspected(pin_cause::settings, {setting_row("DateStyle", "German, DMY"), setting_row("TimeZone", "UTC")})
        .released_clean();
}

SCRIPT(parameters, are_told_once) {
    s.client(ask::query(write))
        .grant()
        .backend_got(ask::query(write))
        .backend(reply().parameter("TimeZone", "UTC").command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").parameter("TimeZone", "UTC").ready('I'))
        .released_clean();
    s.client(ask::query(write))
        .grant()
        .backend_got(ask::query(write))
        .backend(reply().parameter("TimeZone", "UTC").command_complete("INSERT 0 1").ready('I'))
        .client_got(reply().command_complete("INSERT 0 1").ready('I'))
        .released_clean();
}

SCRIPT(parameters, come_ahead_of_each_end_of_a_pipeline) {
    const bytes cycles = ask::extended("set datestyle = german") + ask::sync() + ask::extended(write) +
                         ask::sync();
    s.client(cycles)
        .grant()
        .backend_got(ask::extended("set datestyle = german") + ask::sync())
        .backend(reply().done("SET").parameter("DateStyle", "German, DMY").ready('I'))
        .client_got(reply().done("SET").parameter("DateStyle", "German, DMY").ready('I'))
        .inspected(pin_cause::settings, {setting_row("DateStyle", "German, DMY")})
        .released_clean()
        .grant()
        .backend_got(ask::extended(write) + ask::sync())
        .backend(reply().done("INSERT 0 1").ready('I'))
        .client_got(reply().done("INSERT 0 1").ready('I'));
}

SCRIPT(parameters, wait_for_the_end_where_a_cycle_is_flushed) {
    s.client(ask::extended("set datestyle = german") + ask::flush())
        .grant()
        .backend_got(ask::extended("set datestyle = german") + ask::flush())
        .backend(reply().done("SET"))
        .client_got(reply().done("SET"))
        .client(ask::sync())
        .backend_got(ask::sync())
        .backend(reply().parameter("DateStyle", "German, DMY").ready('I'))
        .client_got(reply().parameter("DateStyle", "German, DMY").ready('I'))
        .inspected(pin_cause::settings, {setting_row("DateStyle", "German, DMY")});
}

SCRIPT(parameters, of_a_set_that_was_rolled_back_are_told_again) {
    s.client(ask::query("begin; set datestyle = german"))
        .grant()
        .backend_got(ask::query("begin; set datestyle = german"))
        .backend(reply().command_complete("BEGIN").command_complete("SET"))
        .backend(reply().parameter("DateStyle", "German, DMY").ready('T'))
        .client_got(reply()
                        .command_complete("BEGIN")
                        .command_complete("SET")
                        .parameter("DateStyle", "German, DMY")
                        .ready('T'))
        .client(ask::query("rollback"))
        .backend_got(ask::query("rollback"))
        .backend(reply().command_complete("ROLLBACK").parameter("DateStyle", "ISO, MDY").ready('I'))
        .client_got(reply().command_complete("ROLLBACK").parameter("DateStyle", "ISO, MDY").ready('I'))
        .inspected(pin_cause::settings)
        .released_clean();
}

SCRIPT(parameters, that_differ_on_another_connection_are_told_when_it_answers) {
    s.shell().connections_report = {{"server_version", "15.20"}, {"TimeZone", "CET"}};
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply()
                        .row_description()
                        .data_row()
                        .command_complete("SELECT 1")
                        .parameter("TimeZone", "CET")
                        .ready('I'))
        .released_clean()
        .reads_on_a_replica();
}

SCRIPT(parameters, of_a_preparation_are_what_the_client_knows_already) {
    s.client(ask::query("set datestyle = german"))
        .grant()
        .backend_got(ask::query("set datestyle = german"))
        .backend(reply().command_complete("SET").parameter("DateStyle", "German, DMY").ready('I'))
        .client_got(reply().command_complete("SET").parameter("DateStyle", "German, DMY").ready('I'))
        .inspected(pin_cause::settings, {setting_row("DateStyle", "German, DMY")})
        .released_clean()
        .position(0x100)
        .client(ask::query("select 1"))
        .expects_replica()
        .grant()
        .brought_over({"SELECT pg_catalog.set_config('DateStyle', 'German, DMY', false)"},
                      reply().parameter("DateStyle", "German, DMY"))
        .backend_got(ask::query("select 1"))
        .backend(reply().one_row())
        .client_got(reply().one_row());
}

SCRIPT(parameters, a_replica_does_not_tell_what_it_is) {
    s.shell().connections_report = {{"server_version", "15.20"}, {"in_hot_standby", "on"}};
    s.client(ask::query("select 1"))
        .grant()
        .backend_got(ask::query("select 1"))
        .backend(reply().parameter("in_hot_standby", "off").one_row())
        .client_got(reply().one_row())
        .released_clean();
}

SCRIPT(parameters, an_idle_client_with_a_lease_is_told_at_once) {
    s.runs("listen channel", "LISTEN")
        .inspected(pin_cause::listen, {found_row("l")})
        .backend(reply().parameter("TimeZone", "CET"))
        .client_got(reply().parameter("TimeZone", "CET"))
        .backend(reply().parameter("TimeZone", "CET"))
        .client_got_nothing()
        .backend(reply().parameter("in_hot_standby", "on"))
        .client_got_nothing();
}

SCRIPT(parameters, at_the_welcome_the_application_has_its_own_name) {
    static const parameter_map idle{{"application_name", ""}, {"in_hot_standby", "on"}};
    s.client_leaves();
    s.shell().next_client();
    s.client(ask::startup({{"user", "ann"}, {"database", "shop"}, {"application_name", "sh\xc3\xb6p\n"}}));
    s.identified_with(&idle).client_got(reply()
                                            .authentication(0)
                                            .parameter("application_name", "sh??p?")
                                            .parameter("in_hot_standby", "off")
                                            .key(5000000, "secr")
                                            .ready('I'));
}

}  // namespace
}  // namespace weir::session
