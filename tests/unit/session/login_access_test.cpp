// Which line of the rules of access a client is asked by, and what is looked up for it before it is asked.
#include <gmock/gmock.h>

#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using lines = std::vector<std::string>;
using testing::ElementsAre;

const arrival from_afar{false, false, "", "10.1.2.3:5000"};
const lines nobody{"ErrorResponse FATAL 28P01 password authentication failed for user \"ann\""};

bytes start(const std::string& user = "ann", const std::string& database = "shop") {
    return ask::startup({{"user", user}, {"database", database}});
}

auth::hba_rules rules_of(const std::string& text) {
    auth::file_access files;
    files.read = [&](const std::string&) -> std::variant<std::string, auth::file_access::missing> { return text; };
    auto made = auth::parse_hba(auth::read_token_lines("hba", files));
    EXPECT_TRUE(made.faults.empty());
    return auth::hba_rules(std::move(made.lines));
}

auth::name_map map_of(const std::string& text) {
    auth::file_access files;
    files.read = [&](const std::string&) -> std::variant<std::string, auth::file_access::missing> { return text; };
    auto made = auth::parse_name_map(auth::read_token_lines("ident", files));
    EXPECT_TRUE(made.faults.empty());
    return made.map;
}

struct visit : door {
    explicit visit(const std::string& hba, const arrival& from = from_afar, std::size_t at_once = 0)
        : door({at_once, 0}, from) {
        rules().access = rules_of(hba);
        rules().tls = tls_need::allow;
        rules().users["ann"] = {wire::make_scram_secret("secret", "0123456789abcdef", 4096), "secret"};
    }
    bool is_in() { return shell().wants_identity; }
};

user_secret secret_of(const std::string& password) { return make_user_secret(password, "0123456789abcdef"); }

TEST(login_access, no_line_fits) {
    visit v("local all all trust\nhost stock all all trust");
    EXPECT_EQ(v.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 no pg_hba.conf entry for host \"10.1.2.3\", user \"ann\", "
                    "database \"shop\", no encryption"});
}

TEST(login_access, a_line_rejects) {
    visit v("host all ann all reject\nhost all all all trust", {false, false, "", "[fd00::7]:5"});
    EXPECT_EQ(v.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 pg_hba.conf rejects connection for host \"fd00::7\", user \"ann\", "
                    "database \"shop\", no encryption"});
    visit other("host all ann all reject\nhost all all all trust");
    other.sends(start("bob"));
    EXPECT_TRUE(other.is_in());
}

TEST(login_access, a_replication_connection_has_lines_of_its_own) {
    visit w("local all all trust", {false, true, "ann", "unix"});
    EXPECT_EQ(w.sends_and_sees(ask::startup({{"user", "ann"}, {"replication", "true"}})),
              lines{"ErrorResponse FATAL 28000 no pg_hba.conf entry for replication connection from host \"[local]\", "
                    "user \"ann\", no encryption"});
    visit logical("local shop all trust", {false, true, "ann", "unix"});
    logical.sends(ask::startup({{"user", "ann"}, {"database", "shop"}, {"replication", "database"}}));
    EXPECT_TRUE(logical.is_in());
}

TEST(login_access, a_hosts_name_is_looked_up_where_a_line_needs_it) {
    visit v("host all all .example.com trust");
    EXPECT_EQ(v.sends(start()), "");
    EXPECT_TRUE(v.shell().wants_host_name);
    v.shell().tell_and_read(host_name_known{"db.example.com"});
    EXPECT_TRUE(v.is_in());

    visit stranger("host all all .example.com trust");
    stranger.sends(start());
    stranger.shell().tell_and_read(host_name_known{""});
    EXPECT_THAT(shown_to_client(stranger.shell().client_got), ElementsAre(testing::HasSubstr("no pg_hba.conf entry")));

    visit near("host all all 10.0.0.0/8 trust\nhost all all .example.com trust");
    near.sends(start());
    EXPECT_TRUE(near.is_in()) << "an earlier line has decided";
}

TEST(login_access, a_node_is_asked_for_the_secret_of_who_is_not_in_the_users_file) {
    visit v("host all all all md5");
    v.rules().asks_nodes_for_secrets = true;
    EXPECT_EQ(v.sends(start("bob")), "");
    EXPECT_TRUE(v.shell().wants_secret);
    EXPECT_EQ(v.machine().claimed().user, "bob");
    v.shell().tell_and_read(secret_known{secret_of("md5a2e43c5e0f2ef04b3ff5f8ed6a0c0be6"), {}});
    EXPECT_TRUE(authentication_data(v.shell().client_got, 5).has_value());

    visit known("host all all all scram-sha-256");
    known.rules().asks_nodes_for_secrets = true;
    EXPECT_TRUE(authentication_data(known.sends(start()), 10).has_value()) << "the users file knows her";

    visit trusted("host all all all trust");
    trusted.rules().asks_nodes_for_secrets = true;
    trusted.sends(start("bob"));
    EXPECT_TRUE(trusted.is_in()) << "no secret is needed";
}

TEST(login_access, a_scram_secret_that_a_node_has_told_lets_the_client_in_and_logs_in_at_nodes) {
    visit v("host all all all scram-sha-256");
    v.rules().asks_nodes_for_secrets = true;
    v.rules().users.clear();
    v.sends(start());
    const auto verifier = wire::make_scram_secret("secret", "0123456789abcdef", 4096);
    v.shell().tell_and_read(secret_known{user_secret{verifier, ""}, {}});
    wire::scram_client client("secret", "client-nonce");
    v.shell().client_got.clear();
    const auto challenge = authentication_data(v.sends(sasl_initial(client.first())), 11);
    ASSERT_TRUE(challenge.has_value());
    v.sends(sasl_response(*client.final(*challenge)));
    ASSERT_TRUE(v.is_in());
    EXPECT_TRUE(v.machine().who().keys.has_value());
    EXPECT_EQ(v.machine().who().password, "");
}

TEST(login_access, who_is_nowhere_is_asked_like_everybody) {
    visit v("host all all all scram-sha-256");
    v.rules().asks_nodes_for_secrets = true;
    v.sends(start("bob"));
    v.shell().tell_and_read(secret_known{});
    EXPECT_TRUE(authentication_data(v.shell().client_got, 10).has_value());
}

TEST(login_access, no_node_can_be_asked) {
    visit v("host all all all scram-sha-256");
    v.rules().asks_nodes_for_secrets = true;
    v.sends(start("bob"));
    v.shell().tell_and_read(secret_known{{}, fault{sqlstate::cannot_connect_now, "not now"}});
    EXPECT_EQ(shown_to_client(v.shell().client_got), lines{"ErrorResponse FATAL 57P03 not now"});
}

TEST(login_access, what_comes_while_the_shell_is_asked_waits) {
    for (const std::size_t at_once : {0, 1, 3}) {
        visit v("host all all .example.com trust", from_afar, at_once);
        v.sends(start() + ask::query("select 1"));
        EXPECT_FALSE(v.is_in());
        v.shell().tell_and_read(host_name_known{"db.example.com"});
        EXPECT_TRUE(v.is_in());
        const parameter_map welcome = {{"server_version", "15.0"}};
        v.identify(&welcome);
        EXPECT_EQ(v.machine().now_in(), phase::asking) << "of the query";
    }
}

TEST(login_access, whoever_has_failed_waits_for_its_turn) {
    visit v("host all all all scram-sha-256");
    std::vector<std::string> asked;
    v.around().env.login_delay = [&](std::string_view address, std::string_view user) {
        asked.push_back(std::string(user) + " from " + std::string(address));
        return milliseconds(1500);
    };
    EXPECT_EQ(v.sends(start()), "");
    EXPECT_THAT(asked, ElementsAre("ann from 10.1.2.3:5000"));
    EXPECT_EQ(v.shell().deadline, v.around().now + milliseconds(1500));
    v.around().now += milliseconds(1499);
    v.shell().tell_and_read(time_passed{});
    EXPECT_EQ(v.shell().client_got, "");
    v.around().now += milliseconds(1);
    v.shell().tell_and_read(time_passed{});
    EXPECT_TRUE(authentication_data(v.shell().client_got, 10).has_value());
    EXPECT_LT(v.shell().deadline, never) << "its time to log in goes on";
}

TEST(login_access, a_wrong_secret_is_told_of) {
    visit v("host all all all scram-sha-256");
    std::vector<std::string> failed;
    v.around().env.login_failed = [&](std::string_view address, std::string_view user) {
        failed.push_back(std::string(user) + " from " + std::string(address));
    };
    wire::scram_client client("wrong", "client-nonce");
    v.sends(start());
    const auto challenge = authentication_data(v.sends(sasl_initial(client.first())), 11);
    ASSERT_TRUE(challenge.has_value());
    EXPECT_EQ(v.sends_and_sees(sasl_response(*client.final(*challenge))), nobody);
    EXPECT_THAT(failed, ElementsAre("ann from 10.1.2.3:5000"));
}

void shows_certificate(door& d, const std::string& name, const std::string& whole = "") {
    bytes request;
    wire::append_ssl_request(request);
    EXPECT_EQ(d.sends(request), "S");
    d.shell().wants_tls = false;
    tls_established how;
    how.certificate = !name.empty();
    how.common_name = name;
    how.distinguished_name = whole;
    d.shell().tell_and_read(how);
}

TEST(login_access, a_certificate_besides_the_password) {
    const std::string line = "hostssl all all all trust clientcert=";
    visit none(line + "verify-ca");
    shows_certificate(none, "");
    EXPECT_EQ(none.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 connection requires a valid client certificate"});
    visit other(line + "verify-ca");
    shows_certificate(other, "somebody");
    other.sends(start());
    EXPECT_TRUE(other.is_in());
    visit strict(line + "verify-full");
    shows_certificate(strict, "somebody");
    EXPECT_EQ(strict.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 certificate authentication failed for user \"ann\""});
    visit right(line + "verify-full");
    shows_certificate(right, "ann");
    right.sends(start());
    EXPECT_TRUE(right.is_in());
}

TEST(login_access, a_map_says_who_a_certificate_may_be) {
    visit v("hostssl all all all cert map=people clientname=DN");
    v.rules().names = map_of("people \"/CN=(.*),O=shop$\" \\1");
    shows_certificate(v, "x", "CN=ann,O=shop");
    v.sends(start());
    EXPECT_TRUE(v.is_in());
    visit w("hostssl all all all cert map=people");
    w.rules().names = map_of("people \"/CN=(.*),O=shop$\" \\1");
    shows_certificate(w, "ann", "CN=ann,O=shop");
    EXPECT_EQ(w.sends_and_sees(start()),
              lines{"ErrorResponse FATAL 28000 certificate authentication failed for user \"ann\""});
}

TEST(login_access, a_map_says_who_a_user_of_the_system_may_be) {
    const arrival deploy{false, true, "deploy", "unix"};
    visit v("local all all peer map=jobs", deploy);
    v.rules().names = map_of("jobs deploy ann");
    v.sends(start());
    EXPECT_TRUE(v.is_in());
    visit w("local all all peer", deploy);
    EXPECT_EQ(w.sends_and_sees(start()), lines{"ErrorResponse FATAL 28000 peer authentication failed for user \"ann\""});
}

TEST(login_access, who_may_use_the_console) {
    const auto enter = [](const std::string& user, visit& v) {
        v.rules().admin_users = {"ann"};
        v.rules().stats_users = {"bob"};
        v.sends(start(user, "weir"));
    };
    visit admin("host all all all trust"), looks("host all all all trust"), none("host all all all trust");
    enter("ann", admin);
    EXPECT_TRUE(admin.is_in());
    EXPECT_TRUE(admin.machine().who().admin);
    enter("bob", looks);
    EXPECT_TRUE(looks.is_in());
    EXPECT_FALSE(looks.machine().who().admin);
    enter("eve", none);
    EXPECT_FALSE(none.is_in());
}

}  // namespace
}  // namespace weir::session
