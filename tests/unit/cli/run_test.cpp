// The commands as a shell sees them: exit status, standard output, standard error.
#include "cli/run.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/surroundings.hpp"
#include "wire/scram.hpp"

namespace weir::cli {
namespace {

struct outcome {
    int exit = -1;
    std::string out;
    std::string err;
    std::optional<config::config> served;
};

outcome ran(const std::vector<std::string>& arguments, const std::string& typed = "") {
    std::istringstream in(typed);
    std::ostringstream out, err;
    outcome got;
    got.exit = run(arguments, {in, out, err}, [&](config::config initial, auto) {
        got.served = std::move(initial);
        return 0;
    });
    got.out = out.str();
    got.err = err.str();
    return got;
}

/// A folder that is gone after the test.
class folder {
public:
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "weir-cli-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~folder() { std::filesystem::remove_all(path_); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    std::string write(const std::string& name, const std::string& text) const {
        const auto path = path_ / name;
        std::ofstream(path) << text;
        chmod(path.c_str(), 0600);
        return path.string();
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

const std::string simple = R"([auth]
users_file = "users.txt"
[cluster.main]
nodes = ["host=127.0.0.1 port=5432", "postgresql://127.0.0.1:5433/"]
)";

TEST(Check, AGoodFile) {
    const folder f;
    f.write("users.txt", "\"ann\" \"x\"\n");
    const outcome got =
        ran({"check", "-c", f.write("weir.toml", "[server]\nworkers = 3\n" + simple)});
    EXPECT_EQ(got.exit, 0);
    EXPECT_EQ(got.err, "");
    EXPECT_EQ(got.out,
              "ok: 1 cluster with 2 nodes, 1 database, 0 rules, 1 user, 3 workers; "
              "listens on 127.0.0.1:6432\n");
}

TEST(Check, ABadFileTellsEveryMistake) {
    const folder f;
    f.write("users.txt", "\"ann\" \"x\"\n");
    const std::string file = f.write("weir.toml", "[pool]\nsise = 3\nlifetime_ms = 0\n" + simple);
    const outcome got = ran({"check", "-c", file});
    EXPECT_EQ(got.exit, 1);
    EXPECT_EQ(got.out, "");
    EXPECT_EQ(got.err,
              file + ":2:1: unknown key \"sise\" in [pool] (the nearest known one is \"size\")\n" +
                  file + ":3:15: lifetime_ms must be from 1 to 31536000000, not 0\n");
}

TEST(Check, ANodeThatLibpqRefuses) {
    const folder f;
    const std::string file = f.write(
        "weir.toml",
        "[auth]\nmethod = \"trust\"\n[cluster.a]\nnodes = [\"host=a prot=1\", \"host=b,c\"]\n");
    const outcome got = ran({"check", "-c", file});
    EXPECT_EQ(got.exit, 1);
    EXPECT_NE(got.err.find(file + ":4:10: "), std::string::npos) << got.err;
    EXPECT_NE(got.err.find("prot"), std::string::npos) << got.err;
    EXPECT_NE(got.err.find(file + ":4:27: "), std::string::npos) << got.err;
}

TEST(Check, FilesThatCannotBeRead) {
    const folder f;
    EXPECT_EQ(ran({"check", "-c", f.path() + "/no.toml"}).err,
              f.path() + "/no.toml: cannot be read: No such file or directory\n");
    EXPECT_EQ(ran({"check", "-c", f.path()}).err, f.path() + ": cannot be read: Is a directory\n");
    EXPECT_EQ(ran({"check", "-c", f.path()}).exit, 1);
}

TEST(Check, WarningsAreNoErrors) {
    const folder f;
    chmod(f.write("users.txt", "\"ann\" \"x\"\n").c_str(), 0644);
    const outcome got = ran({"check", "-c", f.write("weir.toml", simple)});
    EXPECT_EQ(got.exit, 0);
    EXPECT_EQ(got.err.substr(0, 9), "warning: ");
    EXPECT_NE(got.err.find("other users may read " + f.path() + "/users.txt"), std::string::npos);
}

TEST(Check, ACertificateThatIsNone) {
    const folder f;
    f.write("users.txt", "\"ann\" \"x\"\n");
    const std::string pem = f.write("x.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
    const outcome got = ran({"check", "-c",
                             f.write("weir.toml", simple + "[tls.client]\nmode = \"allow\"\n"
                                                           "cert = \"x.pem\"\nkey = \"x.pem\"\n")});
    EXPECT_EQ(got.exit, 1);
    EXPECT_NE(got.err.find("[tls.client]: "), std::string::npos) << got.err;
}

TEST(Serve, StartsWithWhatItRead) {
    const folder f;
    f.write("users.txt", "\"ann\" \"x\"\n");
    const outcome got = ran({"serve", "-c", f.write("weir.toml", simple)});
    EXPECT_EQ(got.exit, 0);
    ASSERT_TRUE(got.served.has_value());
    EXPECT_EQ(got.served->clusters.at(0).nodes.at(1).address.port, 5433);
}

TEST(Serve, DoesNotStartWithAMistake) {
    const folder f;
    const outcome got = ran({"serve", "-c", f.write("weir.toml", simple)});
    EXPECT_EQ(got.exit, 3);
    EXPECT_FALSE(got.served.has_value());
    EXPECT_NE(got.err.find("weir.toml:2:14: users_file: "), std::string::npos) << got.err;
    EXPECT_EQ(ran({"serve", "--node", "nonsense"}).exit, 3);
}

TEST(Serve, NodesAloneWillDo) {
    const outcome got = ran({"serve", "--node", "postgresql://ann:x@127.0.0.1:5499/"});
    EXPECT_EQ(got.exit, 0) << got.err;
    ASSERT_TRUE(got.served.has_value());
    EXPECT_EQ(got.served->clusters.at(0).nodes.at(0).address.port, 5499);
    EXPECT_EQ(got.served->auth.users, (std::map<std::string, std::string>{{"ann", "x"}}));
}

TEST(Serve, ReloadReadsTheFileAgain) {
    const folder f;
    f.write("users.txt", "\"ann\" \"x\"\n");
    const std::string file = f.write("weir.toml", simple);
    std::istringstream in;
    std::ostringstream out, err;
    run({"serve", "-c", file}, {in, out, err}, [&](config::config, const auto& reload) {
        f.write("weir.toml", "[pool]\nsize = 7\n" + simple);
        auto again = reload();
        EXPECT_EQ(std::get<config::config>(again).pool.size, 7U);
        f.write("weir.toml", "[pool]\nsize = -1\n" + simple);
        again = reload();
        EXPECT_TRUE(std::holds_alternative<std::vector<config::complaint>>(again));
        return 0;
    });
}

TEST(ScramSecret, OfALine) {
    for (const auto* typed : {"secret\n", "secret", "secret\r\n", "secret\nmore\n"}) {
        const outcome got = ran({"scram-secret"}, typed);
        EXPECT_EQ(got.exit, 0);
        EXPECT_EQ(got.err, "");
        ASSERT_TRUE(got.out.ends_with('\n'));
        const auto secret = wire::parse_scram_secret(got.out.substr(0, got.out.size() - 1));
        ASSERT_TRUE(secret.has_value()) << got.out;
        EXPECT_EQ(secret->salt.size(), 16U);
        EXPECT_EQ(to_string(wire::make_scram_secret("secret", secret->salt, 4096)) + "\n", got.out);
    }
}

TEST(ScramSecret, ItsSaltIsNewEachTime) {
    EXPECT_NE(ran({"scram-secret"}, "secret\n").out, ran({"scram-secret"}, "secret\n").out);
    EXPECT_NE(ran({"scram-secret", "--iterations", "5000"}, "x").out.find("$5000:"),
              std::string::npos);
}

TEST(ScramSecret, NoPasswordNoSecret) {
    for (const auto& typed : {std::string(), std::string("\n"), std::string("a\0b", 3)}) {
        const outcome got = ran({"scram-secret"}, typed);
        EXPECT_EQ(got.exit, 1);
        EXPECT_EQ(got.out, "");
        EXPECT_NE(got.err, "");
    }
}

TEST(Version, NamesWeirAndItsLibraries) {
    const outcome got = ran({"--version"});
    EXPECT_EQ(got.exit, 0);
    EXPECT_EQ(got.out.substr(0, 5), "weir ");
    for (const auto* name : {"libpq ", "libpg_query", "OpenSSL 3", "Boost 1."}) {
        EXPECT_NE(got.out.find(name), std::string::npos) << name;
    }
}

TEST(WrongUse, GoesToStandardErrorAndHelpToStandardOutput) {
    EXPECT_EQ(ran({"nonsense"}).exit, 2);
    EXPECT_EQ(ran({"nonsense"}).out, "");
    EXPECT_NE(ran({"nonsense"}).err, "");
    EXPECT_EQ(ran({"--help"}).err, "");
    EXPECT_NE(ran({"--help"}).out, "");
}

TEST(Quota, OfACgroup) {
    EXPECT_EQ(quota_of("max 100000"), 0U);
    EXPECT_EQ(quota_of("200000 100000"), 2U);
    EXPECT_EQ(quota_of("150000 100000"), 2U);
    EXPECT_EQ(quota_of("50000 100000"), 1U);
    for (const auto* text : {"", "max", "0 100000", "100000", "100000 0", "-1 100000", "x y"}) {
        EXPECT_EQ(quota_of(text), 0U) << text;
    }
}

TEST(Surroundings, ThisMachineHasACore) { EXPECT_GE(real_surroundings().cores, 1U); }

}  // namespace
}  // namespace weir::cli
