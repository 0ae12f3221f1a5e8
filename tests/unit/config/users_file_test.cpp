#include "config/users_file.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

const std::string scram =
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
    "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

/// "line:column message" of each fault, one a line.
std::string faults(std::string_view text) {
    std::string out;
    for (const auto& f : parse_users(text).faults) {
        out += std::to_string(f.at.line) + ":" + std::to_string(f.at.column) + " " +
               f.what.message + "\n";
    }
    return out;
}

std::string secret(std::string_view text, const std::string& name) {
    const users read = parse_users(text);
    const auto found = read.entries.find(name);
    return found == read.entries.end() ? "(nobody)" : found->second.secret;
}

TEST(UsersFile, NamesAndSecrets) {
    const std::string text = "\"ann\" \"secret\"\n\"bob\" \"" + scram + "\"\n";
    EXPECT_EQ(faults(text), "");
    EXPECT_EQ(secret(text, "ann"), "secret");
    EXPECT_EQ(secret(text, "bob"), scram);
}

TEST(UsersFile, WhatPgBouncerAccepts) {
    EXPECT_EQ(secret("\"ann\" \"secret\" \"\" trailing words", "ann"), "secret");
    EXPECT_EQ(secret("  \"ann\"\t\"secret\"\r\n", "ann"), "secret");
    EXPECT_EQ(secret("\"ann\"\"secret\"", "ann\"secret"), "(nobody)");
    EXPECT_EQ(secret("\"an\"\"n\" \"sec\"\"ret\"", "an\"n"), "sec\"ret");
    EXPECT_EQ(secret("\"ann\" \"\"", "ann"), "");
    EXPECT_EQ(secret("\"Zo\xc3\xab\" \"\xe2\x82\xac\"", "Zo\xc3\xab"), "\xe2\x82\xac");
}

TEST(UsersFile, CommentsAndEmptyLinesSayNothing) {
    const std::string text = "; comment\n\n   \n# comment\n  ; indented\n\"ann\" \"x\"\n";
    EXPECT_EQ(faults(text), "");
    EXPECT_EQ(parse_users(text).entries.size(), 1U);
    EXPECT_EQ(parse_users("").entries.size(), 0U);
}

TEST(UsersFile, AHashInsideASecretIsPartOfIt) {
    EXPECT_EQ(secret("\"ann\" \"a#b;c\"", "ann"), "a#b;c");
}

TEST(UsersFile, EveryBadLineIsToldWithItsPlace) {
    EXPECT_EQ(faults("ann secret\n"
                     "\"ann\"\n"
                     "\"ann\" secret\n"
                     "\"ann\" \"secret\n"
                     "\"ann \"\n"
                     "\"\" \"secret\"\n"),
              "1:1 expected a name in double quotes\n"
              "2:6 expected a secret in double quotes\n"
              "3:7 expected a secret in double quotes\n"
              "4:7 expected a secret in double quotes\n"
              "5:7 expected a secret in double quotes\n"
              "6:4 a name cannot be empty\n");
}

TEST(UsersFile, ANameTwiceIsAFault) {
    EXPECT_EQ(faults("\"ann\" \"x\"\n\n\"ann\" \"y\"\n"), "3:10 \"ann\" was already on line 1\n");
}

TEST(UsersFile, ATruncatedScramSecretIsAFault) {
    EXPECT_EQ(faults("\"ann\" \"" + scram + "\""), "");
    for (const std::string& cut :
         {scram.substr(0, 20), scram.substr(0, scram.size() - 1), scram + "x",
          std::string("SCRAM-SHA-256$"), std::string("SCRAM-SHA-256$4096:$:"),
          "SCRAM-SHA-256$0" + scram.substr(18), "SCRAM-SHA-256$x" + scram.substr(15)}) {
        EXPECT_NE(faults("\"ann\" \"" + cut + "\""), "") << cut;
    }
}

TEST(SecretForm, IsToldByTheSecretItself) {
    EXPECT_EQ(form_of(scram), secret_form::scram_sha_256);
    EXPECT_EQ(form_of("md5" + std::string(32, 'a')), secret_form::md5);
    EXPECT_EQ(form_of("md5" + std::string(31, 'a')), secret_form::plain);
    EXPECT_EQ(form_of("md5" + std::string(32, 'g')), secret_form::plain);
    EXPECT_EQ(form_of(""), secret_form::plain);
    EXPECT_EQ(form_of("secret"), secret_form::plain);
}

}  // namespace
}  // namespace weir::config
