// Every way in which a stream can come in parts must give the same messages.
#include "wire/frame_splitter.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "unit/wire/reassembly.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::wire {
namespace {

bytes pattern(std::size_t size) {
    bytes out(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        out[i] = static_cast<char>(i * 7 + i / 251);
    }
    return out;
}

struct stream {
    const frame_policy* policy;
    std::vector<whole_message> messages;

    bytes joined() const {
        bytes out;
        for (const auto& message : messages) {
            backend::append_message(out, message.type, message.body);
        }
        return out;
    }
};

stream client_stream() {
    return {&frontend_policy(),
            {{'P', raw("s1\0select $1\0\0\1\0\0\0\x17")},
             {'B', raw("\0s1\0\0\0\0\1\0\0\0\1"
                       "7\0\0")},
             {'E', raw("\0\0\0\0\0")},
             {'H', ""},
             {'S', ""},
             {'Q', raw("copy t from stdin\0")},
             {'d', pattern(40)},
             {'d', ""},
             {'c', ""},
             {'X', ""}}};
}

stream server_stream() {
    return {&backend_policy(),
            {{'1', ""},
             {'2', ""},
             {'T', pattern(33)},
             {'D', pattern(61)},
             {'D', ""},
             {'N', raw("SNOTICE\0C00000\0Mhello\0\0")},
             {'D', pattern(3)},
             {'C', raw("SELECT 3\0")},
             {'Z', "I"},
             {'A', raw("\0\0\0\1x\0y\0")}}};
}

void expect_same(const reassembly& got, const stream& sent, const bytes& joined) {
    ASSERT_EQ(got.messages(), sent.messages);
    ASSERT_EQ(got.passed(), joined);
    ASSERT_TRUE(got.splitter().at_boundary());
    ASSERT_EQ(got.splitter().kept_bytes(), 0u);
}

class both_directions : public testing::TestWithParam<stream (*)()> {};

TEST_P(both_directions, in_one_chunk) {
    const stream sent = GetParam()();
    const bytes joined = sent.joined();
    reassembly got(*sent.policy);
    got.feed(joined);
    expect_same(got, sent, joined);
    EXPECT_EQ(got.pieces(), sent.messages.size());
}

TEST_P(both_directions, cut_at_every_point) {
    const stream sent = GetParam()();
    const bytes joined = sent.joined();
    for (std::size_t cut = 0; cut <= joined.size(); ++cut) {
        SCOPED_TRACE(cut);
        reassembly got(*sent.policy);
        got.feed(bytes_view(joined).substr(0, cut));
        got.feed(bytes_view(joined).substr(cut));
        expect_same(got, sent, joined);
    }
}

TEST_P(both_directions, cut_at_every_two_points) {
    const stream sent = GetParam()();
    const bytes joined = sent.joined();
    for (std::size_t a = 0; a <= joined.size(); ++a) {
        for (std::size_t b = a; b <= joined.size(); ++b) {
            reassembly got(*sent.policy);
            got.feed(bytes_view(joined).substr(0, a));
            got.feed(bytes_view(joined).substr(a, b - a));
            got.feed(bytes_view(joined).substr(b));
            expect_same(got, sent, joined);
            if (HasFatalFailure()) {
                FAIL() << "cuts at " << a << " and " << b;
            }
        }
    }
}

TEST_P(both_directions, in_chunks_of_every_size) {
    const stream sent = GetParam()();
    const bytes joined = sent.joined();
    for (std::size_t size = 1; size <= joined.size(); ++size) {
        SCOPED_TRACE(size);
        reassembly got(*sent.policy);
        for (std::size_t at = 0; at < joined.size(); at += size) {
            got.feed(bytes_view(joined).substr(at, size));
        }
        expect_same(got, sent, joined);
    }
}

INSTANTIATE_TEST_SUITE_P(frame_splitter, both_directions,
                         testing::Values(client_stream, server_stream));

TEST(frame_splitter, whole_messages_point_into_the_input_and_are_contiguous) {
    const stream sent = server_stream();
    const bytes joined = sent.joined();
    frame_splitter splitter(*sent.policy);
    bytes_view in = joined;
    const char* expected = joined.data();
    while (const auto piece = splitter.next(in).value()) {
        EXPECT_TRUE(piece->complete());
        EXPECT_EQ(piece->raw.data(), expected);
        expected += piece->raw.size();
        EXPECT_EQ(in.data(), expected);
    }
    EXPECT_EQ(expected, joined.data() + joined.size());
}

TEST(frame_splitter, nothing_in_nothing_out) {
    frame_splitter splitter(frontend_policy());
    bytes_view in;
    EXPECT_FALSE(splitter.next(in).value());
    EXPECT_TRUE(splitter.at_boundary());
}

TEST(frame_splitter, a_large_row_passes_through_without_being_kept) {
    constexpr std::uint32_t row = 3 << 20;
    bytes head = "D";
    append_u32(head, row + 4);
    for (const std::size_t first_chunk : {1u, 4u, 5u, 6u, 16384u}) {
        const bytes message = head + pattern(row) + raw("Z\0\0\0\5I");
        reassembly got(backend_policy());
        got.feed(bytes_view(message).substr(0, first_chunk));
        for (std::size_t at = first_chunk; at < message.size(); at += 16384) {
            got.feed(bytes_view(message).substr(at, 16384));
        }
        ASSERT_EQ(got.messages().size(), 2u);
        EXPECT_EQ(got.messages()[0].body, pattern(row));
        EXPECT_EQ(got.passed(), message);
        EXPECT_EQ(got.most_kept(), 0u);
        EXPECT_TRUE(got.splitter().at_boundary());
    }
}

TEST(frame_splitter, a_row_of_the_largest_size_is_counted_down_to_the_byte) {
    constexpr std::uint32_t row = 0x3fffffff;
    bytes head = "D";
    append_u32(head, row + 4);
    const bytes chunk = pattern(1 << 20);
    frame_splitter splitter(backend_policy());
    bytes_view in = head;
    auto piece = splitter.next(in).value();
    ASSERT_TRUE(piece && piece->first && !piece->last);
    std::uint64_t left = row;
    while (left > 0) {
        in = bytes_view(chunk).substr(0, left);
        piece = splitter.next(in).value();
        ASSERT_TRUE(piece);
        left -= piece->raw.size();
        ASSERT_EQ(piece->last, left == 0);
        ASSERT_EQ(splitter.kept_bytes(), 0u);
    }
    EXPECT_TRUE(splitter.at_boundary());
}

TEST(frame_splitter, a_query_is_whole_whatever_its_chunks) {
    const bytes text = pattern(100000);
    bytes message;
    backend::append_message(message, 'Q', text);
    reassembly got(frontend_policy());
    for (std::size_t at = 0; at < message.size(); at += 1460) {
        EXPECT_EQ(got.splitter().kept_bytes(), at);
        got.feed(bytes_view(message).substr(at, 1460));
    }
    EXPECT_EQ(got.pieces(), 1u);
    EXPECT_EQ(got.messages().at(0).body, text);
}

TEST(frame_splitter, a_large_bind_gives_16_kib_of_head_and_then_streams) {
    const bytes body = pattern(100000);
    bytes message;
    backend::append_message(message, 'B', body);
    reassembly got(frontend_policy());
    constexpr std::size_t head = 16384 + 5;
    std::size_t at = 0;
    for (; at + 1000 < head; at += 1000) {
        got.feed(bytes_view(message).substr(at, 1000));
        ASSERT_EQ(got.pieces(), 0u);
        ASSERT_EQ(got.splitter().kept_bytes(), at + 1000);
    }
    got.feed(bytes_view(message).substr(at, 1000));
    EXPECT_EQ(got.pieces(), 2u);  // the head, and what the chunk held behind it
    EXPECT_EQ(got.splitter().kept_bytes(), 0u);
    EXPECT_TRUE(got.in_message());
    got.feed(bytes_view(message).substr(at + 1000));
    EXPECT_EQ(got.pieces(), 3u);
    EXPECT_EQ(got.messages().at(0).body, body);
}

TEST(frame_splitter, a_bind_head_that_stands_in_the_input_is_not_copied) {
    bytes message;
    backend::append_message(message, 'B', pattern(20000));
    frame_splitter splitter(frontend_policy());
    for (const std::size_t size : {16384u + 5u, 18000u, 20004u}) {
        splitter = frame_splitter(frontend_policy());
        bytes_view in = bytes_view(message).substr(0, size);
        const auto piece = splitter.next(in).value();
        ASSERT_TRUE(piece);
        EXPECT_EQ(piece->raw.data(), message.data());
        EXPECT_EQ(piece->raw.size(), size);
        EXPECT_TRUE(piece->first);
        EXPECT_FALSE(piece->last);
        EXPECT_EQ(piece->body_length, 20000u);
    }
    splitter = frame_splitter(frontend_policy());
    bytes_view in = bytes_view(message).substr(0, 16384 + 4);
    EXPECT_FALSE(splitter.next(in).value());
    EXPECT_EQ(splitter.kept_bytes(), 16384u + 4u);
}

TEST(frame_splitter, another_policy_holds_from_the_next_message_on) {
    frame_splitter splitter(password_policy());
    const bytes login = raw("p\0\0\0\x0bsecret\0");
    bytes_view in = login;
    EXPECT_TRUE(splitter.next(in).value()->complete());
    splitter.use(frontend_policy());
    const bytes sync = raw("S\0\0\0\4");
    in = sync;
    EXPECT_TRUE(splitter.next(in).value()->complete());
    in = login;
    EXPECT_EQ(splitter.next(in).error().sqlstate, "08P01");
}

}  // namespace
}  // namespace weir::wire
