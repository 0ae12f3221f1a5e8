#include "wire/startup.hpp"

#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"

namespace weir::wire {
namespace {

bytes packet(std::uint32_t code, bytes_view body) {
    bytes out;
    append_u32(out, static_cast<std::uint32_t>(8 + body.size()));
    append_u32(out, code);
    return out.append(body);
}

/// What one packet that must be whole is taken for; nothing may be left of the input.
result<first_packet> take_one(const bytes& data) {
    const exact_copy copy(data);
    bytes_view in = copy.view();
    auto taken = take_first_packet(in);
    if (taken.has_error()) {
        EXPECT_EQ(in.size(), data.size());
        return taken.error();
    }
    EXPECT_TRUE(in.empty());
    return taken->value();
}

fault refusal(const bytes& data) {
    const auto taken = take_one(data);
    return taken.has_error() ? taken.error() : fault{"00000", "it was taken"};
}

TEST(startup, round_trip_of_both_minor_versions) {
    const std::vector<startup_parameter> parameters{
        {"user", "anna"}, {"database", "shop"}, {"options", "-c geqo=off"}, {"empty", ""}};
    for (const std::uint16_t minor : {0, 2}) {
        bytes data;
        append_startup(data, minor, parameters);
        const auto request = std::get<startup_request>(take_one(data).value());
        EXPECT_EQ(request.major, 3);
        EXPECT_EQ(request.minor, minor);
        EXPECT_EQ(request.parameters, parameters);
    }
}

TEST(startup, the_last_value_of_a_name_counts) {
    bytes data;
    append_startup(data, 0, {{"user", "a"}, {"database", "d"}, {"user", "b"}});
    const auto request = std::get<startup_request>(take_one(data).value());
    ASSERT_NE(request.find("user"), nullptr);
    EXPECT_EQ(*request.find("user"), "b");
    EXPECT_EQ(request.find("replication"), nullptr);
}

TEST(startup, nothing_is_taken_before_the_packet_is_whole) {
    bytes data;
    append_startup(data, 2, {{"user", "anna"}});
    for (std::size_t size = 0; size < data.size(); ++size) {
        const exact_copy cut(bytes_view(data).substr(0, size));
        bytes_view in = cut.view();
        const auto taken = take_first_packet(in);
        ASSERT_TRUE(taken.has_value());
        EXPECT_FALSE(*taken);
        EXPECT_EQ(in.size(), size);
    }
}

TEST(startup, what_follows_the_packet_stays) {
    bytes data;
    append_ssl_request(data);
    append_startup(data, 0, {{"user", "anna"}});
    bytes_view in = data;
    EXPECT_TRUE(std::holds_alternative<ssl_request>(**take_first_packet(in)));
    EXPECT_TRUE(std::holds_alternative<startup_request>(**take_first_packet(in)));
    EXPECT_TRUE(in.empty());
}

TEST(startup, requests_for_encryption) {
    bytes ssl;
    append_ssl_request(ssl);
    EXPECT_EQ(ssl, raw("\0\0\0\x08\x04\xd2\x16\x2f"));
    EXPECT_TRUE(std::holds_alternative<ssl_request>(take_one(ssl).value()));
    EXPECT_TRUE(std::holds_alternative<gss_request>(take_one(packet(80877104, {})).value()));
    EXPECT_EQ(refusal(packet(80877103, "x")).sqlstate, "08P01");
    EXPECT_EQ(refusal(packet(80877104, "x")).sqlstate, "08P01");
}

TEST(startup, cancel_requests_with_keys_of_both_protocol_versions) {
    for (const std::size_t size : {4u, 32u, 256u}) {
        const bytes secret(size, '\x81');
        bytes data;
        append_cancel_request(data, 0xfffffffe, secret);
        const auto cancel = std::get<cancel_request>(take_one(data).value());
        EXPECT_EQ(cancel.pid, 0xfffffffeu);
        EXPECT_EQ(cancel.secret, secret);
    }
    for (const std::size_t size : {0u, 3u, 4u, 7u, 261u}) {
        EXPECT_EQ(refusal(packet(80877102, bytes(size, 'x'))).sqlstate, "08P01") << size;
    }
}

TEST(startup, lengths_are_judged_before_anything_else_comes) {
    for (const std::uint32_t length :
         {0u, 1u, 4u, 7u, longest_startup_packet + 1, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
        bytes data;
        append_u32(data, length);
        EXPECT_EQ(refusal(data), (fault{"08P01", "invalid length of startup packet"})) << length;
    }
    EXPECT_EQ(refusal("GET / HTTP/1.1\r\n").sqlstate, "08P01");
    EXPECT_EQ(refusal(raw("\x16\x03\x01\x02\0")).sqlstate, "08P01");  // a TLS ClientHello
}

TEST(startup, the_longest_packet_is_taken) {
    bytes data;
    append_startup(data, 0, {{"user", bytes(longest_startup_packet - 8 - 5 - 1 - 1, 'x')}});
    ASSERT_EQ(data.size(), longest_startup_packet);
    EXPECT_TRUE(take_one(data).has_value());
}

TEST(startup, the_terminator_must_be_the_last_byte) {
    const fault layout{"08P01", "invalid startup packet layout: expected terminator as last byte"};
    const std::uint32_t version = 3 << 16;
    const bytes good = raw("user\0anna\0\0");
    EXPECT_TRUE(take_one(packet(version, good)).has_value());
    EXPECT_TRUE(take_one(packet(version, raw("\0"))).has_value());
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_EQ(refusal(packet(version, good.substr(0, size))), layout) << size;
    }
    EXPECT_EQ(refusal(packet(version, good + "x")), layout);
    EXPECT_EQ(refusal(packet(version, good + raw("\0"))), layout);
    EXPECT_EQ(refusal(packet(version, good + raw("database\0d\0\0"))), layout);
    EXPECT_EQ(refusal(packet(version, raw("\0value\0\0"))), layout);
}

TEST(startup, only_major_version_3_is_spoken) {
    for (const std::uint16_t major : {0, 1, 2, 4, 0xffff}) {
        const auto code = static_cast<std::uint32_t>(major) << 16;
        EXPECT_EQ(refusal(packet(code, raw("\0"))),
                  (fault{"0A000", "unsupported frontend protocol " + std::to_string(major) +
                                      ".0: server supports 3.0 to 3.2"}));
    }
    // A minor version of the future is for the caller to negotiate.
    const auto request = take_one(packet((3 << 16) | 9999, raw("user\0a\0\0"))).value();
    EXPECT_EQ(std::get<startup_request>(request).minor, 9999);
}

}  // namespace
}  // namespace weir::wire
