// login: a client's way in, from the first packet to a proved identity: TLS request, cancel request,
// start-up parameters, and what the method asks for. Bytes in, messages out; it opens nothing itself.
#pragma once

#include <memory>
#include <optional>

#include "session/actions.hpp"
#include "session/environment.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::session {

class login {
public:
    explicit login(arrival from) : from_(std::move(from)) {}

    /// Takes bytes off the front of `in`. Answers go to out.client; out.close_client where it is
    /// refused. Leaves what follows the proof of identity in `in`.
    void on_bytes(bytes_view& in, const environment& env, actions& out);
    void on_tls(const tls_established& how);

    bool done() const { return step_ == step::done; }
    bool refused() const { return step_ == step::refused; }
    /// After done().
    identity take_identity() { return std::move(who_); }

private:
    enum class step : std::uint8_t { first_packet, tls, password, md5, scram_first, scram_final, done, refused };

    void on_first_packet(bytes_view& in, const environment& env, actions& out);
    void on_ssl_request(bool more_came, const environment& env, actions& out);
    void on_gss_request(bool more_came, actions& out);
    void on_startup(const wire::startup_request& request, const environment& env, actions& out);
    void read_parameters(const wire::startup_request& request, actions& out);
    std::optional<fault> tls_objection(tls_need need) const;

    // login_methods.cpp: what the method asks for
    void ask_for_proof(const environment& env, actions& out);
    void look_at_certificate(actions& out);
    void look_at_peer(actions& out);
    void ask_for_password(const environment& env, actions& out);
    void ask_for_md5(const environment& env, actions& out);
    void ask_for_scram(const environment& env, actions& out);
    void on_answer(bytes_view& in, const environment& env, actions& out);
    void on_password(bytes_view body, const environment& env, actions& out);
    void on_md5(bytes_view body, const environment& env, actions& out);
    void on_scram_first(bytes_view body, actions& out);
    void on_scram_final(bytes_view body, actions& out);
    const user_secret* known(const environment& env) const;
    fault wrong_password() const;

    void refuse(const fault& why, actions& out);
    void refuse_plain_text(actions& out);
    void finish(actions& out);

    step step_ = step::first_packet;
    arrival from_;
    std::optional<tls_established> tls_;  // nothing: plain text
    bool asked_for_ssl_ = false;
    bool asked_for_gss_ = false;
    bool admin_ = false;
    bytes kept_;  // a first packet that came in parts
    identity who_;
    bool known_user_ = false;  // has a secret of the kind that it was asked for
    bytes salt_;               // of the MD5 challenge
    std::optional<wire::scram_server> scram_;
    wire::frame_splitter splitter_{wire::password_policy()};
};

}  // namespace weir::session
