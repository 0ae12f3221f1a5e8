// Protocol 3.0 and 3.2. The bytes of each negotiation are those that PostgreSQL 18.4 answered.
#include <gtest/gtest.h>

#include "unit/session/door.hpp"

namespace weir::session {
namespace {

using namespace std::string_literals;
using options = std::vector<std::string>;

bytes start(std::uint16_t minor, const options& asked = {}) {
    std::vector<wire::startup_parameter> parameters{{"user", "ann"}, {"database", "shop"}};
    for (const auto& name : asked) parameters.push_back({name, "1"});
    return ask::startup(parameters, minor);
}

DOOR(protocol_version, both_versions_are_taken_as_they_are) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(0)), "");
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_EQ(d.machine().who().minor, 0);
}

DOOR(protocol_version, the_newer_one_is_not_negotiated) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(2)), "");
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_EQ(d.machine().who().minor, 2);
}

DOOR(protocol_version, one_that_nobody_uses_is_taken_for_what_it_is) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(1)), "");
    EXPECT_EQ(d.machine().who().minor, 1);
}

DOOR(protocol_version, a_later_one_is_negotiated_down) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(3)), "v\0\0\0\x0c\0\3\0\2\0\0\0\0"s);
    EXPECT_TRUE(d.shell().wants_identity);
    EXPECT_EQ(d.machine().who().minor, 2);
}

DOOR(protocol_version, grease_is_negotiated_down) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(9999, {"_pq_.test_protocol_negotiation"})),
              "v\0\0\0\x2b\0\3\0\2\0\0\0\1_pq_.test_protocol_negotiation\0"s);
    EXPECT_EQ(d.machine().who().minor, 2);
    EXPECT_TRUE(d.machine().who().parameters.empty());
}

DOOR(protocol_version, options_that_are_not_known_leave_the_version) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(0, {"_pq_.a"})), "v\0\0\0\x13\0\3\0\0\0\0\0\1_pq_.a\0"s);
    EXPECT_EQ(d.machine().who().minor, 0);
}

DOOR(protocol_version, options_that_are_not_known_are_all_named) {
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    EXPECT_EQ(d.sends(start(2, {"_pq_.a", "_pq_.b"})),
              "v\0\0\0\x1a\0\3\0\2\0\0\0\2_pq_.a\0_pq_.b\0"s);
    EXPECT_EQ(d.machine().who().minor, 2);
}

DOOR(protocol_version, negotiation_comes_before_the_question_for_the_password) {
    d.knows("ann", "secret");
    const bytes answer = d.sends(start(3));
    EXPECT_EQ(answer.substr(0, 13), "v\0\0\0\x0c\0\3\0\2\0\0\0\0"s);
    EXPECT_EQ(authentication_data(bytes_view(answer).substr(13), 10), "SCRAM-SHA-256\0\0"s);
}

DOOR(protocol_version, negotiation_comes_before_a_refusal) {
    d.rules().tls = tls_need::require;
    const bytes answer = d.sends(start(3));
    EXPECT_EQ(answer.substr(0, 13), "v\0\0\0\x0c\0\3\0\2\0\0\0\0"s);
    EXPECT_EQ(answer.at(13), wire::backend::error_response);
}

/// The key as the client is told it.
std::optional<bytes> told_secret(door& d, std::uint16_t minor, bytes_view secret) {
    const parameter_map parameters{{"client_encoding", "UTF8"}};
    d.rules().access = auth::hba_rules::same_for_all(auth::method::trust);
    d.sends(start(minor));
    d.shell().tell_and_read(
        identified{&parameters, 0x40200001, secret, &d.around().counters, &d.around().view});
    bytes_view stream = d.shell().client_got;
    while (stream.size() >= 5) {
        const std::size_t length = load_u32(stream.data() + 1);
        const auto body = stream.substr(5, length - 4);
        if (stream.front() == wire::backend::backend_key_data) {
            EXPECT_EQ(load_u32(body.data()), 0x40200001u);
            return bytes(body.substr(4));
        }
        stream.remove_prefix(length + 1);
    }
    return std::nullopt;
}

DOOR(protocol_version, a_key_of_any_length_is_told_whole) {
    EXPECT_EQ(told_secret(d, 0, "abcd"), "abcd");
}

DOOR(protocol_version, a_long_key_is_told_whole) {
    const bytes secret("0123456789abcdef\0\xff" "23456789abcde\n", 32);
    EXPECT_EQ(told_secret(d, 2, secret), secret);
}

DOOR(protocol_version, a_long_key_cancels) {
    const bytes secret(32, '\x81');
    bytes request;
    wire::append_cancel_request(request, 0x40200001, secret);
    EXPECT_EQ(d.sends(request), "");
    ASSERT_TRUE(d.shell().cancel.has_value());
    EXPECT_EQ(d.shell().cancel->pid, 0x40200001u);
    EXPECT_EQ(d.shell().cancel->secret, secret);
}

}  // namespace
}  // namespace weir::session
