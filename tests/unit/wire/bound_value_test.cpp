// The value of one parameter in a Bind message: found among others, and never beyond the message's end.
#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"
#include "wire/frontend.hpp"

namespace weir::wire::frontend {
namespace {

/// What follows the names of a Bind: formats, values (nothing: NULL), no result formats.
bytes rest_of(const std::vector<std::optional<bytes>>& values, const std::vector<std::uint16_t>& formats = {}) {
    bytes rest;
    append_u16(rest, static_cast<std::uint16_t>(formats.size()));
    for (const auto f : formats) append_u16(rest, f);
    append_u16(rest, static_cast<std::uint16_t>(values.size()));
    for (const auto& v : values) {
        append_u32(rest, v ? static_cast<std::uint32_t>(v->size()) : 0xffffffffu);
        if (v) rest.append(*v);
    }
    append_u16(rest, 0);
    return rest;
}

std::optional<bytes> value(const bytes& rest, std::size_t index) {
    const exact_copy copy(rest);
    const auto found = bound_value(copy.view(), index);
    return found ? std::optional(bytes(*found)) : std::nullopt;
}

TEST(bound_value, is_found_by_its_number) {
    const bytes rest = rest_of({"one", "", bytes(3000, 'x'), "four"});
    EXPECT_EQ(value(rest, 0), "one");
    EXPECT_EQ(value(rest, 1), "");
    EXPECT_EQ(value(rest, 2), bytes(3000, 'x'));
    EXPECT_EQ(value(rest, 3), "four");
    EXPECT_EQ(value(rest, 4), std::nullopt);
    EXPECT_EQ(value(rest_of({}), 0), std::nullopt);
}

TEST(bound_value, stands_behind_the_formats) {
    EXPECT_EQ(value(rest_of({"one", "two"}, {1}), 1), "two");
    EXPECT_EQ(value(rest_of({"one", "two"}, {0, 1}), 0), "one");
    EXPECT_EQ(value(rest_of({"one"}, std::vector<std::uint16_t>(300, 1)), 0), "one");
}

TEST(bound_value, of_null_there_is_none) {
    const bytes rest = rest_of({std::nullopt, "two", std::nullopt, "four"});
    EXPECT_EQ(value(rest, 0), std::nullopt);
    EXPECT_EQ(value(rest, 1), "two");
    EXPECT_EQ(value(rest, 2), std::nullopt);
    EXPECT_EQ(value(rest, 3), "four");
}

/// A Bind that is streamed is there in part only.
TEST(bound_value, is_found_where_all_of_it_is_there) {
    const bytes rest = rest_of({"one", "two"});
    const std::size_t end_of_first = 2 + 2 + 4 + 3;
    const std::size_t end_of_second = end_of_first + 4 + 3;
    for (std::size_t size = 0; size <= rest.size(); ++size) {
        const bytes cut = rest.substr(0, size);
        EXPECT_EQ(value(cut, 0), size >= end_of_first ? std::optional<bytes>("one") : std::nullopt) << size;
        EXPECT_EQ(value(cut, 1), size >= end_of_second ? std::optional<bytes>("two") : std::nullopt) << size;
    }
}

TEST(bound_value, counts_that_lie_find_nothing) {
    bytes rest = rest_of({"one"});
    rest[0] = '\xff';  // formats
    EXPECT_EQ(value(rest, 0), std::nullopt);
    rest = rest_of({"one"});
    rest[2] = '\xff';  // values
    EXPECT_EQ(value(rest, 0), "one");
    EXPECT_EQ(value(rest, 1), std::nullopt);
    EXPECT_EQ(value(rest, 60000), std::nullopt);
    for (const std::uint32_t length : {0x7fffffffu, 0x80000000u, 0xfffffffeu, 100u}) {
        rest = rest_of({"one"});
        store_u32(rest.data() + 4, length);
        EXPECT_EQ(value(rest, 0), std::nullopt) << length;
    }
}

}  // namespace
}  // namespace weir::wire::frontend
