#include "config/quantity.hpp"

#include <gtest/gtest.h>

namespace weir::config {
namespace {

std::int64_t milliseconds_of(std::string_view text) {
    const auto read = parse_duration_ms(text);
    const auto* n = std::get_if<std::int64_t>(&read);
    return n != nullptr ? *n : -1;
}

std::int64_t bytes_of(std::string_view text) {
    const auto read = parse_size_bytes(text);
    const auto* n = std::get_if<std::int64_t>(&read);
    return n != nullptr ? *n : -1;
}

std::string filled(std::string_view text) {
    const auto read = expand(text, [](const std::string& name) -> std::optional<std::string> {
        if (name == "HOST") return "db1";
        if (name == "EMPTY") return "";
        if (name == "NESTED") return "${HOST}";
        if (name == "DOLLAR") return "cash$";
        return std::nullopt;
    });
    const auto* good = std::get_if<std::string>(&read);
    return good != nullptr ? *good : "wrong: " + std::get<wrong>(read).message;
}

std::string address_of(std::string_view text) {
    const auto read = parse_listen(text);
    const auto* good = std::get_if<listen_address>(&read);
    return good != nullptr ? to_string(*good) : "wrong";
}

TEST(Duration, EveryUnit) {
    EXPECT_EQ(milliseconds_of("250ms"), 250);
    EXPECT_EQ(milliseconds_of("5s"), 5000);
    EXPECT_EQ(milliseconds_of("2min"), 120'000);
    EXPECT_EQ(milliseconds_of("1h"), 3'600'000);
    EXPECT_EQ(milliseconds_of("1d"), 86'400'000);
    EXPECT_EQ(milliseconds_of("17"), 17);
    EXPECT_EQ(milliseconds_of("5 s"), 5000);
    EXPECT_EQ(milliseconds_of("0s"), 0);
    EXPECT_EQ(std::get<std::int64_t>(parse_duration_ms("-5s")), -5000);  // the range refuses it
}

TEST(Duration, OtherTextsAreNone) {
    for (const auto* text : {"", "s", "5x", "5m", "5S", "1.5s", "5s ", " 5s", "5s5", "five", "0x5s",
                             "9223372036854775807s", "99999999999999999999ms"}) {
        EXPECT_EQ(milliseconds_of(text), -1) << text;
    }
}

TEST(Size, EveryUnit) {
    EXPECT_EQ(bytes_of("512B"), 512);
    EXPECT_EQ(bytes_of("64KiB"), 65536);
    EXPECT_EQ(bytes_of("64MiB"), 64 << 20);
    EXPECT_EQ(bytes_of("2GiB"), std::int64_t{2} << 30);
    EXPECT_EQ(bytes_of("1TiB"), std::int64_t{1} << 40);
    EXPECT_EQ(bytes_of("17"), 17);
}

TEST(Size, UnitsOfTwoMeaningsAreRefused) {
    for (const auto* text :
         {"64MB", "64kB", "64K", "64M", "1.5MiB", "64mib", "MiB", "", "9223372036854775807KiB"}) {
        EXPECT_EQ(bytes_of(text), -1) << text;
    }
}

TEST(Expand, VariablesAreFilledInOnce) {
    EXPECT_EQ(filled("plain"), "plain");
    EXPECT_EQ(filled("host=${HOST} port=1"), "host=db1 port=1");
    EXPECT_EQ(filled("${HOST}${HOST}"), "db1db1");
    EXPECT_EQ(filled("${EMPTY}"), "");
    EXPECT_EQ(filled("${NESTED}"), "${HOST}");
}

TEST(Expand, DollarsOfTheirOwnStay) {
    EXPECT_EQ(filled("cost $5 $HOME $"), "cost $5 $HOME $");
    EXPECT_EQ(filled("$${HOST}"), "${HOST}");
    EXPECT_EQ(filled("${HOST}$${HOST}"), "db1${HOST}");
    EXPECT_EQ(filled("${DOLLAR}${HOST}"), "cash$db1");
}

TEST(Expand, WhatIsMissingIsNamed) {
    EXPECT_EQ(filled("a ${NOPE} b"),
              "wrong: needs the environment variable NOPE, which is not set");
    for (const auto* text : {"${", "${}", "${HOST", "${HO ST}", "${HOST:-x}"}) {
        EXPECT_EQ(filled(text), "wrong: has a ${ that no variable's name and } follow") << text;
    }
}

TEST(Listen, EveryForm) {
    EXPECT_EQ(address_of("127.0.0.1:6432"), "127.0.0.1:6432");
    EXPECT_EQ(address_of("0.0.0.0:1"), "0.0.0.0:1");
    EXPECT_EQ(address_of("[::1]:65535"), "[::1]:65535");
    EXPECT_EQ(address_of("[::]:6432"), "[::]:6432");
    EXPECT_EQ(address_of("localhost:6432"), "127.0.0.1:6432");
    EXPECT_EQ(address_of("unix:/run/weir"), "unix:/run/weir:0");
    EXPECT_EQ(address_of("unix:/run/weir/"), "unix:/run/weir:0");
    EXPECT_EQ(address_of("unix:/run/weir:7000"), "unix:/run/weir:7000");
}

TEST(Listen, OtherTextsAreNone) {
    for (const auto* text : {"",
                             ":",
                             "127.0.0.1",
                             "127.0.0.1:",
                             "127.0.0.1:0",
                             "127.0.0.1:65536",
                             "127.0.0.1:+1",
                             "127.0.0.1:-1",
                             "127.0.0.1:6432x",
                             "256.0.0.1:1",
                             "127.1:6432",
                             "::1:6432",
                             "[::1]",
                             "[127.0.0.1]:1",
                             "[::1:6432",
                             "*:6432",
                             ":6432",
                             "db.example:6432",
                             "unix:",
                             "unix:run",
                             "unix:@weir",
                             "unix:/run/weir:",
                             "unix:/run/weir:x",
                             "unix:/run/weir:0",
                             "6432"}) {
        EXPECT_EQ(address_of(text), "wrong") << text;
    }
    EXPECT_EQ(address_of("unix:/" + std::string(91, 'x')), "unix:/" + std::string(91, 'x') + ":0");
    EXPECT_EQ(address_of("unix:/" + std::string(92, 'x')), "wrong");
}

}  // namespace
}  // namespace weir::config
