// What a client is told once it is known: the parameters of a server, from any node that answers.
#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using namespace std::chrono_literals;

bytes start() { return ask::startup({{"user", "ann"}, {"database", "shop"}}); }

const std::vector<std::string>& welcome() {
    static const auto seen = shown_to_client(
        reply().authentication(0).parameter("server_version", "15.20").key(5000000, "secr").ready('I'));
    return seen;
}

DOOR(welcome, the_first_client_waits_for_a_connection) {
    d.sends(start());
    EXPECT_EQ(d.identify(nullptr), "");
    EXPECT_EQ(d.machine().now_in(), phase::welcoming);
    ASSERT_EQ(d.shell().asked, primary_node);
    d.shell().grant();
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})), welcome());
    EXPECT_EQ(d.shell().lease, nullptr);
    EXPECT_EQ(d.shell().last_released->now, fake_backend::state::idle);
    EXPECT_EQ(d.machine().now_in(), phase::ready);
}

/// A connection that comes from another worker has been in use.
DOOR(welcome, tells_what_the_connection_began_with) {
    d.sends(start());
    d.identify(nullptr);
    auto& used = d.shell().idle_connection(primary_node);
    used.link.parameters.insert_or_assign("server_version", "changed by its last user");
    d.shell().grant();
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})), welcome());
}

/// FACTS 13: where no quote is certain, nothing is judged and all of it is a write.
DOOR(welcome, text_in_which_no_quote_is_certain_is_not_judged) {
    const std::vector<parameter_map> uncertain = {{{"client_encoding", "SJIS"}},
                                                  {{"standard_conforming_strings", "off"}}};
    for (const auto& parameters : uncertain) {
        door one({});
        one.sends(start());
        one.identify(&parameters);
        one.sends(ask::query("select 1"));
        EXPECT_EQ(one.shell().asked, primary_node);
    }
    const parameter_map certain{{"client_encoding", "UTF8"}, {"standard_conforming_strings", "on"}};
    d.sends(start());
    d.identify(&certain);
    d.sends(ask::query("select 1"));
    EXPECT_EQ(d.shell().asked, replica_1);
}

DOOR(welcome, news_of_the_cluster_ask_for_no_second_connection) {
    d.sends(start());
    d.identify(nullptr);
    d.shell().tell_and_read(cluster_changed{});
    ASSERT_EQ(d.shell().asked, primary_node);
    d.shell().grant();
    EXPECT_FALSE(d.shell().asked.has_value());
}

DOOR(welcome, without_a_primary_a_replica_tells) {
    d.around().cluster_becomes([](cluster::snapshot& next) { next.primary.reset(); });
    d.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[0].up = false; });
    d.sends(start());
    d.identify(nullptr);
    EXPECT_EQ(d.shell().asked, replica_1);
}

DOOR(welcome, without_any_node_it_waits_for_one) {
    d.around().cluster_becomes([](cluster::snapshot& next) {
        next.primary.reset();
        for (auto& node : next.nodes) node.up = false;
    });
    d.sends(start());
    d.identify(nullptr);
    EXPECT_FALSE(d.shell().asked.has_value());
    d.around().cluster_becomes([](cluster::snapshot& next) { next.nodes[2].up = true; });
    d.shell().tell_and_read(cluster_changed{});
    ASSERT_EQ(d.shell().asked, replica_2);
    d.shell().grant();
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})), welcome());
}

DOOR(welcome, without_any_node_the_wait_has_an_end) {
    d.around().cluster_becomes([](cluster::snapshot& next) {
        next.primary.reset();
        for (auto& node : next.nodes) node.up = false;
    });
    d.sends(start());
    d.identify(nullptr);
    d.shell().pass_time(61s);
    EXPECT_EQ(shown_to_client(d.shell().client_got).at(0).substr(0, 25), "ErrorResponse FATAL 57P03");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(welcome, a_node_that_cannot_be_reached_is_not_the_end) {
    d.sends(start());
    d.identify(nullptr);
    d.shell().refuse({"08006", "refused"}, true);
    EXPECT_FALSE(d.shell().closed);
    ASSERT_EQ(d.shell().probed.size(), 1u);
    EXPECT_EQ(d.shell().probed.front(), primary_node);
    d.around().cluster_becomes([](cluster::snapshot& next) {
        next.primary.reset();
        next.nodes[0].up = false;
    });
    d.shell().tell_and_read(cluster_changed{});
    EXPECT_EQ(d.shell().asked, replica_1);
}

DOOR(welcome, a_refusal_by_the_server_is_told) {
    d.sends(start());
    d.identify(nullptr);
    d.shell().refuse({"3D000", "database \"shop\" does not exist"}, false);
    EXPECT_EQ(shown_to_client(d.shell().client_got).at(0),
              "ErrorResponse FATAL 3D000 database \"shop\" does not exist");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(welcome, a_client_that_leaves_meanwhile) {
    d.sends(start());
    d.identify(nullptr);
    d.shell().tell_and_read(client_closed{});
    EXPECT_FALSE(d.shell().asked.has_value());
    EXPECT_TRUE(d.shell().closed);
}

DOOR(welcome, a_drain_meanwhile_ends_it_with_its_reason) {
    d.sends(start());
    d.identify(nullptr);
    d.shell().tell_and_read(drain_begun{});
    d.shell().grant();
    EXPECT_EQ(shown_to_client(d.shell().client_got).back(),
              "ErrorResponse FATAL 57P01 terminating connection because Weir is shutting down");
    EXPECT_TRUE(d.shell().closed);
}

// ---- the console, which needs no node ----

bytes enters_console(door& d) {
    d.rules().admin_users = {"root"};
    d.sends(ask::startup({{"user", "root"}, {"database", "weir"}}));
    static const parameter_map told{{"server_version", "15.20"}};
    d.shell().tell_and_read(identified{&told, 5000000, "secr", nullptr, nullptr});
    return std::exchange(d.shell().client_got, {});
}

DOOR(console, a_statement_is_answered_and_the_next_one_waits) {
    EXPECT_EQ(shown_to_client(enters_console(d)), welcome());
    EXPECT_EQ(d.sends(ask::query("show nodes") + ask::query("show pools")), "");
    EXPECT_EQ(d.shell().console, "show nodes");
    d.shell().tell_and_read(console_answered{reply().command_complete("SHOW").str()});
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})),
              shown_to_client(reply().command_complete("SHOW").ready('I')));
    EXPECT_EQ(d.shell().console, "show pools");
    d.shell().tell_and_read(console_answered{reply().command_complete("SHOW").str()});
    EXPECT_EQ(d.machine().now_in(), phase::ready);
}

DOOR(console, the_extended_protocol_is_answered_at_sync) {
    enters_console(d);
    EXPECT_EQ(d.sends(ask::extended("show nodes")), "");
    EXPECT_FALSE(d.shell().console.has_value());
    EXPECT_EQ(d.sends(ask::sync()), "");
    using kind = console_step::kind;
    std::vector<kind> kinds;
    for (const auto& step : d.shell().steps) kinds.push_back(step.is);
    EXPECT_EQ(kinds, (std::vector{kind::reply, kind::reply, kind::execute}));
    EXPECT_EQ(d.shell().steps.back().text, "show nodes");
    d.shell().tell_and_read(console_answered{reply().command_complete("SHOW").str()});
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})),
              shown_to_client(reply().command_complete("SHOW").ready('I')));
}

DOOR(console, a_sync_alone_is_answered_at_once) {
    enters_console(d);
    EXPECT_EQ(d.sends_and_sees(ask::sync()), shown_to_client(reply().ready('I')));
}

DOOR(console, what_comes_in_parts_is_told_in_order) {
    enters_console(d);
    d.sends(ask::query("pause"));
    d.shell().tell_and_read(console_answered{reply().parse_complete().str(), false, true});
    EXPECT_EQ(d.machine().now_in(), phase::console);
    d.shell().tell_and_read(console_answered{reply().command_complete("PAUSE").str()});
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})),
              shown_to_client(reply().parse_complete().command_complete("PAUSE").ready('I')));
}

DOOR(console, a_client_that_leaves_gets_no_answer) {
    enters_console(d);
    d.sends(ask::query("show nodes"));
    d.shell().tell_and_read(client_closed{});
    d.shell().tell_and_read(console_answered{reply().command_complete("SHOW").str()});
    EXPECT_EQ(d.shell().client_got, "");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(console, whoever_leaves_or_cancels_waits_for_no_answer) {
    enters_console(d);
    d.sends(ask::query("pause"));
    d.shell().tell_and_read(cancel_requested{});
    EXPECT_TRUE(std::exchange(d.shell().cancelled_console, false));
    EXPECT_EQ(d.machine().now_in(), phase::console) << "until it is told so";
    d.shell().tell_and_read(console_answered{reply().error("57014", "canceled").str()});
    d.shell().tell_and_read(cancel_requested{});
    EXPECT_FALSE(d.shell().cancelled_console) << "nothing is under way";
    d.sends(ask::query("pause"));
    d.shell().tell_and_read(client_closed{});
    EXPECT_TRUE(d.shell().cancelled_console);
    d.shell().client_got.clear();
}

DOOR(console, what_has_no_form_is_an_error_and_the_next_is_answered) {
    enters_console(d);
    d.sends(ask::message('Q', "no end"));
    ASSERT_EQ(d.shell().steps.size(), 1u);
    EXPECT_EQ(d.shell().steps.front().is, console_step::kind::fails);
    d.shell().tell_and_read(console_answered{d.shell().steps.front().text, true});
    EXPECT_EQ(shown_to_client(std::exchange(d.shell().client_got, {})),
              shown_to_client(reply().error("08P01", "invalid string in message").ready('I')));
    d.sends(ask::query("show nodes"));
    EXPECT_EQ(d.shell().console, "show nodes");
}

DOOR(console, terminate_ends_it) {
    enters_console(d);
    d.sends(ask::message('X', ""));
    EXPECT_TRUE(d.shell().closed);
}

}  // namespace
}  // namespace weir::session
