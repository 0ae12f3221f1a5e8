#include "config/reference.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "config/key.hpp"
#include "unit/config/world.hpp"

namespace weir::config {
namespace {

TEST(Reference, TheFileInDocsIsTheOneThatTheTableMakes) {
    std::ifstream file(WEIR_SOURCE_DIR "/docs/configuration.md");
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == reference_markdown())
        << "weir --print-configuration-reference > docs/configuration.md";
}

TEST(Reference, EveryKeyStandsInItOnce) {
    const std::string text = reference_markdown();
    for (const section& s : sections()) {
        EXPECT_NE(text.find("## `" + heading(s) + "`"), std::string::npos) << s.title;
        std::set<std::string_view> names;
        for (const key& k : s.keys) {
            EXPECT_TRUE(names.insert(k.name).second) << s.title << " " << k.name;
            EXPECT_FALSE(k.says.empty()) << s.title << " " << k.name;
            EXPECT_NE(text.find("`" + std::string(k.name) + "`"), std::string::npos) << k.name;
        }
    }
}

/// A section of this kind that is complete but for the key that a test puts in.
std::string head_of(const section& s) {
    if (s.title == "cluster") return "[cluster.main]\nnodes = [\"host=127.0.0.1 port=5432\"]\n";
    if (s.title == "rule") {
        return "[[rule]]\nname = \"r\"\nroute = \"replicas\"\nrate_limit = \"5/s\"\n";
    }
    if (s.title == "auth") return "[auth]\nusers_file = \"users.txt\"\n";
    return s.form == repetition::named ? "[" + std::string(s.title) + ".x]\n" : heading(s) + "\n";
}

std::string remainder_of(const section& s) {
    std::string out;
    if (s.title != "auth") out += "[auth]\nusers_file = \"users.txt\"\n";
    if (s.title != "cluster") {
        out += "[cluster.main]\nnodes = [{ conninfo = \"host=127.0.0.1 port=5432\", group = \"NAME\" }]\n";
    }
    return out;
}

TEST(Reference, EveryDefaultInItIsWhatAKeyThatIsNotSaidMeans) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"postgres\" \"secret\"\n";
    for (const section& s : sections()) {
        for (const key& k : s.keys) {
            if (k.fallback.empty() || (s.title == "auth" && k.name == "users_file")) continue;
            if (k.name == "rate_limit") continue;  // the section has one, for the keys that need it
            const std::string said = std::string(k.name) + " = " + std::string(k.fallback) + "\n";
            const config silent = good(w.load(head_of(s) + remainder_of(s)));
            const config spoken = good(w.load(head_of(s) + said + remainder_of(s)));
            EXPECT_TRUE(silent == spoken) << s.title << ": " << said;
        }
    }
}

TEST(Reference, EveryRangeIsKept) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"postgres\" \"secret\"\n";
    const auto text = [&](const section& s, const key& k, std::int64_t n) {
        return head_of(s) + std::string(k.name) + " = " + std::to_string(n) + "\n" +
               remainder_of(s);
    };
    int checked = 0;
    for (const section& s : sections()) {
        for (const key& k : s.keys) {
            if (!std::holds_alternative<store_number>(k.store)) continue;
            ++checked;
            good(w.load(text(s, k, k.range.least)));
            good(w.load(text(s, k, most_of(k))));
            for (const std::int64_t n : {k.range.least - 1, most_of(k) + 1}) {
                EXPECT_NE(bad(w.load(text(s, k, n))).find(std::string(k.name) + " must be from "),
                          std::string::npos)
                    << k.name << " " << n;
            }
        }
    }
    EXPECT_GT(checked, 15);
}

TEST(Reference, EveryChoiceIsTakenAndEveryLaterOneIsNotAvailable) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"postgres\" \"secret\"\n";
    w.files["/etc/weir/x.pem"] = "-----BEGIN CERTIFICATE-----\n";
    for (const section& s : sections()) {
        for (const key& k : s.keys) {
            std::string head = head_of(s);
            if (s.title == "rule") {
                head = "[[rule]]\nname = \"r\"\nrate_limit = \"5/s\"\n";
                if (k.name != "route") head += "route = \"primary\"\n";
            }
            const std::string files = "cert = \"x.pem\"\nkey = \"x.pem\"\nca = \"x.pem\"\n";
            if (s.title == "tls.client" || s.title == "tls.server") head += files;
            const auto text = [&](std::string_view choice) {
                const bool by_certificate = s.title == "auth" && choice == "cert";
                return head + std::string(k.name) + " = \"" + std::string(choice) + "\"\n" +
                       remainder_of(s) + (by_certificate ? "[tls.client]\nmode = \"allow\"\n" + files : "");
            };
            for (const auto choice : k.choices) good(w.load(text(choice)));
            for (const auto choice : k.later_choices) {
                EXPECT_NE(
                    bad(w.load(text(choice))).find("is not available in this version of Weir"),
                    std::string::npos)
                    << k.name << " " << choice;
            }
        }
    }
}

TEST(Reference, EveryLaterKeyIsRefusedUnlessItSaysItsDefault) {
    world w;
    w.files["/etc/weir/users.txt"] = "\"postgres\" \"secret\"\n";
    for (const section& s : sections()) {
        for (const key& k : s.keys) {
            if (k.form != shape::later) continue;
            for (const auto* value : {"\"x\"", "7", "true", "[1]", "{ a = 1 }", "1.5"}) {
                const std::string text =
                    head_of(s) + std::string(k.name) + " = " + value + "\n" + remainder_of(s);
                EXPECT_NE(
                    bad(w.load(text))
                        .find(std::string(k.name) + " is not available in this version of Weir"),
                    std::string::npos)
                    << text;
            }
        }
    }
}

}  // namespace
}  // namespace weir::config
