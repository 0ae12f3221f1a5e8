// test_cases: `weir test`: a DBA's own tests of routing rules. Cases are TOML: a statement, who says it and
// in what state, and where it must go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/arguments.hpp"
#include "cli/dry_run.hpp"
#include "cli/run.hpp"

namespace weir::cli {

struct test_case {
    std::uint32_t line = 0;
    std::string name;
    std::string statement;
    dry_client who;
    // What is expected; nothing: not looked at.
    std::optional<std::string> route;
    std::optional<std::string> reason;
    std::optional<std::string> rule;    // "": none
    std::optional<std::string> shadow;  // the first shadow rule that matches; "": none
};

/// Cases, or every complaint.
std::variant<std::vector<test_case>, std::vector<config::complaint>> read_cases(const std::string& file,
                                                                                std::string_view text);

/// What differs, one line each; empty: nothing.
std::vector<std::string> differences(const test_case& expected, const dry_route& found);

/// The exit status.
int test(const test_command& c, const config::surroundings& world, const streams& with);

}  // namespace weir::cli
