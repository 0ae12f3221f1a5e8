// What is refused in a pg_hba.conf, in PostgreSQL's words, and what each line becomes.
#include <gmock/gmock.h>

#include "auth/hba_rules.hpp"
#include "unit/auth/files.hpp"

namespace weir::auth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

hba_parsed parsed(const std::string& text) {
    files f;
    return parse_hba(f.read(text));
}

std::string fault_of(const std::string& line) {
    const auto made = parsed(line);
    EXPECT_THAT(made.lines, IsEmpty()) << line;
    return made.faults.empty() ? "" : made.faults.front().message;
}

TEST(HbaParse, LinesThatPostgresqlRefuses) {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"pipe all all trust", "invalid connection type \"pipe\""},
        {"host,local all all trust", "multiple values specified for connection type"},
        {"host", "end-of-line before database specification"},
        {"host all", "end-of-line before role specification"},
        {"host all all", "end-of-line before IP address specification"},
        {"host all all 1.2.3.4", "end-of-line before netmask specification"},
        {"host all all 1.2.3.4/8", "end-of-line before authentication method"},
        {"host all all 1.2.3.4,5.6.7.8 md5", "multiple values specified for host address"},
        {"host all all 1.2.3.4/33 md5", "invalid CIDR mask in address \"1.2.3.4/33\""},
        {"host all all ::1/129 md5", "invalid CIDR mask in address \"::1/129\""},
        {"host all all db.example.com/8 md5",
         "specifying both host name and CIDR mask is invalid: \"db.example.com/8\""},
        {"host all all 1.2.3.4 255.0.255.0 md5", "invalid IP mask \"255.0.255.0\" for \"1.2.3.4\""},
        {"host all all 1.2.3.4 ffff:: md5", "invalid IP mask \"ffff::\" for \"1.2.3.4\""},
        {"host all all all md5,trust", "multiple values specified for authentication type"},
        {"host all all all magic", "invalid authentication method \"magic\""},
        {"host all all all ldap", "authentication method \"ldap\" is not supported by Weir"},
        {"host all all all ident", "authentication method \"ident\" is not supported by Weir"},
        {"host all all all peer", "peer authentication is only supported on local sockets"},
        {"host all all all cert", "cert authentication is only supported on hostssl connections"},
        {"hostssl all all all cert clientcert=verify-ca",
         "clientcert only accepts \"verify-full\" when using \"cert\" authentication"},
        {"hostssl all all all md5 clientcert=1", "invalid value for clientcert: \"1\""},
        {"host all all all md5 clientcert=verify-ca", "clientcert can only be configured for \"hostssl\" rows"},
        {"hostssl all all all md5 map=x",
         "authentication option \"map\" is only valid for authentication methods peer and cert"},
        {"host all all all md5 fast", "authentication option not in name=value format: fast"},
        {"host all all all md5 fast=1", "unrecognized authentication option name: \"fast\""},
        {"hostssl all all all cert clientname=XX", "invalid value for clientname: \"XX\""},
        {"local all +staff trust", "\"+staff\": Weir does not know who is a member of which role"},
        {"local samerole all trust", "\"samerole\": Weir does not know who is a member of which role"},
        {"local \"/(\" all trust", "\"/(\" is no regular expression: missing ): ("},
    };
    for (const auto& [line, wanted] : cases) EXPECT_EQ(fault_of(line), wanted) << line;
}

TEST(HbaParse, EveryWrongLineIsTold) {
    const auto made = parsed("local all all trust\nnone\nhost all all all ldap\n");
    EXPECT_THAT(told(made.faults), ElementsAre("2: invalid connection type \"none\"",
                                               "3: authentication method \"ldap\" is not supported by Weir"));
    EXPECT_EQ(made.faults.back().hint, "trust, reject, scram-sha-256, md5, password, cert, peer");
}

TEST(HbaParse, IdentOverAUnixSocketIsPeer) {
    EXPECT_EQ(parsed("local all all ident").lines.front().wants.by, method::peer);
}

TEST(HbaParse, Options) {
    const auto made = parsed("hostssl all all all cert map=people clientname=DN\n"
                             "hostssl all all all scram-sha-256 clientcert=verify-full\n"
                             "local all all peer map=\"of the system\"\n");
    ASSERT_EQ(made.lines.size(), 3u);
    EXPECT_EQ(made.lines[0].wants, (demand{method::cert, client_certificate::not_asked, true, "people"}));
    EXPECT_EQ(made.lines[1].wants, (demand{method::scram_sha_256, client_certificate::verify_full, false, ""}));
    EXPECT_EQ(made.lines[2].wants.map, "of the system");
    EXPECT_EQ(made.maps.size(), 2u);
}

TEST(HbaParse, WhatFitsNothingIsWarnedOf) {
    EXPECT_THAT(told(parsed("hostgssenc all all all trust").warnings),
                ElementsAre("1: hostgssenc fits no connection: Weir does not encrypt by GSSAPI"));
    EXPECT_EQ(parsed("# nothing").warnings.front().message, "no line lets anybody in");
}

}  // namespace
}  // namespace weir::auth
