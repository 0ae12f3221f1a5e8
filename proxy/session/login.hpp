// login: a client's way in, from the first packet to a proved identity: TLS request, cancel request,
// start-up parameters, and what the line of the rules of access asks for. Bytes in, messages out; it opens nothing
// itself.
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
    void on_bytes(bytes_view& in, const environment& env, instant now, actions& out);
    void on_tls(tls_established how);
    /// Answers to out.look_up_host and out.look_up_secret. What the client has sent meanwhile is in kept bytes.
    void on_host_name(std::string name, const environment& env, instant now, actions& out);
    void on_secret(secret_known found, const environment& env, actions& out);
    void on_time(const environment& env, instant now, actions& out);

    /// The shell is to answer first, or time to pass: no bytes are wanted.
    bool waits() const { return step_ == step::host_name || step_ == step::delayed || step_ == step::secret; }
    instant held_until() const { return step_ == step::delayed ? held_until_ : never; }
    bytes take_kept() { return waits() ? bytes() : std::exchange(kept_, {}); }
    bool done() const { return step_ == step::done; }
    bool refused() const { return step_ == step::refused; }
    /// After done().
    identity take_identity() { return std::move(who_); }
    /// As far as the client has said it.
    const identity& claimed() const { return who_; }

private:
    enum class step : std::uint8_t {
        first_packet, tls, host_name, delayed, secret, password, md5, scram_first, scram_final, done, refused
    };

    void on_first_packet(bytes_view& in, const environment& env, instant now, actions& out);
    void on_ssl_request(bool more_came, const environment& env, actions& out);
    void on_gss_request(bool more_came, actions& out);
    void on_startup(const wire::startup_request& request, const environment& env, instant now, actions& out);
    void read_parameters(const wire::startup_request& request, actions& out);
    std::optional<fault> tls_objection(tls_need need) const;

    // login_access.cpp: which line is about this client, and what it needs to know
    void look_for_line(const environment& env, instant now, actions& out);
    void follow(const auth::hba_line* line, const environment& env, instant now, actions& out);
    void look_for_secret(const environment& env, actions& out);
    fault not_let_in(std::string_view how) const;
    bool certificate_fits(const environment& env) const;

    // login_methods.cpp: what the method asks for
    void ask_for_proof(const environment& env, actions& out);
    void look_at_certificate(const environment& env, actions& out);
    void look_at_peer(const environment& env, actions& out);
    void ask_for_password(actions& out);
    void ask_for_md5(const environment& env, actions& out);
    void ask_for_scram(const environment& env, actions& out);
    void on_answer(bytes_view& in, const environment& env, actions& out);
    void on_password(bytes_view body, const environment& env, actions& out);
    void on_md5(bytes_view body, const environment& env, actions& out);
    void on_scram_first(bytes_view body, actions& out);
    void on_scram_final(bytes_view body, const environment& env, actions& out);
    const user_secret* known(const environment& env) const;
    fault wrong_password() const;
    fault wrong_certificate() const;
    void refuse_secret(const environment& env, actions& out);

    void refuse(const fault& why, actions& out);
    void refuse_plain_text(actions& out);
    void finish(const environment& env, actions& out);

    step step_ = step::first_packet;
    arrival from_;
    std::optional<tls_established> tls_;  // nothing: plain text
    bool asked_for_ssl_ = false;
    bool asked_for_gss_ = false;
    bool physical_replication_ = false;
    bytes kept_;  // a first packet that came in parts; what came while the shell was asked
    identity who_;
    auth::demand wants_;                    // of the line that is about this client
    std::optional<std::string> host_name_;  // nothing: not asked yet
    std::optional<user_secret> looked_up_;  // a node's answer
    instant held_until_ = never;
    bool known_user_ = false;  // has a secret of the kind that it was asked for
    bytes salt_;               // of the MD5 challenge
    std::optional<wire::scram_server> scram_;
    wire::frame_splitter splitter_{wire::password_policy()};
};

}  // namespace weir::session
