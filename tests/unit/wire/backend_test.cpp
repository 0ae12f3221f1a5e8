// Server messages: what is encoded is decoded alike, and no cut or forged body is read beyond its
// end.
#include "wire/backend.hpp"

#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"

namespace weir::wire::backend {
namespace {

bytes body_of(const bytes& message, char type) {
    EXPECT_GE(message.size(), 5u);
    EXPECT_EQ(message[0], type);
    EXPECT_EQ(load_u32(message.data() + 1) + 1, message.size());
    return message.substr(5);
}

template <class Decode>
void expect_no_prefix(const bytes& body, Decode decode) {
    for (std::size_t size = 0; size < body.size(); ++size) {
        const exact_copy cut(bytes_view(body).substr(0, size));
        const auto decoded = decode(cut.view());
        ASSERT_TRUE(decoded.has_error()) << size;
        EXPECT_EQ(decoded.error().sqlstate, "08P01");
    }
    EXPECT_TRUE(decode(exact_copy(body).view()).has_value());
}

template <class Decode>
void expect_only_whole(const bytes& body, Decode decode) {
    expect_no_prefix(body, decode);
    const exact_copy longer(body + "x");
    EXPECT_TRUE(decode(longer.view()).has_error());
}

TEST(backend, ready_round_trip) {
    for (const auto status :
         {transaction_status::idle, transaction_status::in_block, transaction_status::failed}) {
        bytes message;
        append_ready(message, status);
        const bytes body = body_of(message, 'Z');
        EXPECT_EQ(decode_ready(body).value(), status);
        expect_only_whole(body, decode_ready);
    }
}

TEST(backend, ready_knows_three_statuses) {
    for (int c = 0; c < 256; ++c) {
        const bytes body(1, static_cast<char>(c));
        EXPECT_EQ(decode_ready(body).has_value(), c == 'I' || c == 'T' || c == 'E') << c;
    }
}

TEST(backend, error_round_trip) {
    const fault sent{"57014", "canceling statement", "a detail", "a hint"};
    bytes message;
    append_error(message, "ERROR", sent);
    const bytes body = body_of(message, 'E');
    EXPECT_EQ(body, raw("SERROR\0VERROR\0C57014\0Mcanceling statement\0Da detail\0Ha hint\0\0"));
    const auto fields = decode_error(body).value();
    EXPECT_EQ(fields.severity, "ERROR");
    EXPECT_EQ(fields.sqlstate, "57014");
    EXPECT_EQ(fields.message, "canceling statement");
    EXPECT_EQ(fields.detail, "a detail");
    EXPECT_EQ(fields.hint, "a hint");
    EXPECT_EQ(fields.routine, "");
    expect_only_whole(body, decode_error);
}

TEST(backend, notice_without_detail_and_hint) {
    bytes message;
    append_notice(message, "WARNING", {"01000", "careful"});
    EXPECT_EQ(body_of(message, 'N'), raw("SWARNING\0VWARNING\0C01000\0Mcareful\0\0"));
}

TEST(backend, severity_is_the_one_that_is_never_localised) {
    for (const bytes& body :
         {raw("SFEHLER\0VERROR\0\0"), raw("VERROR\0SFEHLER\0\0"), raw("SERROR\0\0")}) {
        EXPECT_EQ(decode_error(body).value().severity, "ERROR");
    }
}

TEST(backend, error_of_a_server_with_all_its_fields) {
    const bytes body =
        raw("SERROR\0VERROR\0C0A000\0Mcached plan must not change result type\0Fplancache.c\0L718\0"
            "RRevalidateCachedQuery\0!future\0\0");
    const auto fields = decode_error(body).value();
    EXPECT_EQ(fields.sqlstate, "0A000");
    EXPECT_EQ(fields.routine, "RevalidateCachedQuery");
}

TEST(backend, no_field_is_an_error_without_fields) {
    EXPECT_TRUE(decode_error(raw("\0")).has_value());
    EXPECT_TRUE(decode_error(raw("\0\0")).has_error());
}

TEST(backend, a_nul_in_a_text_forges_no_field) {
    bytes message;
    append_error(message, "ERROR", {"42704", raw("no \"a\0C00000\0\"")});
    const bytes body = body_of(message, 'E');
    const auto fields = decode_error(body).value();
    EXPECT_EQ(fields.sqlstate, "42704");
    EXPECT_EQ(fields.message, "no \"a");
}

TEST(backend, parameter_round_trip) {
    bytes message;
    append_parameter(message, "TimeZone", "Etc/UTC");
    const bytes body = body_of(message, 'S');
    const auto parameter = decode_parameter(body).value();
    EXPECT_EQ(parameter.name, "TimeZone");
    EXPECT_EQ(parameter.value, "Etc/UTC");
    expect_only_whole(body, decode_parameter);
}

TEST(backend, key_round_trip_for_both_protocol_versions) {
    for (const std::size_t size : {4u, 32u, 256u}) {
        const bytes secret(size, '\xa5');
        bytes message;
        append_key(message, 0x80000001, secret);
        const bytes body = body_of(message, 'K');
        const auto key = decode_key(body).value();
        EXPECT_EQ(key.pid, 0x80000001u);
        EXPECT_EQ(key.secret, secret);
    }
    for (const std::size_t size : {0u, 1u, 3u, 4u, 5u, 7u, 8u, 260u, 261u}) {
        const exact_copy body(bytes(size, 'x'));
        EXPECT_EQ(decode_key(body.view()).has_value(), size >= 8 && size <= 260) << size;
    }
}

TEST(backend, command_complete_round_trip) {
    bytes message;
    append_command_complete(message, "INSERT 0 1");
    const bytes body = body_of(message, 'C');
    EXPECT_EQ(decode_tag(body).value(), "INSERT 0 1");
    expect_only_whole(body, decode_tag);
}

TEST(backend, authentication_round_trip) {
    bytes message;
    append_authentication(message, 10, raw("SCRAM-SHA-256\0\0"));
    const bytes body = body_of(message, 'R');
    const auto request = decode_authentication(body).value();
    EXPECT_EQ(request.code, 10u);
    EXPECT_EQ(request.data, raw("SCRAM-SHA-256\0\0"));
    expect_no_prefix(raw("\0\0\0\5"), decode_authentication);
    message.clear();
    append_authentication(message, 0, {});
    EXPECT_EQ(message, raw("R\0\0\0\x08\0\0\0\0"));
}

TEST(backend, messages_without_a_body) {
    bytes out;
    append_parse_complete(out);
    append_bind_complete(out);
    append_close_complete(out);
    append_no_data(out);
    EXPECT_EQ(out, raw("1\0\0\0\4"
                       "2\0\0\0\4"
                       "3\0\0\0\4n\0\0\0\4"));
}

TEST(backend, negotiate_names_the_whole_version_as_libpq_expects) {
    const std::vector<bytes> unknown{"_pq_.a", "_pq_.bc"};
    bytes message;
    append_negotiate(message, 2, unknown);
    EXPECT_EQ(body_of(message, 'v'), raw("\0\3\0\2\0\0\0\2_pq_.a\0_pq_.bc\0"));
    message.clear();
    append_negotiate(message, 0, {});
    EXPECT_EQ(body_of(message, 'v'), raw("\0\3\0\0\0\0\0\0"));
}

TEST(backend, text_rows) {
    const std::vector<bytes> columns{"node", "lag"};
    bytes message;
    append_text_row_description(message, columns);
    const bytes column = raw("\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0");
    EXPECT_EQ(body_of(message, 'T'),
              raw("\0\2node\0") + column.substr(0) + raw("lag\0") + column.substr(0));
    const std::vector<std::optional<bytes>> values{"a", std::nullopt, ""};
    message.clear();
    append_text_row(message, values);
    EXPECT_EQ(body_of(message, 'D'), raw("\0\3\0\0\0\1a\xff\xff\xff\xff\0\0\0\0"));
}

}  // namespace
}  // namespace weir::wire::backend
