// What each method asks a client for (manual, 21.4 and 55.2.1). Who is not known is asked for the same, by a secret
// that nobody has, and is refused as whoever does not know the right one.
#include "session/login.hpp"
#include "wire/backend.hpp"
#include "wire/scram.hpp"

namespace weir::session {
namespace {

constexpr std::uint32_t cleartext_password = 3;
constexpr std::uint32_t md5_password = 5;
constexpr std::uint32_t sasl = 10;
constexpr std::uint32_t sasl_continue = 11;
constexpr std::uint32_t sasl_final = 12;
constexpr bytes_view scram("SCRAM-SHA-256\0", 14);
constexpr bytes_view scram_plus("SCRAM-SHA-256-PLUS\0", 19);
constexpr std::size_t nonce_bytes = 18;
constexpr std::size_t md5_salt_bytes = 4;

/// PasswordMessage: a string that ends with its NUL.
std::optional<bytes_view> read_password(bytes_view body) {
    const auto end = body.find('\0');
    if (end == bytes_view::npos || end + 1 != body.size()) return std::nullopt;
    return body.substr(0, end);
}

fault malformed_password() { return {sqlstate::protocol_violation, "invalid password packet size"}; }

}  // namespace

const user_secret* login::known(const environment& env) const {
    const auto& users = env.rules_in_force->users;
    const auto found = users.find(who_.user);
    if (found != users.end()) return &found->second;
    return looked_up_ ? &*looked_up_ : nullptr;
}

fault login::wrong_password() const {
    return {sqlstate::invalid_password, "password authentication failed for user \"" + who_.user + "\""};
}

fault login::wrong_certificate() const {
    return {sqlstate::invalid_authorization, "certificate authentication failed for user \"" + who_.user + "\""};
}

/// Whoever guesses is made to wait before the next time.
void login::refuse_secret(const environment& env, actions& out) {
    if (env.login_failed) env.login_failed(from_.address, who_.user);
    refuse(wrong_password(), out);
}

void login::ask_for_proof(const environment& env, actions& out) {
    switch (wants_.by) {
        case auth::method::trust: return finish(env, out);
        case auth::method::reject: return;  // refused before
        case auth::method::password: return ask_for_password(out);
        case auth::method::md5: return ask_for_md5(env, out);
        case auth::method::scram_sha_256: return ask_for_scram(env, out);
        case auth::method::cert: return look_at_certificate(env, out);
        case auth::method::peer: return look_at_peer(env, out);
    }
}

void login::look_at_certificate(const environment& env, actions& out) {
    if (!tls_ || !tls_->certificate)
        return refuse({sqlstate::invalid_authorization, "connection requires a valid client certificate", "",
                       "Connect with sslcert and sslkey; the certificate must be signed by ca of [tls.client]."},
                      out);
    if (!certificate_fits(env)) return refuse(wrong_certificate(), out);
    finish(env, out);
}

void login::look_at_peer(const environment& env, actions& out) {
    if (!from_.local || !env.rules_in_force->names.lets(wants_.map, from_.os_user, who_.user))
        return refuse({sqlstate::invalid_authorization, "peer authentication failed for user \"" + who_.user + "\"", "",
                       from_.local ? "" : "Connect over a Unix socket."},
                      out);
    finish(env, out);
}

void login::ask_for_password(actions& out) {
    if (!tls_ && !from_.local)
        return refuse({sqlstate::invalid_authorization, "a clear-text password is taken over TLS or a Unix socket only", "",
                       "Connect with sslmode=require, or use method = \"scram-sha-256\" in the [auth] section."},
                      out);
    wire::backend::append_authentication(out.client.own(), cleartext_password, {});
    step_ = step::password;
}

/// As PostgreSQL: whoever has no MD5 hash is asked by SCRAM, and so is who is not known.
void login::ask_for_md5(const environment& env, actions& out) {
    const auto* secret = known(env);
    if (secret == nullptr || secret->password.empty()) return ask_for_scram(env, out);
    known_user_ = true;
    salt_ = env.random(md5_salt_bytes);
    wire::backend::append_authentication(out.client.own(), md5_password, salt_);
    step_ = step::md5;
}

void login::ask_for_scram(const environment& env, actions& out) {
    const auto* user = known(env);
    known_user_ = user != nullptr && user->verifier.has_value();
    auto secret = known_user_ ? *user->verifier : wire::mock_scram_secret(who_.user, env.process_key);
    scram_.emplace(std::move(secret), wire::base64_encode(env.random(nonce_bytes)), tls_ ? tls_->end_point : bytes());
    bytes offered;
    if (scram_->offers_binding()) offered.append(scram_plus);
    offered.append(scram).push_back('\0');
    wire::backend::append_authentication(out.client.own(), sasl, offered);
    step_ = step::scram_first;
}

void login::on_answer(bytes_view& in, const environment& env, actions& out) {
    auto piece = splitter_.next(in);
    if (!piece) return refuse(piece.error(), out);
    if (!*piece) return;
    const auto body = (*piece)->body;
    switch (step_) {
        case step::password: return on_password(body, env, out);
        case step::md5: return on_md5(body, env, out);
        case step::scram_first: return on_scram_first(body, out);
        default: return on_scram_final(body, env, out);
    }
}

/// The work is that of SCRAM's secret whether the user is known or not.
void login::on_password(bytes_view body, const environment& env, actions& out) {
    const auto given = read_password(body);
    if (!given) return refuse(malformed_password(), out);
    if (given->empty()) return refuse({sqlstate::invalid_password, "empty password returned by client"}, out);
    const auto* user = known(env);
    const bool has_verifier = user != nullptr && user->verifier.has_value();
    const auto secret = has_verifier ? *user->verifier : wire::mock_scram_secret(who_.user, env.process_key);
    const bool right = wire::is_secret_of(secret, *given) && has_verifier;
    if (!right && (user == nullptr || !wire::is_md5_of(user->password, *given, who_.user)))
        return refuse_secret(env, out);
    who_.password = bytes(*given);  // with it Weir logs in at the nodes
    finish(env, out);
}

void login::on_md5(bytes_view body, const environment& env, actions& out) {
    const auto given = read_password(body);
    if (!given) return refuse(malformed_password(), out);
    const auto* user = known(env);  // a reload may have taken the user away meanwhile
    if (user == nullptr ||
        !wire::equal_in_constant_time(*given, wire::md5_response(user->password, who_.user, salt_)))
        return refuse_secret(env, out);
    finish(env, out);
}

void login::on_scram_first(bytes_view body, actions& out) {
    // SASLInitialResponse: mechanism, NUL, length, client-first-message.
    auto end = body.find('\0');
    if (end == bytes_view::npos || body.size() < end + 5)
        return refuse({sqlstate::protocol_violation, "malformed SASL response"}, out);
    const auto chosen = body.substr(0, end + 1);
    const bool plus = chosen == scram_plus && scram_->offers_binding();
    if (chosen != scram && !plus)
        return refuse({sqlstate::protocol_violation,
                       "client selected an invalid SASL authentication mechanism"},
                      out);
    auto data = body.substr(end + 5);
    if (load_u32(body.data() + end + 1) != data.size())
        return refuse({sqlstate::protocol_violation, "malformed SASL response"}, out);
    auto answer = scram_->first(data, plus);
    if (!answer) return refuse(answer.error(), out);
    wire::backend::append_authentication(out.client.own(), sasl_continue, *answer);
    step_ = step::scram_final;
}

void login::on_scram_final(bytes_view body, const environment& env, actions& out) {
    auto answer = scram_->final(body);
    if (!answer && answer.error().sqlstate != sqlstate::invalid_password) return refuse(answer.error(), out);
    if (!answer || !known_user_) return refuse_secret(env, out);
    wire::backend::append_authentication(out.client.own(), sasl_final, *answer);
    if (who_.password.empty()) who_.keys = scram_->recovered();
    finish(env, out);
}

}  // namespace weir::session
