// What the three policies allow, and that everything else is refused at the first byte that shows
// it.
#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::wire {
namespace {

constexpr std::uint32_t small_word = 10000;       // PQ_SMALL_MESSAGE_LIMIT
constexpr std::uint32_t large_word = 0x3ffffffe;  // PQ_LARGE_MESSAGE_LIMIT

bytes header(char type, std::uint32_t word) {
    bytes out(1, type);
    append_u32(out, word);
    return out;
}

/// Feeds the bytes one by one; the index of the one that is refused, or the count if none is.
std::size_t refused_at(const frame_policy& policy, bytes_view data) {
    frame_splitter splitter(policy);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const exact_copy one(data.substr(i, 1));
        bytes_view in = one.view();
        const auto piece = splitter.next(in);
        if (piece.has_error()) {
            EXPECT_EQ(piece.error().sqlstate, "08P01");
            return i;
        }
    }
    return data.size();
}

bool is_refused(const frame_policy& policy, bytes_view data) {
    frame_splitter splitter(policy);
    const exact_copy copy(data);
    bytes_view in = copy.view();
    const auto piece = splitter.next(in);
    EXPECT_TRUE(piece.has_value() || piece.error().sqlstate == "08P01");
    return piece.has_error();
}

struct policy_case {
    const char* name;
    const frame_policy* policy;
    bytes types;
};

std::vector<policy_case> policies() {
    return {{"frontend", &frontend_policy(), "BCDEFHPQSXdcf"},
            {"password", &password_policy(), "p"},
            {"backend", &backend_policy(), "RK23CWdcGHDIEVvnNAtS1sZT"}};
}

TEST(frame_policies, unknown_types_are_refused_at_their_first_byte) {
    for (const auto& [name, policy, types] : policies()) {
        for (int type = 0; type < 256; ++type) {
            SCOPED_TRACE(std::string(name) + " " + std::to_string(type));
            const bool known = types.find(static_cast<char>(type)) != bytes::npos;
            const bytes message = header(static_cast<char>(type), 5) + "x";
            EXPECT_EQ(is_refused(*policy, message), !known);
            EXPECT_EQ(is_refused(*policy, message.substr(0, 1)), !known);
            EXPECT_EQ(refused_at(*policy, message), known ? message.size() : 0);
        }
    }
}

TEST(frame_policies, impossible_length_words_are_refused_for_every_type) {
    for (const auto& [name, policy, types] : policies()) {
        for (const char type : types) {
            for (const std::uint32_t word : {0u, 1u, 2u, 3u, 0x40000004u, 0x7fffffffu, 0x80000000u,
                                             0x80000004u, 0xfffffffeu, 0xffffffffu}) {
                SCOPED_TRACE(std::string(name) + " " + type + " " + std::to_string(word));
                EXPECT_TRUE(is_refused(*policy, header(type, word)));
                EXPECT_TRUE(is_refused(*policy, header(type, word) + bytes(100, 'x')));
                EXPECT_EQ(refused_at(*policy, header(type, word)), 4u);
            }
            EXPECT_FALSE(is_refused(*policy, header(type, 4)));
        }
    }
}

TEST(frame_policies, limits_are_postgresqls) {
    for (const char type : bytes("CDEHSXcf")) {
        EXPECT_FALSE(is_refused(frontend_policy(), header(type, small_word))) << type;
        EXPECT_TRUE(is_refused(frontend_policy(), header(type, small_word + 1))) << type;
    }
    for (const char type : bytes("QPFBd")) {
        EXPECT_FALSE(is_refused(frontend_policy(), header(type, large_word))) << type;
        EXPECT_TRUE(is_refused(frontend_policy(), header(type, large_word + 1))) << type;
    }
    EXPECT_FALSE(is_refused(password_policy(), header('p', 65536 + 4)));
    EXPECT_TRUE(is_refused(password_policy(), header('p', 65536 + 5)));
}

TEST(frame_policies, a_server_may_send_rows_texts_and_notices_of_a_gigabyte) {
    for (const char type : bytes("DdVENAT")) {
        EXPECT_FALSE(is_refused(backend_policy(), header(type, 0x3fffffff))) << type;
    }
    // 65,535 parameters of 4 bytes each, and their count.
    EXPECT_FALSE(is_refused(backend_policy(), header('t', 4 + 2 + 4 * 65535)));
    for (const char type : bytes("RK23CWcGHIvnS1sZt")) {
        EXPECT_TRUE(is_refused(backend_policy(), header(type, 4 + (1 << 20) + 1))) << type;
    }
}

TEST(frame_policies, a_length_alone_reserves_no_memory) {
    frame_splitter splitter(frontend_policy());
    const bytes start = header('Q', large_word);
    bytes_view in = start;
    ASSERT_FALSE(splitter.next(in).value());
    EXPECT_EQ(splitter.kept_bytes(), 5u);
    EXPECT_FALSE(splitter.at_boundary());
}

TEST(frame_splitter, after_an_error_every_call_fails_alike) {
    const bytes sync = header('S', 4);
    for (const bytes& bad : {header('S', 3), header('?', 4), bytes("?"), header('S', 3) + sync}) {
        for (const bool at_once : {true, false}) {
            frame_splitter splitter(frontend_policy());
            bytes_view in = sync;
            ASSERT_TRUE(splitter.next(in).value());
            std::size_t given = at_once ? bad.size() : 1;
            in = bytes_view(bad).substr(0, given);
            auto got = splitter.next(in);
            while (got.has_value() && given < bad.size()) {
                in = bytes_view(bad).substr(given++, 1);
                got = splitter.next(in);
            }
            ASSERT_TRUE(got.has_error());
            const fault first = got.error();
            EXPECT_EQ(first.sqlstate, "08P01");
            for (int again = 0; again < 3; ++again) {
                in = sync;
                got = splitter.next(in);
                ASSERT_TRUE(got.has_error());
                EXPECT_EQ(got.error().sqlstate, "08P01");
            }
            in = {};
            EXPECT_TRUE(splitter.next(in).has_error());
            EXPECT_FALSE(splitter.at_boundary());
        }
    }
}

TEST(frame_splitter, errors_say_what_came_from_where) {
    frame_splitter client(frontend_policy());
    bytes message = header('?', 4);
    bytes_view in = message;
    EXPECT_EQ(client.next(in).error().message, "invalid frontend message type 63");
    frame_splitter server(backend_policy());
    message = header('\xff', 4);
    in = message;
    EXPECT_EQ(server.next(in).error().message, "invalid backend message type 255");
    frame_splitter other(frontend_policy());
    message = header('S', 0x80000000);
    in = message;
    const fault length = other.next(in).error();
    EXPECT_EQ(length.message, "invalid message length");
    EXPECT_EQ(length.detail,
              "A message of type 83 from the frontend says 2147483648 bytes; at most 10000 are "
              "allowed.");
}

}  // namespace
}  // namespace weir::wire
