// What each method asks a client for, and that whoever is not known learns no more than whoever is wrong.
#include <gmock/gmock.h>

#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using lines = std::vector<std::string>;

constexpr std::uint32_t clear = 3;
constexpr std::uint32_t md5 = 5;

const arrival over_unix_socket{false, true, "ann"};
const lines wrong{"ErrorResponse FATAL 28P01 password authentication failed for user \"ann\""};

bytes start(const std::string& user = "ann") { return ask::startup({{"user", user}, {"database", "shop"}}); }

bytes password(bytes_view text) { return sasl_response(bytes(text) + '\0'); }

void handshake(door& d, const tls_established& how = {}) {
    bytes request;
    wire::append_ssl_request(request);
    EXPECT_EQ(d.sends(request), "S");
    d.shell().wants_tls = false;
    d.shell().tell_and_read(how);
}

void takes(door& d, auth::method method, tls_need need = tls_need::allow) {
    d.rules().tls = need;
    d.rules().users["ann"] = {wire::make_scram_secret("secret", "0123456789abcdef", 4096), "secret"};
    d.rules().users["bob"] = {std::nullopt, "md5a2e43c5e0f2ef04b3ff5f8ed6a0c0be6"};
    d.rules().access = auth::hba_rules::same_for_all(method);
}

DOOR(login_methods, a_password_over_tls) {
    takes(d, auth::method::password);
    handshake(d);
    EXPECT_TRUE(authentication_data(d.sends(start()), clear).has_value());
    EXPECT_EQ(d.sends(password("secret")), "");
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_EQ(d.machine().who().password, "secret");
}

DOOR(login_methods, a_password_in_plain_text_is_not_even_asked_for) {
    takes(d, auth::method::password);
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 a clear-text password is taken over TLS or a Unix socket only"});
}

TEST(login_methods, a_unix_socket_is_as_good_as_tls) {
    door d({}, over_unix_socket);
    takes(d, auth::method::password, tls_need::require);
    EXPECT_TRUE(authentication_data(d.sends(start()), clear).has_value());
    d.sends(password("secret"));
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, a_wrong_password) {
    takes(d, auth::method::password);
    handshake(d);
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(password("secrets")), wrong);
    EXPECT_TRUE(d.shell().closed);
}

DOOR(login_methods, who_is_not_known_is_asked_for_a_password_all_the_same) {
    takes(d, auth::method::password);
    handshake(d);
    EXPECT_TRUE(authentication_data(d.sends(start("eve")), clear).has_value());
    EXPECT_EQ(d.sends_and_sees(password("secret")),
              lines{"ErrorResponse FATAL 28P01 password authentication failed for user \"eve\""});
}

DOOR(login_methods, an_empty_password_is_none) {
    takes(d, auth::method::password);
    handshake(d);
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(password("")), lines{"ErrorResponse FATAL 28P01 empty password returned by client"});
}

DOOR(login_methods, a_password_that_does_not_end_where_its_message_does) {
    takes(d, auth::method::password);
    handshake(d);
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(sasl_response("secret")), lines{"ErrorResponse FATAL 08P01 invalid password packet size"});
}

bytes md5_answer(door& d, const std::string& user, const std::string& stored) {
    const auto salt = authentication_data(d.sends(start(user)), md5);
    EXPECT_TRUE(salt.has_value() && salt->size() == 4);
    return password(wire::md5_response(stored, user, salt.value_or("")));
}

DOOR(login_methods, md5_of_a_password) {
    takes(d, auth::method::md5);
    EXPECT_EQ(d.sends(md5_answer(d, "ann", "secret")), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, md5_of_a_hash) {
    takes(d, auth::method::md5);
    EXPECT_EQ(d.sends(md5_answer(d, "bob", "md5a2e43c5e0f2ef04b3ff5f8ed6a0c0be6")), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, md5_of_another_password) {
    takes(d, auth::method::md5);
    EXPECT_EQ(d.sends_and_sees(md5_answer(d, "ann", "secrets")), wrong);
}

DOOR(login_methods, md5_asks_by_scram_where_there_is_a_scram_secret_only) {
    takes(d, auth::method::md5);
    d.rules().users["ann"].password.clear();
    EXPECT_FALSE(scram_dialog(d, "ann", "secret").empty());
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, scram_plus_where_there_is_something_to_bind_to) {
    takes(d, auth::method::scram_sha_256);
    handshake(d, {.direct = false, .certificate = false, .common_name = {}, .end_point = "hash"});
    const auto offered = authentication_data(d.sends(start()), 10);
    EXPECT_EQ(offered, bytes("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 34));
    wire::scram_client client(std::string("secret"), "client-nonce");
    client.bind_to("hash");
    const auto challenge = authentication_data(d.sends(sasl_initial(client.first(), "SCRAM-SHA-256-PLUS")), 11);
    ASSERT_TRUE(challenge.has_value());
    EXPECT_TRUE(authentication_data(d.sends(sasl_response(*client.final(*challenge))), 12).has_value());
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, scram_plus_without_tls_was_never_offered) {
    takes(d, auth::method::scram_sha_256);
    d.sends(start());
    EXPECT_EQ(d.sends_and_sees(sasl_initial("p=tls-server-end-point,,n=,r=abc", "SCRAM-SHA-256-PLUS")),
              lines{"ErrorResponse FATAL 08P01 client selected an invalid SASL authentication mechanism"});
}

tls_established shows(const bytes& name) { return {false, !name.empty(), name, ""}; }

DOOR(login_methods, a_certificate_of_the_user) {
    takes(d, auth::method::cert);
    handshake(d, shows("ann"));
    EXPECT_EQ(d.sends(start()), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, a_certificate_of_another_user) {
    takes(d, auth::method::cert);
    handshake(d, shows("bob"));
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 certificate authentication failed for user \"ann\""});
}

DOOR(login_methods, no_certificate) {
    takes(d, auth::method::cert);
    handshake(d, shows(""));
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 connection requires a valid client certificate"});
}

DOOR(login_methods, a_certificate_may_be_asked_for_besides) {
    takes(d, auth::method::trust, tls_need::verify_ca);
    handshake(d, shows("another"));
    EXPECT_EQ(d.sends(start()), "");
    EXPECT_TRUE(d.shell().wants_identity);
}

DOOR(login_methods, and_has_to_be_the_users_where_that_is_said) {
    takes(d, auth::method::trust, tls_need::verify_full);
    handshake(d, shows("another"));
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 certificate authentication failed for user \"ann\""});
}

DOOR(login_methods, without_one_there_is_no_entry) {
    takes(d, auth::method::trust, tls_need::verify_ca);
    handshake(d, shows(""));
    EXPECT_EQ(d.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 connection requires a valid client certificate"});
}

TEST(login_methods, peer_is_the_user_of_the_system) {
    door d({}, over_unix_socket);
    takes(d, auth::method::peer);
    EXPECT_EQ(d.sends(start()), "");
    EXPECT_TRUE(d.shell().wants_identity);
    door other({}, over_unix_socket);
    takes(other, auth::method::peer);
    EXPECT_EQ(other.sends_and_sees(start("bob")),
              lines{"ErrorResponse FATAL 28000 peer authentication failed for user \"bob\""});
    door by_tcp({});
    takes(by_tcp, auth::method::peer);
    EXPECT_EQ(by_tcp.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 peer authentication failed for user \"ann\""});
}

DOOR(login_methods, reject_rejects) {
    takes(d, auth::method::reject);
    EXPECT_EQ(d.sends_and_sees(start()), lines{"ErrorResponse FATAL 28000 pg_hba.conf rejects connection for host \"\", user \"ann\", database "
                    "\"shop\", no encryption"});
}

DOOR(login_methods, tls_from_the_first_byte_is_tls_once) {
    takes(d, auth::method::trust);
    d.shell().tell_and_read(tls_established{true, false, "", ""});
    bytes request;
    wire::append_ssl_request(request);
    EXPECT_EQ(d.sends_and_sees(request), lines{"ErrorResponse FATAL 08P01 SSL was requested twice"});
}

}  // namespace
}  // namespace weir::session
