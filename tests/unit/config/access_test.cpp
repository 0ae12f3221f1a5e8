// [auth] with hba_file, ident_file and query: what is read, and what the parts need of each other.
#include <gmock/gmock.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;

class Access : public testing::Test {
protected:
    Access() {
        w.files["/etc/weir/users.txt"] = "\"ann\" \"secret\"\n";
        w.files["/etc/weir/x.pem"] = "-----BEGIN CERTIFICATE-----\n";
    }
    std::string refused(const std::string& text) { return bad(w.load("[auth]\n" + text + rest_of)); }
    config taken(const std::string& text) { return good(w.load("[auth]\n" + text + rest_of)); }
    void hba(const std::string& text) { w.files["/etc/weir/hba.conf"] = text; }

    world w;
    const std::string rest_of = "[cluster.main]\nnodes = [\"host=a\"]\n";
    const std::string tls = "[tls.client]\nmode = \"allow\"\ncert = \"x.pem\"\nkey = \"x.pem\"\n";
};

TEST_F(Access, LinesAreReadWithAllThatTheyInclude) {
    hba("local all all peer\ninclude more.conf\n");
    w.files["/etc/weir/more.conf"] = "host all all 10.0.0.0/8 scram-sha-256\n";
    const auto made = taken("hba_file = \"hba.conf\"\nusers_file = \"users.txt\"\n");
    ASSERT_EQ(made.auth.rules.lines().size(), 2u);
    EXPECT_EQ(made.auth.rules.lines()[1].file, "/etc/weir/more.conf");
    EXPECT_THAT(made.auth.rules_text, HasSubstr("10.0.0.0/8"));
}

TEST_F(Access, AWrongLineIsToldWithItsFile) {
    hba("local all all peer\nhost all all 10.0.0.0/8 kerberos\n");
    EXPECT_THAT(refused("hba_file = \"hba.conf\"\n"),
                HasSubstr("hba.conf:2: invalid authentication method \"kerberos\" (trust, reject, "));
    EXPECT_THAT(refused("hba_file = \"none.conf\"\n"), HasSubstr("none.conf"));
}

TEST_F(Access, LinesThatAskForSecretsNeedSomebodyWhoKnowsThem) {
    hba("host all all all md5\n");
    EXPECT_THAT(refused("hba_file = \"hba.conf\"\n"), HasSubstr("hba_file needs users_file or query in [auth]"));
    taken("hba_file = \"hba.conf\"\nusers_file = \"users.txt\"\n");
    taken("hba_file = \"hba.conf\"\nquery = \"select 1\"\n");
    hba("local all all peer\n");
    taken("hba_file = \"hba.conf\"\n");
}

TEST_F(Access, LinesThatAskForCertificatesNeedAnAuthority) {
    hba("hostssl all all all cert\n");
    EXPECT_THAT(refused("hba_file = \"hba.conf\"\n" + tls), HasSubstr("hba_file asks for certificates"));
    taken("hba_file = \"hba.conf\"\n" + tls + "ca = \"x.pem\"\n");
}

TEST_F(Access, AMapHasToBeThere) {
    hba("local all all peer map=jobs\n");
    EXPECT_THAT(refused("hba_file = \"hba.conf\"\n"),
                HasSubstr("hba.conf:1: there is no map \"jobs\" in ident_file"));
    w.files["/etc/weir/ident.conf"] = "jobs deploy shop\n";
    const auto made = taken("hba_file = \"hba.conf\"\nident_file = \"ident.conf\"\n");
    EXPECT_TRUE(made.auth.names.lets("jobs", "deploy", "shop"));
    w.files["/etc/weir/ident.conf"] = "jobs deploy\n";
    EXPECT_THAT(refused("hba_file = \"hba.conf\"\nident_file = \"ident.conf\"\n"), HasSubstr("ident.conf:1: a line has"));
}

std::string warned(const config& made) { return all_of(made.warnings); }

TEST_F(Access, WhatIsOfNoUseIsWarnedOf) {
    hba("local all all peer\nhostssl all all all trust\n");
    const auto made = taken("method = \"trust\"\nhba_file = \"hba.conf\"\n");
    EXPECT_THAT(warned(made), HasSubstr("method is of no use beside hba_file"));
    EXPECT_THAT(warned(made), HasSubstr("hba.conf:2: hostssl fits no connection: [tls.client] is off"));
    w.files["/etc/weir/ident.conf"] = "";
    EXPECT_THAT(warned(taken("method = \"trust\"\nident_file = \"ident.conf\"\n")),
                HasSubstr("ident_file is of no use without hba_file"));
}

TEST_F(Access, OneMethodIsTwoLines) {
    const auto made = taken("method = \"md5\"\nusers_file = \"users.txt\"\n");
    ASSERT_EQ(made.auth.rules.lines().size(), 2u);
    EXPECT_EQ(made.auth.rules.lines()[0].wants.by, auth::method::md5);
}

TEST_F(Access, AQueryWithItsPartsAndTheirSecrets) {
    w.files["/etc/weir/asks"] = "of the one who asks\n";
    const auto made = taken("query = \"select 1\"\nquery_user = \"asks\"\nquery_password_file = \"asks\"\n"
                            "query_database = \"accounts\"\nquery_cache_ms = 0\nquery_negative_cache_ms = \"3s\"\n");
    EXPECT_EQ(made.auth.query, (secret_query{"select 1", "asks", "of the one who asks", "accounts", milliseconds(0),
                                             milliseconds(3000)}));
}

}  // namespace
}  // namespace weir::config
