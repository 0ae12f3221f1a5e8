// The splitter on the path of every message: no allocation while messages come whole, none held
// while idle. Allocations of this executable are counted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "wire/backend.hpp"
#include "wire/frame_splitter.hpp"

namespace {
std::size_t allocations = 0;
std::size_t live = 0;
}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    ++live;
    if (void* memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    live -= memory != nullptr ? 1 : 0;
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace weir::wire {
namespace {

bytes many_rows() {
    bytes out;
    for (int i = 0; i < 1000; ++i) {
        backend::append_message(out, 'D', bytes(static_cast<std::size_t>(i % 90), 'x'));
    }
    return out;
}

TEST(frame_splitter_memory, whole_messages_cost_no_allocation) {
    const bytes stream = many_rows();
    frame_splitter splitter(backend_policy());
    const std::size_t before = allocations;
    std::size_t count = 0;
    bytes_view in = stream;
    while (splitter.next(in).value()) {
        ++count;
    }
    EXPECT_EQ(allocations, before);
    EXPECT_EQ(count, 1000u);
}

TEST(frame_splitter_memory, rows_that_straddle_chunks_cost_no_allocation) {
    const bytes stream = many_rows();
    frame_splitter splitter(backend_policy());
    const std::size_t before = allocations;
    for (std::size_t at = 0; at < stream.size(); at += 1021) {
        bytes_view in = bytes_view(stream).substr(at, 1021);
        while (splitter.next(in).value()) {
        }
    }
    EXPECT_EQ(allocations, before);
    EXPECT_TRUE(splitter.at_boundary());
}

TEST(frame_splitter_memory, nothing_is_held_once_a_kept_message_is_used_up) {
    bytes message;
    backend::append_message(message, 'Q', bytes(100000, 'x'));
    frame_splitter splitter(frontend_policy());
    const std::size_t before = live;
    bytes_view in = bytes_view(message).substr(0, 50000);
    EXPECT_FALSE(splitter.next(in).value());
    EXPECT_GT(live, before);
    in = bytes_view(message).substr(50000);
    EXPECT_TRUE(splitter.next(in).value());
    EXPECT_GT(live, before);
    EXPECT_FALSE(splitter.next(in).value());
    EXPECT_EQ(live, before);
}

TEST(frame_splitter_memory, release_frees_what_the_last_piece_pointed_to) {
    bytes message;
    backend::append_message(message, 'Q', bytes(100000, 'x'));
    frame_splitter splitter(frontend_policy());
    const std::size_t before = live;
    bytes_view in = bytes_view(message).substr(0, 9);
    EXPECT_FALSE(splitter.next(in).value());
    splitter.release();  // a part that is still needed stays
    EXPECT_EQ(splitter.kept_bytes(), 9u);
    in = bytes_view(message).substr(9);
    EXPECT_TRUE(splitter.next(in).value());
    splitter.release();
    EXPECT_EQ(live, before);
    EXPECT_TRUE(splitter.at_boundary());
}

}  // namespace
}  // namespace weir::wire
