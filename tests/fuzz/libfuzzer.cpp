// One target under libFuzzer: WEIR_FUZZ_TARGET names it.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>

#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    // What the unit tests' shell finds wrong ends the process.
    testing::GTEST_FLAG(throw_on_failure) = true;
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto run = weir::fuzz::targets().at(WEIR_FUZZ_TARGET);
    run({reinterpret_cast<const char*>(data), size});
    return 0;
}
