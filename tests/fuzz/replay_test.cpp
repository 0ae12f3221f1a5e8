// Every input in corpora/ goes through its target, in every run of the tests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/target.hpp"

namespace weir::fuzz {
namespace {

std::vector<std::filesystem::path> inputs_of(std::string_view name) {
    std::vector<std::filesystem::path> found;
    const auto folder = std::filesystem::path(WEIR_SOURCE_DIR) / "tests/fuzz/corpora" / name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

class Replay : public testing::TestWithParam<std::string> {};

TEST_P(Replay, EveryInput) {
    const auto inputs = inputs_of(GetParam());
    EXPECT_FALSE(inputs.empty());
    for (const auto& input : inputs) {
        SCOPED_TRACE(input.filename().string());
        std::ifstream file(input, std::ios::binary);
        const std::string data{std::istreambuf_iterator<char>(file), {}};
        targets().at(GetParam())(data);
        // What an input is cut down to is an input as well.
        for (std::size_t size = 0; size < std::min<std::size_t>(data.size(), 200); ++size)
            targets().at(GetParam())(bytes_view(data).substr(0, size));
    }
}

std::vector<std::string> names() {
    std::vector<std::string> all;
    for (const auto& [name, unused] : targets()) all.emplace_back(name);
    return all;
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Replay, testing::ValuesIn(names()),
                         [](const auto& of) { return of.param; });

}  // namespace
}  // namespace weir::fuzz
