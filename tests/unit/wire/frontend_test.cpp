// Client messages: what is encoded is decoded alike, and no cut or forged body is read beyond its
// end.
#include "wire/frontend.hpp"

#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"

namespace weir::wire::frontend {
namespace {

/// The body of the one message in `message`, whose type and length word are checked.
bytes body_of(const bytes& message, char type) {
    EXPECT_GE(message.size(), 5u);
    EXPECT_EQ(message[0], type);
    EXPECT_EQ(load_u32(message.data() + 1) + 1, message.size());
    return message.substr(5);
}

/// Every proper prefix of the body, and the body with one byte more, must be refused with 08P01.
template <class Decode>
void expect_only_whole(const bytes& body, Decode decode) {
    for (std::size_t size = 0; size < body.size(); ++size) {
        const exact_copy cut(bytes_view(body).substr(0, size));
        const auto decoded = decode(cut.view());
        ASSERT_TRUE(decoded.has_error()) << size;
        EXPECT_EQ(decoded.error().sqlstate, "08P01");
    }
    EXPECT_TRUE(decode(exact_copy(body).view()).has_value());
    const exact_copy longer(body + "x");
    const auto decoded = decode(longer.view());
    ASSERT_TRUE(decoded.has_error());
    EXPECT_EQ(decoded.error().message, "invalid message format");
}

TEST(frontend, parse_round_trip) {
    const bytes types = raw("\0\2\0\0\0\x17\0\0\0\x19");
    bytes message;
    append_parse(message, "name", "select $1, $2", types);
    const bytes body = body_of(message, 'P');
    const auto parsed = decode_parse(body).value();
    EXPECT_EQ(parsed.statement, "name");
    EXPECT_EQ(parsed.query, "select $1, $2");
    EXPECT_EQ(parsed.parameter_types, types);
    expect_only_whole(body, decode_parse);
}

TEST(frontend, parse_type_count_must_be_true) {
    EXPECT_TRUE(decode_parse(raw("\0\0\0\0")).has_value());
    EXPECT_TRUE(decode_parse(raw("\0\0\0\1")).has_error());
    EXPECT_TRUE(decode_parse(raw("\0\0\0\1\0\0\0")).has_error());
    EXPECT_TRUE(decode_parse(raw("\0\0\0\0\0\0\0\x17")).has_error());
    EXPECT_TRUE(decode_parse(raw("\0\0\xff\xff") + bytes(4 * 65535, '\1')).has_value());
    EXPECT_TRUE(decode_parse(raw("\0\0\xff\xff") + bytes(4 * 65535 - 1, '\1')).has_error());
}

TEST(frontend, bind_head_round_trip_and_cut_behind_the_names) {
    const bytes rest =
        raw("\0\0\0\1\0\0\0\1"
            "7\0\0");
    bytes message;
    append_bind_head(message, "portal", "statement", rest.size());
    message += rest;
    const bytes body = body_of(message, 'B');
    const std::size_t names = body.size() - rest.size();
    for (std::size_t size = 0; size <= body.size(); ++size) {
        const exact_copy cut(bytes_view(body).substr(0, size));
        const auto decoded = decode_bind(cut.view());
        if (size < names) {
            ASSERT_TRUE(decoded.has_error());
            EXPECT_EQ(decoded.error().sqlstate, "08P01");
            EXPECT_EQ(decoded.error().message, "invalid string in message");
            continue;
        }
        ASSERT_TRUE(decoded.has_value());
        EXPECT_EQ(decoded->portal, "portal");
        EXPECT_EQ(decoded->statement, "statement");
        EXPECT_EQ(decoded->rest, bytes_view(rest).substr(0, size - names));
        EXPECT_EQ(decoded->rest.data(), cut.view().data() + names);
    }
}

TEST(frontend, describe_and_close_round_trip) {
    for (const char type : {describe, close}) {
        for (const char kind : {'S', 'P'}) {
            bytes message;
            append_target(message, type, kind, "abc");
            const bytes body = body_of(message, type);
            const auto target = decode_target(body).value();
            EXPECT_EQ(target.kind, kind);
            EXPECT_EQ(target.name, "abc");
            expect_only_whole(body, [](bytes_view b) { return decode_target(b); });
        }
    }
}

TEST(frontend, describe_of_another_kind_is_refused_in_postgresqls_words) {
    EXPECT_EQ(decode_target(raw("Xabc\0")).error(),
              (fault{"08P01", "invalid DESCRIBE message subtype 88"}));
    EXPECT_EQ(decode_target(raw("\xff\0"), close).error(),
              (fault{"08P01", "invalid CLOSE message subtype 255"}));
}

TEST(frontend, execute_round_trip) {
    bytes message;
    append_execute(message, "p", 0x80000001);
    const bytes body = body_of(message, 'E');
    const auto execution = decode_execute(body).value();
    EXPECT_EQ(execution.portal, "p");
    EXPECT_EQ(execution.max_rows, 0x80000001u);
    expect_only_whole(body, decode_execute);
}

TEST(frontend, query_round_trip) {
    bytes message;
    append_query(message, "select 1; select 2");
    const bytes body = body_of(message, 'Q');
    EXPECT_EQ(decode_query(body).value(), "select 1; select 2");
    expect_only_whole(body, decode_query);
    EXPECT_TRUE(decode_query(exact_copy(raw("\0")).view()).value().empty());
    EXPECT_TRUE(decode_query(raw("select 1\0; drop table t\0")).has_error());
}

TEST(frontend, messages_without_a_body) {
    bytes out;
    append_sync(out);
    append_flush(out);
    append_terminate(out);
    EXPECT_EQ(out, raw("S\0\0\0\4H\0\0\0\4X\0\0\0\4"));
}

TEST(frontend, password_messages) {
    bytes out;
    append_password(out, raw("md5abc\0"));
    EXPECT_EQ(out, raw("p\0\0\0\x0bmd5abc\0"));
    out.clear();
    append_sasl_initial(out, "SCRAM-SHA-256", "n,,n=,r=abc");
    EXPECT_EQ(out, raw("p\0\0\0\x21SCRAM-SHA-256\0\0\0\0\x0bn,,n=,r=abc"));
}

TEST(frontend, encoders_append_behind_what_is_there) {
    bytes out = "before";
    append_query(out, "a");
    append_execute(out, "", 0);
    EXPECT_EQ(out, raw("beforeQ\0\0\0\6a\0E\0\0\0\x09\0\0\0\0\0"));
}

}  // namespace
}  // namespace weir::wire::frontend
