#include "cli/import.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/ini_text.hpp"
#include "config/document.hpp"

namespace weir::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// What comes out must be TOML.
std::string imported(std::string_view text) {
    const auto made = import_text(text, "x");
    EXPECT_TRUE(made);
    if (!made) return {};
    const auto parsed = config::parse_document(*made);
    if (const auto* bad = std::get_if<config::syntax_error>(&parsed)) ADD_FAILURE() << bad->message << " in\n" << *made;
    return *made;
}

TEST(import, a_pgbouncer_ini_keeps_what_weir_has) {
    const auto made = imported(R"(;; comment
[databases]
shop = host=db1 port=5433 dbname=shop_prod pool_size=7 ; of the shop
* = host=db1 port=5433
reports = host=db2 user=reader pool_mode=session
[users]
bob = pool_mode=session
[pgbouncer]
listen_addr = 10.0.0.1, localhost
listen_port = 6432
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/userlist.txt
admin_users = postgres, ann
pool_mode = transaction
default_pool_size = 25
query_wait_timeout = 2.5
client_tls_sslmode = prefer
server_reset_query = DISCARD ALL
made_up = 3
)");
    for (const auto* line : {R"(listen = ["10.0.0.1:6432", "127.0.0.1:6432"])", R"(method = "scram-sha-256")",
                             R"(users_file = "/etc/pgbouncer/userlist.txt")", R"(admin_users = ["postgres", "ann"])",
                             "size = 25", "wait_timeout_ms = 2500", R"(nodes = ["host=db1 port=5433"])",
                             R"([database."shop"])", R"(dbname = "shop_prod")", R"([cluster.cluster2])",
                             R"(cluster = "cluster2")", R"(user = "reader")", "mode = \"allow\""})
        EXPECT_THAT(made, HasSubstr(line));
    EXPECT_THAT(made, HasSubstr("#   server_reset_query = DISCARD ALL: Weir carries what a session sets"));
    EXPECT_THAT(made, HasSubstr("#   made_up = 3: Weir has nothing of the kind"));
    EXPECT_THAT(made, HasSubstr("#   [databases] shop pool_size=7: "));
    EXPECT_THAT(made, HasSubstr("#   [users] bob = pool_mode=session: "));
}

TEST(import, a_pgpool_conf_becomes_a_cluster) {
    const auto made = imported(R"(# comment
listen_addresses = '*'
port = 9999
backend_hostname0 = 'db1'
backend_port0 = 5432
backend_weight0 = 0
backend_hostname1 = 'db2'
backend_port1 = 5433
sr_check_user = 'probe'
sr_check_password = 'very secret'
failover_command = '/usr/local/bin/failover.sh %d'
)");
    EXPECT_THAT(made, HasSubstr(R"(listen = ["0.0.0.0:9999"])"));
    EXPECT_THAT(made, HasSubstr(R"(nodes = [{ conninfo = "host=db1 port=5432", weight = 0 }, "host=db2 port=5433"])"));
    EXPECT_THAT(made, HasSubstr(R"(probe_user = "probe")"));
    EXPECT_THAT(made, HasSubstr("#   failover_command = /usr/local/bin/failover.sh %d: Weir promotes nothing"));
    EXPECT_THAT(made, Not(HasSubstr("very secret")));
}

TEST(import, what_is_neither_is_an_error) {
    for (const auto* text : {"", "hello", "[section]\nkey = 1\n", "key = 1\n"}) {
        const auto made = import_text(text, "file.txt");
        ASSERT_TRUE(made.has_error()) << text;
        EXPECT_EQ(made.error().message, "file.txt is neither a pgbouncer.ini nor a pgpool.conf");
    }
}

TEST(ini_text, quotes_and_comments) {
    const auto entries = read_ini("a = 'x # y; ''z'''\n b=1 ; c\n;no\n#no\n[ s ]\nc = d#e\nflag\n");
    ASSERT_EQ(entries.size(), 4u);
    EXPECT_EQ(entries[0].value, "x # y; 'z'");
    EXPECT_EQ(entries[1].value, "1");
    EXPECT_EQ(entries[2].section, "s");
    EXPECT_EQ(entries[2].value, "d#e");
    EXPECT_EQ(entries[3].key, "flag");
    EXPECT_EQ(entries[3].line, 7u);
}

}  // namespace
}  // namespace weir::cli
