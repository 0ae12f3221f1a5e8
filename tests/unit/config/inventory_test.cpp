#include "config/inventory.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weir::config {
namespace {

std::vector<said_value> said(std::string_view text) {
    const auto parsed = parse_document(text);
    const auto* document = std::get_if<item::table>(&parsed);
    EXPECT_NE(document, nullptr);
    return document != nullptr ? said_in(*document) : std::vector<said_value>();
}

TEST(inventory, names_what_is_said_by_its_path) {
    EXPECT_EQ(said("[pool]\nsize = 30\n[[rule]]\nname = \"a\"\nuser = [\"x\", \"y\"]\n[[rule]]\nname = \"b\"\n"),
              (std::vector<said_value>{{"pool.size", "30"},
                                       {"rule[1].name", "\"a\""},
                                       {"rule[1].user", "[\"x\", \"y\"]"},
                                       {"rule[2].name", "\"b\""}}));
}

TEST(inventory, tells_no_secret) {
    const auto all = said(R"([server]
http_token = "secret1"
[cluster.main]
nodes = ["host=a password=secret2 port=1", "postgresql://u:secret3@h/", "host=b password='secret4 x' user=c",
         {conninfo = "host=d&password = secret5", name = "d"}]
probe_password = "secret6")");
    for (const auto& one : all) EXPECT_EQ(one.value.find("secret"), std::string::npos) << one.key << " = " << one.value;
    EXPECT_NE(std::find(all.begin(), all.end(), said_value{"server.http_token", "\"***\""}), all.end());
    EXPECT_NE(all.at(1).value.find("host=b password=*** user=c"), std::string::npos) << all.at(1).value;
    EXPECT_NE(all.at(1).value.find("postgresql://u:***@h/"), std::string::npos);
}

TEST(inventory, has_every_key_with_its_default) {
    const auto lines = inventory(said("[pool]\nsize = 30\n[cluster.main]\nprobe_user = \"p\"\n"));
    const auto find = [&](std::string_view key) {
        return std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.key == key; });
    };
    ASSERT_NE(find("pool.size"), lines.end());
    EXPECT_EQ(find("pool.size")->value, "30");
    EXPECT_EQ(find("pool.size")->fallback, "20");
    EXPECT_FALSE(find("pool.size")->takes_restart);
    EXPECT_EQ(find("log.level")->value, "\"info\"");
    EXPECT_TRUE(find("server.workers")->takes_restart);
    EXPECT_TRUE(find("cluster.main.probe_user")->takes_restart);
    EXPECT_FALSE(takes_restart("server.listen"));
    EXPECT_FALSE(takes_restart("cluster.main.nodes"));
    EXPECT_FALSE(takes_restart("database.main.probe_user"));
}

TEST(inventory, tells_the_difference_of_two) {
    EXPECT_EQ(difference(said("[pool]\nsize = 20\n[log]\nlevel = \"info\"\n"), said("[pool]\nsize = 30\n[routing]\nmax_lag_ms = 5\n")),
              (std::vector<std::string>{"- log.level = \"info\"", "- pool.size = 20", "+ pool.size = 30", "+ routing.max_lag_ms = 5"}));
    EXPECT_TRUE(difference(said("[pool]\nsize = 20\n"), said("[pool]\nsize = 20\n")).empty());
}

}  // namespace
}  // namespace weir::config
