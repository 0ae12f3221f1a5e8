// door: a client that has not logged in yet, and the real SCRAM client's side of the dialog.
#pragma once

#include <string>

#include "unit/session/script.hpp"
#include "wire/scram.hpp"

namespace weir::session {

/// A script whose client still stands outside.
class door {
public:
    explicit door(chunking by, const arrival& from = {}) : shell_(world_, by, from) {}

    policy& rules() { return *world_.rules; }
    world& around() { return world_; }
    fake_shell& shell() { return shell_; }
    session& machine() { return shell_.machine(); }

    /// What the client has got since the last look.
    bytes sends(bytes_view data) {
        shell_.client_sends(data);
        return std::exchange(shell_.client_got, {});
    }
    std::vector<std::string> sends_and_sees(bytes_view data) { return shown_to_client(sends(data)); }

    void knows(const std::string& user, const std::string& password) {
        rules().access = auth::hba_rules::same_for_all(auth::method::scram_sha_256);
        rules().users[user] = {wire::make_scram_secret(password, "0123456789abcdef", 4096), ""};
    }
    bytes identify(const parameter_map* welcome) {
        shell_.tell_and_read(
            identified{welcome, 5000000, "secr", &world_.counters, &world_.view});
        return std::exchange(shell_.client_got, {});
    }

private:
    world world_;
    fake_shell shell_;
};

/// The body of the one message in `stream`, behind the authentication code where it has that code;
/// nothing where it is something else.
inline std::optional<bytes> authentication_data(bytes_view stream, std::uint32_t code) {
    if (stream.size() < 9 || stream[0] != wire::backend::authentication) return std::nullopt;
    const std::size_t length = load_u32(stream.data() + 1);
    auto decoded = wire::backend::decode_authentication(stream.substr(5, length - 4));
    if (!decoded || decoded->code != code) return std::nullopt;
    return bytes(decoded->data);
}

inline bytes sasl_initial(bytes_view data, bytes_view mechanism = "SCRAM-SHA-256") {
    bytes out;
    wire::frontend::append_sasl_initial(out, mechanism, data);
    return out;
}
inline bytes sasl_response(bytes_view data) {
    bytes out;
    wire::frontend::append_password(out, data);
    return out;
}

/// Goes through the dialog with this password. Returns what the server said to the proof; empty where
/// the dialog ended earlier.
inline bytes scram_dialog(door& at, const std::string& user, const std::string& password,
                          const std::string& database = "shop") {
    wire::scram_client client(password, "client-nonce");
    auto asked = authentication_data(
        at.sends(ask::startup({{"user", user}, {"database", database}})), 10);
    EXPECT_TRUE(asked.has_value());
    if (!asked) return {};
    EXPECT_EQ(*asked, bytes("SCRAM-SHA-256\0\0", 15));
    auto challenge = authentication_data(at.sends(sasl_initial(client.first())), 11);
    EXPECT_TRUE(challenge.has_value());
    if (!challenge) return {};
    auto proof = client.final(*challenge);
    EXPECT_TRUE(proof.has_value());
    if (!proof) return {};
    const bytes answer = at.sends(sasl_response(*proof));
    if (auto verdict = authentication_data(answer, 12)) {
        EXPECT_TRUE(client.verify(*verdict).has_value());
    }
    return answer;
}

}  // namespace weir::session

/// Runs a test of the door in every chunking of the client's bytes.
#define DOOR(suite, name)                                                              \
    static void suite##_##name(::weir::session::door&);                                \
    TEST(suite, name) {                                                                \
        for (const std::size_t at_once : {0, 1, 3, 1000}) {                            \
            SCOPED_TRACE("client bytes at once: " + std::to_string(at_once));          \
            ::weir::session::door d({at_once, 0});                                     \
            suite##_##name(d);                                                         \
        }                                                                              \
    }                                                                                  \
    static void suite##_##name(::weir::session::door& d)
