// What [tls.client], [tls.server] and the methods of [auth] need of each other.
#include <gmock/gmock.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

using testing::HasSubstr;

const std::string nodes = "[cluster.main]\nnodes = [\"host=a\"]\n[database.\"*\"]\ncluster = \"main\"\n";

class Tls : public testing::Test {
protected:
    Tls() {
        w.files["/etc/weir/users.txt"] = "\"ann\" \"secret\"\n";
        w.files["/etc/weir/x.pem"] = "-----BEGIN CERTIFICATE-----\n";
        w.files["/etc/weir/no.pem"] = "nothing\n";
    }
    std::string refused(const std::string& text) { return bad(w.load(text + nodes)); }
    config taken(const std::string& text) { return good(w.load(text + nodes)); }

    world w;
    const std::string users = "[auth]\nusers_file = \"users.txt\"\n";
};

TEST_F(Tls, ClientsCertificatesNeedAnAuthority) {
    const std::string pair = "cert = \"x.pem\"\nkey = \"x.pem\"\n";
    EXPECT_THAT(refused(users + "[tls.client]\nmode = \"verify-ca\"\n" + pair), HasSubstr("mode needs ca in [tls.client]"));
    const auto made = taken(users + "[tls.client]\nmode = \"verify-full\"\nca = \"x.pem\"\n" + pair);
    EXPECT_EQ(made.tls_client.mode, client_tls::verify_full);
    EXPECT_EQ(made.tls_client.ca, "/etc/weir/x.pem");
}

TEST_F(Tls, NodesAreVerifiedByAnAuthority) {
    EXPECT_THAT(refused(users + "[tls.server]\nmode = \"verify-full\"\n"), HasSubstr("mode needs ca in [tls.server]"));
    EXPECT_THAT(refused(users + "[tls.server]\ncert = \"x.pem\"\n"), HasSubstr("cert needs key in [tls.server]"));
    EXPECT_THAT(refused(users + "[tls.server]\nkey = \"x.pem\"\n"), HasSubstr("key needs cert in [tls.server]"));
    EXPECT_THAT(refused(users + "[tls.server]\nca = \"no.pem\"\n"), HasSubstr("is not in PEM format"));
    EXPECT_EQ(taken(users + "[tls.server]\nmode = \"verify-ca\"\nca = \"x.pem\"\n").tls_server.mode, node_tls::verify_ca);
}

TEST_F(Tls, AMethodNeedsWhatItAsksFor) {
    EXPECT_THAT(refused("[auth]\nmethod = \"cert\"\n"), HasSubstr("needs mode, cert, key and ca in [tls.client]"));
    EXPECT_THAT(refused("[auth]\nmethod = \"md5\"\n"), HasSubstr("method \"md5\" needs users_file or query in [auth]"));
    EXPECT_THAT(refused("[auth]\nmethod = \"password\"\n"), HasSubstr("method \"password\" needs users_file or query"));
    EXPECT_EQ(taken("[auth]\nmethod = \"peer\"\n").auth.method, auth::method::peer);
}

}  // namespace
}  // namespace weir::config
