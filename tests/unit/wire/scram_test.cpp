// Both sides of SCRAM-SHA-256 against RFC 7677's example, each other, and peers that cheat.
#include "wire/scram.hpp"

#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"

namespace weir::wire {
namespace {

// RFC 7677, section 3.
const bytes client_nonce = "rOprNGfwEbeRWgbNEkqO";
const bytes server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
const bytes client_first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO";
const bytes server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
const bytes client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
const bytes server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

const scram_secret& rfc_secret() {
    static const scram_secret secret =
        make_scram_secret("pencil", *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    return secret;
}

scram_client rfc_client() { return {std::string("pencil"), client_nonce, "user"}; }

/// A server that has answered the RFC's client-first-message.
scram_server rfc_server() {
    scram_server server(rfc_secret(), server_nonce);
    EXPECT_EQ(server.first(client_first).value(), server_first);
    return server;
}

/// What the server says to client-final, SQLSTATE only.
std::string verdict(scram_server& server, const bytes& message) {
    const exact_copy copy(message);
    const auto answer = server.final(copy.view());
    return answer.has_value() ? "00000" : answer.error().sqlstate;
}

TEST(scram, the_rfcs_example_from_the_servers_side) {
    scram_server server = rfc_server();
    EXPECT_EQ(server.final(client_final).value(), server_final);
}

TEST(scram, the_rfcs_example_from_the_clients_side) {
    scram_client client = rfc_client();
    EXPECT_EQ(client.first(), client_first);
    EXPECT_EQ(client.final(server_first).value(), client_final);
    EXPECT_TRUE(client.verify(server_final).has_value());
}

TEST(scram, the_user_is_left_empty_as_libpq_does) {
    EXPECT_EQ(scram_client(std::string("x"), "abc").first(), "n,,n=,r=abc");
}

/// A login from start to end; the SQLSTATE of its first failure.
std::string log_in(scram_client client, scram_server& server) {
    const auto challenge = server.first(client.first());
    if (challenge.has_error()) {
        return challenge.error().sqlstate;
    }
    const auto response = client.final(*challenge);
    if (response.has_error()) {
        return response.error().sqlstate;
    }
    const auto proof = server.final(*response);
    if (proof.has_error()) {
        return proof.error().sqlstate;
    }
    const auto verified = client.verify(*proof);
    return verified.has_value() ? "00000" : verified.error().sqlstate;
}

TEST(scram, passwords_log_in_and_wrong_ones_do_not) {
    for (const std::string password : {"", "p", "ge heim,=\"", "\xc3\xa4\xe2\x82\xac", "x\x7f"}) {
        const auto secret = make_scram_secret(password, "a salt", 100);
        scram_server server(secret, "server");
        EXPECT_EQ(log_in({password, "client"}, server), "00000");
        scram_server other(secret, "server");
        EXPECT_EQ(log_in({password + "x", "client"}, other), "28P01");
    }
}

TEST(scram, recovered_keys_log_in_elsewhere_with_the_same_secret) {
    const auto secret = make_scram_secret("geheim", "a salt", 500);
    scram_server front(secret, "front");
    ASSERT_EQ(log_in({std::string("geheim"), "client"}, front), "00000");
    const scram_keys keys = front.recovered();
    scram_server node(secret, "node");
    EXPECT_EQ(log_in({keys, "weir"}, node), "00000");
    EXPECT_EQ(node.recovered().client_key, keys.client_key);

    scram_server salted_otherwise(make_scram_secret("geheim", "other salt", 500), "node");
    EXPECT_EQ(log_in({keys, "weir"}, salted_otherwise), "28P01");
    scram_keys wrong = keys;
    wrong.client_key[31] ^= 1;
    scram_server third(secret, "node");
    EXPECT_EQ(log_in({wrong, "weir"}, third), "28P01");
    wrong = keys;
    wrong.server_key[0] ^= 1;
    scram_server fourth(secret, "node");
    EXPECT_EQ(log_in({wrong, "weir"}, fourth), "28000");
}

TEST(scram, nothing_is_recovered_from_a_wrong_proof) {
    scram_server server(rfc_secret(), server_nonce);
    EXPECT_EQ(log_in({std::string("pencils"), "client"}, server), "28P01");
    EXPECT_EQ(server.recovered().client_key, sha256_digest{});
    EXPECT_EQ(server.recovered().server_key, sha256_digest{});
}

TEST(scram, a_mock_secret_is_steady_and_refuses_every_password) {
    const auto mock = mock_scram_secret("nobody", "process key");
    EXPECT_EQ(to_string(mock), to_string(mock_scram_secret("nobody", "process key")));
    EXPECT_NE(mock.salt, mock_scram_secret("somebody", "process key").salt);
    EXPECT_NE(mock.salt, mock_scram_secret("nobody", "another key").salt);
    EXPECT_EQ(mock.salt.size(), 16u);
    EXPECT_EQ(mock.iterations, 4096u);
    scram_server server(mock, "server");
    EXPECT_EQ(log_in({std::string("nobody"), "client"}, server), "28P01");
}

TEST(scram_server, every_changed_byte_of_the_final_message_is_refused) {
    for (std::size_t i = 0; i < client_final.size(); ++i) {
        for (const char bit : {1, 2, 4, 32}) {
            bytes tampered = client_final;
            tampered[i] = static_cast<char>(tampered[i] ^ bit);
            scram_server server = rfc_server();
            const std::string state = verdict(server, tampered);
            EXPECT_TRUE(state == "28P01" || state == "08P01") << state << " " << tampered;
        }
    }
}

TEST(scram_server, every_cut_of_the_messages_is_refused) {
    for (std::size_t size = 0; size < client_final.size(); ++size) {
        scram_server server = rfc_server();
        EXPECT_EQ(verdict(server, client_final.substr(0, size)), "08P01") << size;
    }
    const std::size_t nonce_starts = client_first.find("r=") + 2;
    for (std::size_t size = 0; size <= nonce_starts; ++size) {
        scram_server server(rfc_secret(), server_nonce);
        const exact_copy cut(bytes_view(client_first).substr(0, size));
        const auto answer = server.first(cut.view());
        ASSERT_TRUE(answer.has_error()) << size;
        EXPECT_EQ(answer.error().sqlstate, "08P01");
    }
}

TEST(scram_server, a_nonce_that_is_not_this_exchanges_is_refused) {
    const std::string proof = client_final.substr(client_final.find(",p="));
    for (const bytes& nonce : {client_nonce, server_nonce, client_nonce + server_nonce + "x",
                               "x" + client_nonce + server_nonce, bytes()}) {
        scram_server server = rfc_server();
        const auto answer = server.final("c=biws,r=" + nonce + proof);
        ASSERT_TRUE(answer.has_error());
        EXPECT_EQ(answer.error(),
                  (fault{"08P01", "invalid SCRAM response", "Nonce does not match."}));
    }
}

TEST(scram_server, forms_that_are_allowed) {
    scram_server binding_possible(rfc_secret(), server_nonce);
    EXPECT_TRUE(binding_possible.first("y,,n=,r=abc").has_value());
    scram_server extended(rfc_secret(), server_nonce);
    EXPECT_TRUE(extended.first("n,,n=,r=abc,x=1,Y=two").has_value());
}

TEST(scram_server, the_binding_flag_is_repeated_in_the_last_message) {
    // A client that began with "y" must say so again; otherwise somebody changed its first message.
    scram_server server(rfc_secret(), server_nonce);
    ASSERT_TRUE(server.first("y,," + client_first.substr(3)).has_value());
    EXPECT_EQ(verdict(server, client_final), "08P01");
    scram_server plain = rfc_server();
    EXPECT_EQ(verdict(plain, "c=eSws" + client_final.substr(6)), "08P01");
}

TEST(scram_server, what_is_not_supported_is_said) {
    for (const bytes message : {"n,a=other,n=,r=abc", "n,,m=ext,n=,r=abc"}) {
        scram_server server(rfc_secret(), server_nonce);
        EXPECT_EQ(server.first(message).error().sqlstate, "0A000") << message;
    }
}

/// What comes of an exchange in which each side takes the connection to end at this certificate.
std::string bound(const bytes& clients, const bytes& servers) {
    scram_client client(std::string("pencil"), client_nonce);
    client.bind_to(clients);
    scram_server server(rfc_secret(), server_nonce, servers);
    const auto challenge = server.first(client.first(), true);
    if (!challenge) return challenge.error().sqlstate;
    const auto answer = server.final(*client.final(*challenge));
    if (!answer) return answer.error().sqlstate;
    return client.verify(*answer) ? "bound" : "not verified";
}

TEST(scram_plus, both_have_seen_the_same_certificate) {
    EXPECT_EQ(bound("hash of a certificate", "hash of a certificate"), "bound");
    EXPECT_EQ(bound("hash of a certificate", "hash of another one"), "28000") << "somebody stands between them";
}

TEST(scram_plus, a_client_that_was_told_of_no_binding_is_refused) {
    scram_server server(rfc_secret(), server_nonce, "hash");
    EXPECT_EQ(server.first("y,,n=,r=abc").error().sqlstate, "28000");
    scram_server unbound(rfc_secret(), server_nonce);
    EXPECT_TRUE(unbound.first("y,,n=,r=abc").has_value());
    scram_server unwilling(rfc_secret(), server_nonce, "hash");
    EXPECT_TRUE(unwilling.first("n,,n=,r=abc").has_value());
}

TEST(scram_plus, the_mechanism_and_the_message_say_the_same) {
    const auto refused = [](const bytes& message, bool plus) {
        scram_server server(rfc_secret(), server_nonce, "hash");
        const auto answer = server.first(message, plus);
        return answer ? std::string("taken") : answer.error().sqlstate;
    };
    EXPECT_EQ(refused("p=tls-server-end-point,,n=,r=abc", true), "taken");
    EXPECT_EQ(refused("p=tls-server-end-point,,n=,r=abc", false), "08P01");
    EXPECT_EQ(refused("n,,n=,r=abc", true), "08P01");
    EXPECT_EQ(refused("y,,n=,r=abc", true), "08P01");
    EXPECT_EQ(refused("p=tls-unique,,n=,r=abc", true), "08P01");
    EXPECT_EQ(refused("p=tls-server-end-point", true), "08P01");
    EXPECT_EQ(refused("p=tls-server-end-point,a=other,n=,r=abc", true), "0A000");
}

TEST(scram_client, says_what_it_could_do) {
    scram_client client(std::string("pencil"), client_nonce);
    client.could_bind();
    EXPECT_TRUE(client.first().starts_with("y,,"));
    scram_server server(rfc_secret(), server_nonce);
    const auto challenge = server.first(client.first());
    EXPECT_TRUE(server.final(*client.final(*challenge)).has_value());
}

TEST(stored_secrets, a_clear_password_is_held_against_them) {
    EXPECT_TRUE(is_secret_of(rfc_secret(), "pencil"));
    EXPECT_FALSE(is_secret_of(rfc_secret(), "pencils"));
    EXPECT_FALSE(is_secret_of(mock_scram_secret("ann", "key"), "pencil"));
    const std::string md5 = "md5" + std::string("9d792a3a8853c2411afb9163d088c036");  // of "secret" and "ann"
    EXPECT_TRUE(is_md5_secret(md5));
    EXPECT_TRUE(is_md5_of(md5, "secret", "ann"));
    EXPECT_FALSE(is_md5_of("secret", "secret", "ann")) << "that is a password";
    EXPECT_FALSE(is_md5_of(md5, "other", "ann"));
}

TEST(scram_server, malformed_first_messages_are_refused) {
    for (const bytes& message :
         {bytes("x,,n=,r=abc"), bytes("n"), bytes("nx,n=,r=abc"), bytes("n,x,n=,r=abc"),
          bytes("n,,r=abc"), bytes("n,,n=,r="), bytes("n,,n=,r=a b"), bytes("n,,n=,r=a\xc3\xa4"),
          bytes("n,,n=,r=abc,"
                "=x"),
          bytes("n,,n=,r=abc,x"), raw("n,,n=,r=a\0c"), raw("n,,n=,r=abc,x=a\0b"),
          raw("n,,n=us\0er,r=abc")}) {
        scram_server server(rfc_secret(), server_nonce);
        const auto answer = server.first(exact_copy(message).view());
        ASSERT_TRUE(answer.has_error()) << message;
        EXPECT_EQ(answer.error().sqlstate, "08P01");
    }
}

TEST(scram_server, malformed_final_messages_are_refused) {
    const bytes start = client_final.substr(0, client_final.find(",p="));
    for (const bytes& end :
         {bytes(), bytes(","), bytes(",p="), bytes(",p=AAAA"), bytes(",p=!!!!"),
          client_final.substr(start.size()) + ",", client_final.substr(start.size()) + ",x=y",
          bytes(",x=y"), bytes(",=")}) {
        scram_server server = rfc_server();
        EXPECT_EQ(verdict(server, start + end), "08P01") << end;
    }
}

TEST(scram_server, steps_out_of_order_are_refused) {
    scram_server server(rfc_secret(), server_nonce);
    EXPECT_EQ(verdict(server, client_final), "08P01");
    ASSERT_TRUE(server.first(client_first).has_value());
    EXPECT_EQ(server.first(client_first).error().sqlstate, "08P01");
    EXPECT_EQ(verdict(server, client_final), "00000");
}

TEST(scram_client, a_nonce_that_does_not_continue_ours_is_refused) {
    for (const bytes& nonce :
         {client_nonce, bytes("x") + client_nonce, client_nonce.substr(1) + server_nonce,
          client_nonce + "a b", client_nonce + "\x7f", bytes()}) {
        scram_client client = rfc_client();
        const auto answer = client.final("r=" + nonce + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
        ASSERT_TRUE(answer.has_error()) << nonce;
        EXPECT_EQ(answer.error().sqlstate, "08P01");
    }
}

TEST(scram_client, malformed_first_messages_are_refused) {
    const bytes nonce = "r=" + client_nonce + "x";
    for (const bytes& rest :
         {bytes(), bytes(",s=c2FsdA=="), bytes(",s=,i=1"), bytes(",s=c2F,i=1"),
          bytes(",s=c2FsdA==,i="), bytes(",s=c2FsdA==,i=0"), bytes(",s=c2FsdA==,i=-1"),
          bytes(",s=c2FsdA==,i=1x"), bytes(",s=c2FsdA==,i= 1"), bytes(",s=c2FsdA==,i=10000001"),
          bytes(",s=c2FsdA==,i=99999999999999"), bytes(",i=1,s=c2FsdA=="),
          bytes(",s=c2FsdA==,i=1,x")}) {
        scram_client client = rfc_client();
        const auto answer = client.final(exact_copy(nonce + rest).view());
        ASSERT_TRUE(answer.has_error()) << rest;
        EXPECT_EQ(answer.error().sqlstate, "08P01");
        EXPECT_EQ(client.verify(server_final).error().sqlstate, "08P01");
    }
    scram_client extended = rfc_client();
    EXPECT_EQ(extended.final("m=x," + server_first).error().sqlstate, "08P01");
}

TEST(scram_client, keys_cost_no_iterations) {
    // Nothing is derived from a salt, so that a count of ten million is answered at once.
    scram_client client(scram_keys{}, client_nonce);
    EXPECT_TRUE(client.final("r=" + client_nonce + "x,s=c2FsdA==,i=10000000").has_value());
}

TEST(scram_client, every_changed_byte_of_the_servers_signature_is_refused) {
    for (std::size_t i = 0; i < server_final.size(); ++i) {
        scram_client client = rfc_client();
        ASSERT_TRUE(client.final(server_first).has_value());
        bytes tampered = server_final;
        tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
        const auto verified = client.verify(tampered);
        ASSERT_TRUE(verified.has_error()) << tampered;
        const std::string state = verified.error().sqlstate;
        EXPECT_TRUE(state == "28000" || state == "08P01") << state;
    }
}

TEST(scram_client, a_server_that_did_not_prove_itself_is_refused) {
    const bytes zeros = "v=" + base64_encode(bytes(32, '\0'));
    EXPECT_EQ(rfc_client().verify(zeros).error().sqlstate, "08P01");  // before final()
    scram_client client = rfc_client();
    ASSERT_TRUE(client.final(server_first).has_value());
    EXPECT_EQ(client.verify(zeros).error(), (fault{"28000", "incorrect server signature"}));
    EXPECT_EQ(client.verify("e=other-error").error(),
              (fault{"28000", "error received from server in SCRAM exchange: other-error"}));
    for (const bytes message : {"", "v", "v=", "v=AAAA", "x=y", "v=6rriTRBi23WpRR/wtup+mMhUZUn"}) {
        EXPECT_EQ(client.verify(exact_copy(message).view()).error().sqlstate, "08P01") << message;
    }
    EXPECT_TRUE(client.verify(server_final).has_value());
}

}  // namespace
}  // namespace weir::wire
