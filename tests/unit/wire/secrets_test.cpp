// Stored secrets, md5 responses, base64 and the comparison that tells nothing by its time.
#include <gtest/gtest.h>

#include "unit/wire/exact_copy.hpp"
#include "wire/hash.hpp"
#include "wire/scram.hpp"

namespace weir::wire {
namespace {

std::string hex(bytes_view data) {
    std::string out;
    for (const char c : data) {
        out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
        out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

TEST(hash, known_vectors) {
    EXPECT_EQ(hex(view(sha256("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(view(sha256({}))),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // RFC 4231, test cases 1, 2 and 6 (a key longer than a block).
    EXPECT_EQ(hex(view(hmac_sha256(bytes(20, '\x0b'), "Hi There"))),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex(view(hmac_sha256("Jefe", "what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(view(hmac_sha256(bytes(131, '\xaa'),
                                   "Test Using Larger Than Block-Size Key - Hash Key First"))),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    // An empty key and no data, as every implementation answers them.
    EXPECT_EQ(hex(view(hmac_sha256({}, {}))),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    // RFC 7914, section 11: PBKDF2-HMAC-SHA-256, first 32 bytes.
    EXPECT_EQ(hex(view(salted_password("passwd", "salt", 1))),
              "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    EXPECT_EQ(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(md5_hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
}

// As PostgreSQL 15 stored them: passwords "geheim" and "\u00e4\u20ac".
constexpr const char* stored_by_postgresql[][2] = {
    {"geheim",
     "SCRAM-SHA-256$4096:WQvRpa/4apU/+cy8Ets53w==$"
     "I/OniR7dv4hl1hk2sGCMB+NlhtHE3aGdBleR32yoVyc=:fDimTP8EWrxeppVr4OExlWDgIT0jUgJb24Zg1BPHJ/A="},
    {"\xc3\xa4\xe2\x82\xac",
     "SCRAM-SHA-256$4096:XRXFMm851Kfe0EZmMXoZjQ==$"
     "i4B7l7edVWBDEmQNRhWIblSWLhiJqrIHq2KPQmPbhyQ=:XCKzX/A7UYSwiX0lLUaW/XaLQD2GpsHVnkr7U/ZWjkQ="},

};

TEST(scram_secret, round_trip_of_what_postgresql_stores) {
    for (const auto& [password, stored] : stored_by_postgresql) {
        const auto secret = parse_scram_secret(stored);
        ASSERT_TRUE(secret) << stored;
        EXPECT_EQ(to_string(*secret), stored);
        EXPECT_EQ(secret->salt.size(), 16u);
        EXPECT_EQ(to_string(make_scram_secret(password, secret->salt, secret->iterations)), stored);
    }
}

TEST(scram_secret, other_forms_are_not_taken) {
    const std::string stored = stored_by_postgresql[0][1];
    for (std::size_t size = 0; size < stored.size(); ++size) {
        EXPECT_FALSE(parse_scram_secret(exact_copy(stored.substr(0, size)).view())) << size;
    }
    EXPECT_FALSE(parse_scram_secret(stored + "="));
    EXPECT_FALSE(parse_scram_secret(" " + stored));
    EXPECT_FALSE(parse_scram_secret("md5d41d8cd98f00b204e9800998ecf8427e"));
    const std::string rest = stored.substr(stored.find(':'));
    for (const std::string count : {"", "0", "-1", "+4096", "4096 ", "10000001", "99999999999"}) {
        EXPECT_FALSE(parse_scram_secret("SCRAM-SHA-256$" + count + rest)) << count;
    }
    EXPECT_TRUE(parse_scram_secret("SCRAM-SHA-256$1" + rest));
    const std::string keys = stored.substr(stored.rfind('$'));
    EXPECT_FALSE(parse_scram_secret("SCRAM-SHA-256$4096:" + keys));
    EXPECT_FALSE(parse_scram_secret("SCRAM-SHA-256$4096:!!!!" + keys));
}

TEST(md5_response, known_vectors) {
    const bytes salt = raw("\1\2\3\4");
    const std::string expected = "md599f502dc8fccda5e35df388a5e876586";
    EXPECT_EQ(md5_response("geheim", "anna", salt), expected);
    EXPECT_EQ(md5_response("md55b0f5af9a5c7e2be1729ab64705060df", "anna", salt), expected);
    EXPECT_EQ(md5_response("md55b0f5af9a5c7e2be1729ab64705060df", "otto", salt), expected);
    EXPECT_NE(md5_response("geheim", "otto", salt), expected);
    EXPECT_NE(md5_response("geheim", "anna", raw("\1\2\3\5")), expected);
}

TEST(md5_response, a_password_that_only_begins_like_a_secret_is_a_password) {
    const bytes salt = raw("\0\0\0\0");
    for (const std::string password :
         {"md5", "md5x", "md5d41d8cd98f00b204e9800998ecf8427",
          "md5d41d8cd98f00b204e9800998ecf8427g", "md5d41d8cd98f00b204e9800998ecf8427e0"}) {
        const std::string inner = md5_hex(password + "anna");
        EXPECT_EQ(md5_response(password, "anna", salt), "md5" + md5_hex(inner + salt)) << password;
    }
}

TEST(base64, vectors_of_rfc_4648) {
    constexpr const char* vectors[][2] = {{"", ""},
                                          {"f", "Zg=="},
                                          {"fo", "Zm8="},
                                          {"foo", "Zm9v"},
                                          {"foob", "Zm9vYg=="},
                                          {"fooba", "Zm9vYmE="},
                                          {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(base64_encode(plain), encoded);
        EXPECT_EQ(base64_decode(exact_copy(encoded).view()), plain);
    }
}

TEST(base64, round_trip_of_every_byte_at_every_place) {
    for (int c = 0; c < 256; ++c) {
        for (std::size_t size = 1; size < 8; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                bytes data(size, '\xff');
                data[at] = static_cast<char>(c);
                EXPECT_EQ(base64_decode(base64_encode(data)), data);
            }
        }
    }
}

TEST(base64, what_is_not_base64_is_nothing) {
    for (const std::string text :
         {"Z",        "Zg",    "Zg=",   "Zg===", "=",          "==",     "===",  "====",
          "Z===",     "Zm9v=", "Zm9vZ", " Zg==", "Zg==\n",     "Zm\n9v", "Z-8=", "Z_8=",
          "Zg==Zm9v", "Z=g=",  "Zh==",  "Zm9=",  "\xc3\xa4==", "A*=="}) {
        EXPECT_FALSE(base64_decode(exact_copy(text).view())) << text;
    }
    EXPECT_FALSE(base64_decode(raw("Zm\0v")));
}

TEST(equal_in_constant_time, compares_all_bytes) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time({}, {}));
    EXPECT_TRUE(equal_in_constant_time(raw("a\0b"), raw("a\0b")));
    EXPECT_FALSE(equal_in_constant_time(raw("a\0b"), raw("a\0c")));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
    EXPECT_FALSE(equal_in_constant_time("abc", ""));
}

}  // namespace
}  // namespace weir::wire
