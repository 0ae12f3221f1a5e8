// What is said, and where, of a configuration that is wrong.
#include <gtest/gtest.h>

#include "unit/config/world.hpp"

namespace weir::config {
namespace {

std::string of(const std::string& text) {
    world w;
    return bad(w.load(text));
}

TEST(Complaint, IsWrittenAsCompilersDo) {
    EXPECT_EQ(to_string(complaint{"a.toml", 3, 7, "wrong", "do this"}),
              "a.toml:3:7: wrong (do this)");
    EXPECT_EQ(to_string(complaint{"a.toml", 3, 0, "wrong", {}}), "a.toml:3: wrong");
    EXPECT_EQ(to_string(complaint{"a.toml", 0, 0, "wrong", {}}), "a.toml: wrong");
}

TEST(Complaint, AFileThatCannotBeRead) {
    world w;
    EXPECT_EQ(bad(weir::config::load("nowhere.toml", w.around())),
              "nowhere.toml: cannot be read: no such file\n");
}

TEST(Complaint, WhatIsNotToml) {
    EXPECT_EQ(of("[server]\nworkers = \n").substr(0, 34), "weir.toml:2:11: this is not TOML: ");
    EXPECT_EQ(of("[server]\nworkers = 1\nworkers = 2\n").substr(0, 12), "weir.toml:3:");
    EXPECT_EQ(of("[pool]\n[pool]\n").substr(0, 12), "weir.toml:2:");
    EXPECT_NE(of("[pool"), "");
    EXPECT_NE(of(std::string("a\0b", 3)), "");
    EXPECT_NE(of("\xff\xfe"), "");
}

TEST(Complaint, AnUnknownKeyNamesTheNearestKnownOne) {
    EXPECT_EQ(of("[server]\n  worker = 2" + rest),
              "weir.toml:2:3: unknown key \"worker\" in [server] (the nearest known one is "
              "\"workers\")\n");
    EXPECT_EQ(of("[pool]\nidletimeout = 2" + rest),
              "weir.toml:2:1: unknown key \"idletimeout\" in [pool] "
              "(the nearest known one is \"idle_timeout_ms\")\n");
    EXPECT_EQ(
        of("[[rule]]\nroute = \"primary\"\nusr = \"x\"" + rest),
        "weir.toml:3:1: unknown key \"usr\" in [[rule]] (the nearest known one is \"user\")\n");
    EXPECT_EQ(of(rest + "probe_pasword_file = \"x\""),
              "weir.toml:6:1: unknown key \"probe_pasword_file\" in [cluster.main] "
              "(the nearest known one is \"probe_password_file\")\n");
}

TEST(Complaint, AKeyInTheWrongSectionIsToldItsOwn) {
    EXPECT_EQ(of("[server]\nsize = 2" + rest),
              "weir.toml:2:1: unknown key \"size\" in [server] (it is a key of [pool])\n");
    EXPECT_EQ(
        of("[server]\nconsistency = \"session\"" + rest),
        "weir.toml:2:1: unknown key \"consistency\" in [server] (it is a key of [routing])\n");
    EXPECT_EQ(of("listen = [\"127.0.0.1:1\"]" + rest),
              "weir.toml:1:1: \"listen\" is outside of its section (it is a key of [server])\n");
}

TEST(Complaint, OnlySecretsHaveAFileForm) {
    EXPECT_EQ(of(rest + "probe_user_file = \"x\""),
              "weir.toml:6:1: unknown key \"probe_user_file\" in [cluster.main] "
              "(the nearest known one is \"probe_user\")\n");
}

TEST(Complaint, AnUnknownSectionNamesTheNearestKnownOne) {
    EXPECT_EQ(of("[sever]\nworkers = 1" + rest),
              "weir.toml:1:2: unknown section [sever] (the nearest known one is [server])\n");
    EXPECT_EQ(
        of("[tls.clients]" + rest),
        "weir.toml:1:6: unknown section [tls.clients] (the nearest known one is [tls.client])\n");
    EXPECT_EQ(of("[[rules]]" + rest),
              "weir.toml:1:3: unknown section [rules] (the nearest known one is [[rule]])\n");
    EXPECT_EQ(of("lisen = 1" + rest),
              "weir.toml:1:1: unknown key \"lisen\" outside of any section "
              "(the nearest known one is \"listen\" of [server])\n");
}

TEST(Complaint, ASectionOfTheWrongForm) {
    EXPECT_EQ(of("pool = 3" + rest),
              "weir.toml:1:1: pool must be a section, not a whole number (write [pool])\n");
    EXPECT_EQ(of("[[pool]]\nsize = 3" + rest),
              "weir.toml:1:3: pool must be a section, not a list (write [pool])\n");
    EXPECT_EQ(of("[rule]\nroute = \"primary\"" + rest),
              "weir.toml:1:2: rule must be a list of sections, not a table (write [[rule]])\n");
    EXPECT_EQ(of("rule = [3]" + rest),
              "weir.toml:1:9: rule must be a section, [[rule]], not a whole number\n");
    EXPECT_EQ(
        of("[auth]\nmethod = \"trust\"\n[cluster]\nnodes = [\"host=a\"]"),
        "weir.toml:4:1: nodes must be inside of a section with a name (write [cluster.NAME])\n");
    EXPECT_EQ(of("cluster = 1\n[auth]\nmethod = \"trust\""),
              "weir.toml:1:1: cluster must be a section for each name, not a whole number "
              "(write [cluster.NAME])\n");
    EXPECT_EQ(
        of("tls = 1" + rest),
        "weir.toml:1:7: tls must be a group of sections, as [tls.client], not a whole number\n");
}

TEST(Complaint, AValueOfTheWrongType) {
    EXPECT_EQ(of("[server]\nworkers = \"2\"" + rest),
              "weir.toml:2:11: workers must be a whole number, not a string\n");
    EXPECT_EQ(of("[server]\nworkers = 2.5" + rest),
              "weir.toml:2:11: workers must be a whole number, not a number with a point\n");
    EXPECT_EQ(of("[server]\nlisten = \"127.0.0.1:6432\"" + rest),
              "weir.toml:2:10: listen must be a list of strings, not a string\n");
    EXPECT_EQ(of("[server]\nlisten = [6432]" + rest),
              "weir.toml:2:11: listen must be a string, not a whole number\n");
    EXPECT_EQ(of("[server]\nhttp = 9432" + rest),
              "weir.toml:2:8: http must be a string as \"127.0.0.1:9432\", not a whole number\n");
    EXPECT_EQ(of("[log]\nlevel = true" + rest),
              "weir.toml:2:9: level must be a string, not true or false\n");
    EXPECT_EQ(
        of("[pool]\nwait_timeout_ms = 1979-05-27" + rest),
        "weir.toml:2:19: wait_timeout_ms must be a whole number of milliseconds, or a string as "
        "\"5s\", not a date or time\n");
    EXPECT_EQ(of("[server]\nverdict_cache_bytes = [1]" + rest),
              "weir.toml:2:23: verdict_cache_bytes must be a whole number of bytes, or a string as "
              "\"64MiB\", not a list\n");
    EXPECT_EQ(of("[auth]\nmethod = \"trust\"\n[cluster.main]\nnodes = \"host=a\""),
              "weir.toml:4:9: nodes must be a list of connection strings, not a string\n");
    EXPECT_EQ(of("[auth]\nmethod = \"trust\"\n[cluster.main]\nnodes = [1]"),
              "weir.toml:4:10: an element of nodes must be a connection string or a table, "
              "not a whole number\n");
}

TEST(Complaint, ANumberOutOfRange) {
    EXPECT_EQ(of("[server]\nworkers = 257" + rest),
              "weir.toml:2:11: workers must be from 0 to 256, not 257\n");
    EXPECT_EQ(of("[pool]\nwait_timeout_ms = \"0s\"" + rest),
              "weir.toml:2:19: wait_timeout_ms must be from 1 to 31536000000, not 0\n");
    EXPECT_EQ(of("[routing]\nmax_lag_ms = -5" + rest),
              "weir.toml:2:14: max_lag_ms must be from 0 to 31536000000, not -5\n");
}

TEST(Complaint, AUnitThatIsNotKnown) {
    EXPECT_EQ(
        of("[pool]\nwait_timeout_ms = \"5m\"" + rest),
        "weir.toml:2:19: wait_timeout_ms cannot be read: \"5m\" (write a whole number with a unit, "
        "as \"250ms\", \"5s\", \"2min\" or \"1h\")\n");
    EXPECT_EQ(
        of("[server]\nparse_limit_bytes = \"64MB\"" + rest),
        "weir.toml:2:21: parse_limit_bytes cannot be read: \"64MB\" (write a whole number with a "
        "unit, as \"64KiB\", \"64MiB\" or \"1GiB\")\n");
    EXPECT_EQ(of("[pool]\nlifetime_ms = \"999999999999999999d\"" + rest),
              "weir.toml:2:15: lifetime_ms is too large\n");
}

TEST(Complaint, AnUnknownChoiceNamesTheKnownOnesAndTheNearest) {
    EXPECT_EQ(of("[routing]\nconsistency = \"sesion\"" + rest),
              "weir.toml:2:15: consistency cannot be \"sesion\"; known: \"eventual\", \"bounded\", "
              "\"session\", \"global\", \"strong\" (the nearest known one is \"session\")\n");
    EXPECT_EQ(
        of("[log]\nlevel = \"INFO\"" + rest),
        "weir.toml:2:9: level cannot be \"INFO\"; known: \"trace\", \"debug\", \"info\", \"warn\", "
        "\"error\", \"off\" (the nearest known one is \"info\")\n");
}

TEST(Complaint, WhatThisVersionDoesNotCarryOut) {
    EXPECT_EQ(
        of("[user.ann]\npool = 3" + rest),
        "weir.toml:2:8: pool is not available in this version of Weir (leave it out)\n");
    EXPECT_EQ(of("[database.a]\npool.size = 3" + rest),
              "weir.toml:2:1: pool is not available in this version of Weir (leave it out)\n");
}

TEST(Complaint, AllOfThemAreToldInTheOrderOfTheText) {
    EXPECT_EQ(
        of("[server]\nworkers = 1000\nhttp = \"x\"\n[pool]\nsizes = 1\n[auth]\nmethod = \"md6\"\n"
           "[cluster.main]\nnodes = [\"host\"]\n[database.a]\ncluster = \"man\"\n"),
        "weir.toml:2:11: workers must be from 0 to 256, not 1000\n"
        "weir.toml:3:8: http is no address with a port: \"x\" "
        "(write 127.0.0.1:6432, [::1]:6432 or unix:/run/weir)\n"
        "weir.toml:5:1: unknown key \"sizes\" in [pool] (the nearest known one is \"size\")\n"
        "weir.toml:6:2: method \"scram-sha-256\" needs users_file or query in [auth] "
        "(a file with lines of \"name\" \"secret\")\n"
        "weir.toml:7:10: method cannot be \"md6\"; known: \"scram-sha-256\", \"md5\", "
        "\"password\", \"cert\", \"peer\", \"trust\" "
        "(the nearest known one is \"md5\")\n"
        "weir.toml:9:10: missing \"=\" in \"host\"\n"
        "weir.toml:11:11: there is no [cluster.man] (the nearest known one is \"main\")\n");
}

}  // namespace
}  // namespace weir::config
