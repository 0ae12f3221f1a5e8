#include "cli/arguments.hpp"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

template <class T>
T parsed(const std::vector<std::string>& arguments) {
    const command c = parse_arguments(arguments);
    if (const auto* wanted = std::get_if<T>(&c)) return *wanted;
    const auto* said = std::get_if<usage>(&c);
    ADD_FAILURE() << "another command: " << (said != nullptr ? said->text : "");
    return {};
}

usage refused(const std::vector<std::string>& arguments) {
    const usage said = parsed<usage>(arguments);
    EXPECT_EQ(said.exit, exit_code::wrong_use) << said.text;
    EXPECT_NE(said.text, "");
    return said;
}

TEST(Arguments, Serve) {
    EXPECT_EQ(parsed<serve_command>({"serve", "-c", "weir.toml"}).file, "weir.toml");
    EXPECT_EQ(parsed<serve_command>({"serve", "--config=weir.toml"}).file, "weir.toml");
    const auto nodes =
        parsed<serve_command>({"serve", "--node", "host=a", "--node", "postgresql://b/"});
    EXPECT_EQ(nodes.file, "");
    EXPECT_EQ(nodes.nodes, (std::vector<std::string>{"host=a", "postgresql://b/"}));
}

TEST(Arguments, TheOtherCommands) {
    EXPECT_EQ(parsed<check_command>({"check", "-c", "weir.toml"}).file, "weir.toml");
    EXPECT_FALSE(parsed<check_command>({"check", "-c", "weir.toml"}).connects);
    EXPECT_TRUE(parsed<check_command>({"check", "--connect", "-c", "weir.toml"}).connects);
    EXPECT_EQ(parsed<scram_secret_command>({"scram-secret"}).iterations, 4096U);
    EXPECT_EQ(parsed<scram_secret_command>({"scram-secret", "--iterations", "10000"}).iterations,
              10000U);
    const auto route = parsed<route_command>(
        {"route", "-c", "weir.toml", "-U", "ann", "-d", "shop", "--brief", "--client", "unix", "-"});
    EXPECT_EQ(route.statement, "-");
    EXPECT_EQ(route.user, "ann");
    EXPECT_EQ(route.database, "shop");
    EXPECT_EQ(route.client, "unix");
    EXPECT_TRUE(route.brief);
    EXPECT_EQ(parsed<test_command>({"test", "-c", "weir.toml", "cases.toml"}).cases, "cases.toml");
    parsed<version_command>({"--version"});
    parsed<reference_command>({"--print-configuration-reference"});
}

TEST(Arguments, HelpIsNoMistake) {
    for (const auto& arguments :
         {std::vector<std::string>{"--help"}, {"serve", "--help"}, {"-h"}}) {
        const usage said = parsed<usage>(arguments);
        EXPECT_EQ(said.exit, exit_code::fine);
        EXPECT_NE(said.text.find("--help"), std::string::npos);
        EXPECT_EQ(said.text.find("print-configuration-reference"), std::string::npos);
    }
}

TEST(Arguments, CatalogDump) {
    const auto command = parsed<catalog_dump_command>({"catalog", "dump", "-c", "weir.toml", "-d", "shop"});
    EXPECT_EQ(command.file, "weir.toml");
    EXPECT_EQ(command.database, "shop");
}

TEST(Arguments, WrongUse) {
    refused({"catalog"});
    refused({"catalog", "dump", "-c", "weir.toml"});
    refused({"catalog", "dump", "-d", "shop"});
    refused({});
    refused({"serv"});
    refused({"serve"});
    refused({"serve", "-c"});
    refused({"serve", "-c", "a", "--node", "host=b"});
    refused({"serve", "--node", "a", "b"});
    refused({"serve", "-c", "a", "extra"});
    refused({"serve", "--nodes", "a"});
    refused({"check"});
    refused({"check", "weir.toml"});
    refused({"route", "-c", "weir.toml"});
    refused({"route", "select 1"});
    refused({"test", "-c", "weir.toml"});
    refused({"scram-secret", "--iterations", "0"});
    refused({"scram-secret", "--iterations", "many"});
    refused({"scram-secret", "password"});
    refused({"check", "-c", "a", "serve", "-c", "b"});
}

}  // namespace
}  // namespace weir::cli
