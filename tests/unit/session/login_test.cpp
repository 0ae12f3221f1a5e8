// A client's way in: trust and SCRAM, refusals with PostgreSQL's SQLSTATEs, requests that are no login.
#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using lines = std::vector<std::string>;

const arrival one_too_many{true, false, ""};

bytes start(const std::string& user = "ann", const std::string& database = "shop") {
    return ask::startup({{"user", user}, {"database", database}});
}

bytes packet(std::uint32_t code, bytes_view rest = {}) {
    bytes out;
    append_u32(out, static_cast<std::uint32_t>(8 + rest.size()));
    append_u32(out, code);
    return out + bytes(rest);
}
bytes ssl_request() { return packet(80877103); }
bytes gss_request() { return packet(80877104); }

DOOR(login, trust_asks_for_nothing) {
    EXPECT_EQ(d.sends(start()), "");
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_EQ(d.machine().who().user, "ann");
    EXPECT_EQ(d.machine().who().database, "shop");
    const parameter_map welcome{{"TimeZone", "UTC"}};
    EXPECT_EQ(shown_to_client(d.identify(&welcome)),
              shown_to_client(
                  reply().authentication(0).parameter("TimeZone", "UTC").key(5000000, "secr").ready('I')));
    EXPECT_EQ(d.machine().now_in(), phase::ready);
    EXPECT_EQ(d.shell().deadline, never);
}

DOOR(login, the_database_is_the_users_where_none_is_named) {
    d.sends(ask::startup({{"user", "ann"}}));
    EXPECT_EQ(d.machine().who().database, "ann");
}

DOOR(login, start_up_parameters_are_kept) {
    d.sends(ask::startup({{"user", "ann"},
                          {"database", "shop"},
                          {"application_name", "app"},
                          {"options", "-c statement_timeout=1"}}));
    const std::vector<wire::startup_parameter> expected{{"application_name", "app"},
                                                        {"options", "-c statement_timeout=1"}};
    EXPECT_EQ(d.machine().who().parameters, expected);
    EXPECT_EQ(d.machine().who().application_name, "app");
    // What is told is this client's, and what the primary would say.
    const parameter_map of_another{{"application_name", "other"}, {"in_hot_standby", "on"}};
    EXPECT_EQ(shown_to_client(d.identify(&of_another)),
              shown_to_client(reply()
                                  .authentication(0)
                                  .parameter("application_name", "app")
                                  .parameter("in_hot_standby", "off")
                                  .key(5000000, "secr")
                                  .ready('I')));
}

DOOR(login, what_comes_behind_the_start_up_packet_waits) {
    EXPECT_EQ(d.sends(start() + ask::query("begin")), "");
    const parameter_map welcome;
    EXPECT_EQ(shown_to_client(d.identify(&welcome)),
              shown_to_client(
                  reply().authentication(0).key(5000000, "secr").ready('I').command_complete("BEGIN").ready(
                      'T')));
}

DOOR(login, scram_lets_in_who_knows_the_password) {
    d.knows("ann", "secret");
    EXPECT_TRUE(authentication_data(scram_dialog(d, "ann", "secret"), 12).has_value());
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_FALSE(d.shell().closed);
    // No password is stored: the keys that the proof showed log in at the nodes.
    EXPECT_TRUE(d.machine().who().password.empty());
    ASSERT_TRUE(d.machine().who().keys.has_value());
}

DOOR(login, a_stored_password_logs_in_at_the_nodes) {
    d.knows("ann", "secret");
    d.rules().users["ann"].password = "secret";
    scram_dialog(d, "ann", "secret");
    EXPECT_EQ(d.machine().who().password, "secret");
    EXPECT_FALSE(d.machine().who().keys.has_value());
}

DOOR(login, a_wrong_password_is_refused) {
    d.knows("ann", "secret");
    EXPECT_EQ(shown_to_client(scram_dialog(d, "ann", "guess")),
              lines{"ErrorResponse FATAL 28P01 password authentication failed for user \"ann\""});
    EXPECT_TRUE(d.shell().closed);
    EXPECT_FALSE(d.shell().wants_identity);
    EXPECT_EQ(d.sends(ask::query("select 1")), "");
}

DOOR(login, an_unknown_user_looks_like_a_wrong_password) {
    d.knows("ann", "secret");
    EXPECT_EQ(shown_to_client(scram_dialog(d, "bob", "secret")),
              lines{"ErrorResponse FATAL 28P01 password authentication failed for user \"bob\""});
    EXPECT_TRUE(d.shell().closed);
}

TEST(login, an_unknown_user_is_shown_the_same_salt_each_time) {
    const auto challenge = [](const std::string& user) {
        door d({});
        d.knows("ann", "secret");
        d.sends(start(user));
        return d.sends(sasl_initial("n,,n=,r=nonce"));
    };
    EXPECT_EQ(challenge("bob"), challenge("bob"));
    EXPECT_NE(challenge("bob"), challenge("eve"));
    EXPECT_EQ(challenge("bob").size(), challenge("ann").size());
}

DOOR(login, a_user_without_a_verifier_cannot_log_in) {
    d.knows("ann", "secret");
    d.rules().users["bob"] = {std::nullopt, "secret"};
    EXPECT_EQ(shown_to_client(scram_dialog(d, "bob", "secret")),
              lines{"ErrorResponse FATAL 28P01 password authentication failed for user \"bob\""});
}

DOOR(login, malformed_scram_is_a_protocol_violation) {
    d.knows("ann", "secret");
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(sasl_initial("garbage")).at(0).substr(0, 26),
              "ErrorResponse FATAL 08P01 ");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, another_mechanism_is_refused) {
    d.knows("ann", "secret");
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(sasl_initial("n,,n=,r=x", "SCRAM-SHA-512")),
              lines{"ErrorResponse FATAL 08P01 client selected an invalid SASL authentication mechanism"});
}

DOOR(login, a_sasl_response_of_the_wrong_length_is_refused) {
    d.knows("ann", "secret");
    d.sends(start());
    bytes wrong = sasl_initial("n,,n=,r=x");
    ++wrong[5 + 14 + 3];
    EXPECT_EQ(d.sends_and_sees(wrong), lines{"ErrorResponse FATAL 08P01 malformed SASL response"});
}

DOOR(login, another_message_than_a_password_is_refused) {
    d.knows("ann", "secret");
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(ask::query("select 1")),
              lines{"ErrorResponse FATAL 08P01 invalid frontend message type 81"});
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, ssl_is_declined_where_it_is_off) {
    EXPECT_EQ(d.sends(ssl_request()), "N");
    EXPECT_FALSE(d.shell().wants_tls);
    d.sends(start());
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login, ssl_is_begun_where_it_is_allowed) {
    d.rules().tls = tls_need::allow;
    EXPECT_EQ(d.sends(ssl_request()), "S");
    EXPECT_TRUE(d.shell().wants_tls);
    d.shell().wants_tls = false;
    d.shell().tell_and_read(tls_established{});
    EXPECT_EQ(d.sends(start()), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

TEST(login, plain_text_behind_an_ssl_request_is_refused) {
    door d({});
    d.rules().tls = tls_need::allow;
    EXPECT_EQ(d.sends_and_sees(ssl_request() + start()),
              lines{"ErrorResponse FATAL 08P01 received unencrypted data after SSL request"});
    EXPECT_TRUE(d.shell().closed);
    EXPECT_FALSE(d.shell().wants_identity);
}

TEST(login, plain_text_between_an_ssl_request_and_the_handshake_is_refused) {
    door d({});
    d.rules().tls = tls_need::allow;
    EXPECT_EQ(d.sends(ssl_request()), "S");
    d.shell().wants_tls = false;  // a shell that goes on reading
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 08P01 received unencrypted data after SSL request"});
    EXPECT_FALSE(d.shell().wants_identity);
}

DOOR(login, ssl_within_ssl_is_refused) {
    d.rules().tls = tls_need::allow;
    d.sends(ssl_request());
    d.shell().wants_tls = false;
    d.shell().tell_and_read(tls_established{});
    EXPECT_EQ(d.sends_and_sees(ssl_request()).size(), 1u);
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, without_ssl_no_entry_where_it_is_required) {
    d.rules().tls = tls_need::require;
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 this server accepts connections over TLS (SSL) only"});
}

DOOR(login, gss_is_declined_and_ssl_may_follow) {
    EXPECT_EQ(d.sends(gss_request()), "N");
    EXPECT_EQ(d.sends(ssl_request()), "N");
    d.sends(start());
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login, a_cancel_request_is_handed_on_and_the_connection_closed) {
    EXPECT_EQ(d.sends(packet(80877102, bytes("\0\x4c\x4b\x40secr", 8))), "");
    ASSERT_TRUE(d.shell().cancel.has_value());
    EXPECT_EQ(d.shell().cancel->pid, 5000000u);
    EXPECT_EQ(d.shell().cancel->secret, "secr");
    EXPECT_TRUE(d.shell().closed);
}

TEST(login, one_client_too_many_is_told_so) {
    for (const std::size_t at_once : {0, 1}) {
        door d({at_once, 0}, one_too_many);
        EXPECT_EQ(d.sends_and_sees(start()),
                  lines{"ErrorResponse FATAL 53300 sorry, too many clients already"});
        EXPECT_TRUE(d.shell().closed);
    }
}

TEST(login, one_too_many_may_still_cancel) {
    door d({}, one_too_many);
    d.sends(packet(80877102, "pid.secr"));
    EXPECT_TRUE(d.shell().cancel.has_value());
}

DOOR(login, no_user_is_refused) {
    EXPECT_EQ(d.sends_and_sees(ask::startup({{"database", "shop"}})),
              lines{"ErrorResponse FATAL 28000 no PostgreSQL user name specified in startup packet"});
}

DOOR(login, a_replication_connection_keeps_its_parameter) {
    d.sends_and_sees(ask::startup({{"user", "ann"}, {"replication", "database"}}));
    EXPECT_FALSE(d.shell().closed);
    EXPECT_TRUE(d.machine().who().replication);
    EXPECT_EQ(d.machine().who().parameters,
              (std::vector<wire::startup_parameter>{{"replication", "database"}}));
}

DOOR(login, replication_that_is_off_is_none) {
    d.sends_and_sees(ask::startup({{"user", "ann"}, {"replication", "off"}}));
    EXPECT_FALSE(d.machine().who().replication);
    EXPECT_TRUE(d.machine().who().parameters.empty());
}

DOOR(login, another_protocol_is_refused) {
    EXPECT_EQ(d.sends_and_sees(packet(2 << 16)).at(0).substr(0, 25), "ErrorResponse FATAL 0A000");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, a_length_that_cannot_be_is_refused) {
    EXPECT_EQ(d.sends_and_sees(bytes("\x7f\xff\xff\xff\0\3\0\0", 8)).at(0).substr(0, 25),
              "ErrorResponse FATAL 08P01");
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, half_a_packet_waits_and_is_cut_off_in_time) {
    const bytes whole = start();
    EXPECT_EQ(d.sends(bytes_view(whole).substr(0, whole.size() - 1)), "");
    EXPECT_FALSE(d.shell().closed);
    d.shell().pass_time(std::chrono::seconds(59));
    EXPECT_FALSE(d.shell().closed);
    d.shell().pass_time(std::chrono::seconds(2));
    EXPECT_TRUE(d.shell().closed);
    EXPECT_EQ(d.shell().client_got, "");
}

DOOR(login, half_a_packet_goes_on_where_it_stopped) {
    const bytes whole = start();
    EXPECT_EQ(d.sends(bytes_view(whole).substr(0, 7)), "");
    EXPECT_EQ(d.sends(bytes_view(whole).substr(7)), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login, a_database_that_is_not_there) {
    d.sends(start());
    d.shell().tell_and_read(identity_refused{{"3D000", "database \"shop\" does not exist"}});
    EXPECT_EQ(shown_to_client(d.shell().client_got),
              lines{"ErrorResponse FATAL 3D000 database \"shop\" does not exist"});
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, the_console_is_for_its_admins) {
    d.rules().admin_users = {"root"};
    EXPECT_EQ(d.sends_and_sees(start("ann", "weir")),
              lines{"ErrorResponse FATAL 42501 permission denied for Weir's console: user \"ann\" is not an admin user"});
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login, the_console_lets_its_admins_in) {
    d.rules().admin_users = {"root"};
    d.sends(start("root", "pgbouncer"));
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_TRUE(d.machine().who().console);
}

DOOR(login, the_console_tells_a_stranger_nothing_of_who_is_an_admin) {
    d.knows("ann", "secret");
    EXPECT_EQ(shown_to_client(scram_dialog(d, "ann", "wrong", "weir")),
              lines{"ErrorResponse FATAL 28P01 password authentication failed for user \"ann\""});
}

}  // namespace
}  // namespace weir::session
