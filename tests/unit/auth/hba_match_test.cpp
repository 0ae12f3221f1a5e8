// tests/cases/hba: lines, and which of them is about whom.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "auth/hba_rules.hpp"
#include "unit/auth/files.hpp"

namespace weir::auth {
namespace {

std::string text_of(const std::string& name) {
    std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/tests/cases/hba/" + name);
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
}

hba_rules rules_of(const std::string& text) {
    files f;
    auto made = parse_hba(f.read(text));
    EXPECT_TRUE(made.faults.empty()) << made.faults.front().message;
    return hba_rules(std::move(made.lines));
}

const std::vector<own_address> own = {{*client_range::parse("172.16.5.9"), *client_range::parse("172.16.0.0/16")}};

std::string shown(const hba_rules::finding& found) {
    if (std::holds_alternative<needs_host_name>(found)) return "name?";
    const auto* line = std::get<const hba_line*>(found);
    return line == nullptr ? "none" : std::to_string(line->number);
}

TEST(HbaMatch, TheFirstLineThatFitsCounts) {
    const auto rules = rules_of(text_of("lines.conf"));
    std::stringstream cases(text_of("matches.tsv"));
    std::string line;
    int seen = 0;
    while (std::getline(cases, line)) {
        if (line.starts_with('#')) continue;
        std::stringstream fields(line);
        std::string from, user, database, name, wanted;
        for (auto* each : {&from, &user, &database, &name, &wanted}) std::getline(fields, *each, '\t');
        visitor who{user, database};
        who.physical_replication = database == "(physical replication)";
        who.encrypted = from.ends_with("+tls");
        const auto address = from.substr(0, from.find('+'));
        who.local = address == "unix";
        who.address = address;
        if (name != "?") who.host_name = name == "-" ? "" : std::string_view(name);
        EXPECT_EQ(shown(rules.find(who, own)), wanted) << line;
        ++seen;
    }
    EXPECT_GT(seen, 30);
}

TEST(HbaMatch, OneMethodForAll) {
    const auto rules = hba_rules::same_for_all(method::md5);
    for (const bool local : {false, true})
        for (const bool replication : {false, true}) {
            visitor who{"ann", "shop", replication, local, false, local ? "unix" : "[::1]:5"};
            const auto* line = std::get<const hba_line*>(rules.find(who, {}));
            ASSERT_NE(line, nullptr);
            EXPECT_EQ(line->wants.by, method::md5);
        }
}

TEST(HbaMatch, WhatLinesAskFor) {
    EXPECT_TRUE(rules_of("local all all trust\nhost all all all md5").asks_for_secrets());
    EXPECT_FALSE(rules_of("local all all trust\nhost all all all md5").asks_only_for_secrets());
    EXPECT_FALSE(rules_of("local all all peer").asks_for_secrets());
    EXPECT_FALSE(rules_of("hostssl all all all md5").asks_for_certificates());
    EXPECT_TRUE(rules_of("hostssl all all all md5 clientcert=verify-ca").asks_for_certificates());
    EXPECT_TRUE(rules_of("hostssl all all all cert").asks_for_certificates());
}

}  // namespace
}  // namespace weir::auth
