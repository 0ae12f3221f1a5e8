#include "session/login.hpp"

#include <algorithm>

#include "wire/backend.hpp"

namespace weir::session {
namespace {

constexpr std::uint32_t authentication_ok = 0;
constexpr std::uint32_t authentication_sasl = 10;
constexpr std::uint32_t authentication_sasl_continue = 11;
constexpr std::uint32_t authentication_sasl_final = 12;
constexpr std::string_view mechanism = "SCRAM-SHA-256";
constexpr std::size_t nonce_bytes = 18;
constexpr std::uint16_t newest_minor = 2;

bool is_console(std::string_view database) {
    return database == "weir" || database == "pgbouncer";
}

/// parse_bool() of what `replication` may say; "database" asks for it, too.
bool is_on(std::string_view said) {
    return said != "false" && said != "off" && said != "no" && said != "0";
}

fault wrong_password(std::string_view user) {
    return {sqlstate::invalid_password,
            "password authentication failed for user \"" + std::string(user) + "\""};
}

}  // namespace

void login::refuse(const fault& why, actions& out) {
    wire::backend::append_error(out.client.own(), "FATAL", why);
    out.close_client = true;
    step_ = step::refused;
}

void login::on_bytes(bytes_view& in, const environment& env, actions& out) {
    while (!in.empty()) {
        const auto before = step_;
        switch (step_) {
            case step::first_packet: on_first_packet(in, env, out); break;
            case step::scram_first:
            case step::scram_final: on_password(in, env, out); break;
            case step::tls: return refuse_plain_text(out);
            case step::done:
            case step::refused: return;
        }
        if (step_ == before && in.empty()) return;
    }
}

void login::on_first_packet(bytes_view& in, const environment& env, actions& out) {
    // No packet is longer than that, and so neither is what is kept of a peer that nobody knows.
    const std::size_t had = kept_.size();
    bytes joined = std::move(kept_);
    kept_.clear();
    joined.append(in.substr(0, wire::longest_startup_packet + 4 - std::min<std::size_t>(had, 4)));
    bytes_view view = joined;
    auto packet = wire::take_first_packet(view);
    if (!packet) return refuse(packet.error(), out);
    if (!*packet) {
        in = {};
        kept_ = std::move(joined);
        return;
    }
    in.remove_prefix(joined.size() - view.size() - had);
    auto& first = **packet;
    if (std::holds_alternative<wire::ssl_request>(first)) {
        on_ssl_request(!in.empty(), env, out);
    } else if (std::holds_alternative<wire::gss_request>(first)) {
        on_gss_request(!in.empty(), out);
    } else if (auto* cancel = std::get_if<wire::cancel_request>(&first)) {
        out.cancel = cancel_target{cancel->pid, cancel->secret};
        out.close_client = true;
        step_ = step::refused;
    } else {
        on_startup(std::get<wire::startup_request>(first), env, out);
    }
}

/// Bytes that came before the handshake were not encrypted and could have been put there by anybody on
/// the way (CVE-2021-23222).
void login::refuse_plain_text(actions& out) {
    refuse({sqlstate::protocol_violation, "received unencrypted data after SSL request",
            "This could be either a client-software bug or evidence of an attempted "
            "man-in-the-middle attack."},
           out);
    out.start_tls = false;
}

void login::on_gss_request(bool more_came, actions& out) {
    if (more_came) return refuse_plain_text(out);
    if (asked_for_gss_)
        return refuse({sqlstate::protocol_violation, "GSSAPI encryption was requested twice"}, out);
    asked_for_gss_ = true;
    out.client.own().push_back('N');
}

void login::on_ssl_request(bool more_came, const environment& env, actions& out) {
    if (more_came) return refuse_plain_text(out);
    if (asked_for_ssl_)
        return refuse({sqlstate::protocol_violation, "SSL was requested twice"}, out);
    asked_for_ssl_ = true;
    if (env.rules_in_force->tls == tls_need::off) {
        out.client.own().push_back('N');
        return;
    }
    out.client.own().push_back('S');
    out.start_tls = true;
    step_ = step::tls;
}

void login::read_parameters(const wire::startup_request& request, actions& out) {
    std::vector<bytes> not_understood;
    for (const auto& p : request.parameters) {
        if (p.name == "user") {
            who_.user = p.value;
        } else if (p.name == "database") {
            who_.database = p.value;
        } else if (p.name.starts_with("_pq_.")) {
            not_understood.push_back(p.name);
        } else if (p.name == "application_name") {
            who_.application_name = p.value;
            who_.parameters.push_back(p);
        } else if (p.name != "replication" || is_on(p.value)) {
            who_.replication = who_.replication || p.name == "replication";
            who_.parameters.push_back(p);
        }
    }
    if (who_.database.empty()) who_.database = who_.user;
    // As PostgreSQL 18 answers: what the client asked for where that is known, else the newest minor
    // version; nothing to negotiate where all was understood. A client must not be told of a version
    // above its own.
    who_.minor = std::min(request.minor, newest_minor);
    if (request.minor > newest_minor || !not_understood.empty())
        wire::backend::append_negotiate(out.client.own(), who_.minor, not_understood);
}

void login::on_startup(const wire::startup_request& request, const environment& env, actions& out) {
    const auto& policy = *env.rules_in_force;
    read_parameters(request, out);
    if (over_limit_)
        return refuse({sqlstate::too_many_connections, "sorry, too many clients already", "",
                       "Raise max_clients in the [server] section of Weir's configuration."},
                      out);
    if (who_.user.empty())
        return refuse({sqlstate::invalid_authorization,
                       "no PostgreSQL user name specified in startup packet"},
                      out);
    if (policy.tls == tls_need::require && !encrypted_)
        return refuse({sqlstate::invalid_authorization, "this server accepts connections over TLS (SSL) only",
                       "", "Connect with sslmode=require."},
                      out);
    who_.console = is_console(who_.database);
    auto user = policy.users.find(who_.user);
    known_user_ = user != policy.users.end() && user->second.verifier.has_value();
    if (user != policy.users.end()) who_.password = user->second.password;
    admin_ = std::find(policy.admin_users.begin(), policy.admin_users.end(), who_.user) !=
             policy.admin_users.end();
    if (!policy.trust) return ask_for_scram(env, out);
    finish(out);
}

/// Who the client is has been proved; whether it may use the console is told only now.
void login::finish(actions& out) {
    if (who_.console && !admin_)
        return refuse({sqlstate::insufficient_privilege,
                       "permission denied for Weir's console: user \"" + who_.user +
                           "\" is not an admin user",
                       "", "Add the user to admin_users in the [auth] section."},
                      out);
    step_ = step::done;
}

void login::ask_for_scram(const environment& env, actions& out) {
    const auto& users = env.rules_in_force->users;
    auto secret = known_user_ ? *users.find(who_.user)->second.verifier
                              : wire::mock_scram_secret(who_.user, env.process_key);
    scram_.emplace(std::move(secret), wire::base64_encode(env.random(nonce_bytes)));
    bytes offered(mechanism);
    offered.append(2, '\0');
    wire::backend::append_authentication(out.client.own(), authentication_sasl, offered);
    step_ = step::scram_first;
}

void login::on_password(bytes_view& in, const environment& env, actions& out) {
    auto piece = splitter_.next(in);
    if (!piece) return refuse(piece.error(), out);
    if (!*piece) return;
    if (step_ == step::scram_first) return on_scram_first((*piece)->body, env, out);
    on_scram_final((*piece)->body, env, out);
}

void login::on_scram_first(bytes_view body, const environment&, actions& out) {
    // SASLInitialResponse: mechanism, NUL, length, client-first-message.
    auto end = body.find('\0');
    if (end == bytes_view::npos || body.size() < end + 5)
        return refuse({sqlstate::protocol_violation, "malformed SASL response"}, out);
    if (body.substr(0, end) != mechanism)
        return refuse({sqlstate::protocol_violation,
                       "client selected an invalid SASL authentication mechanism"},
                      out);
    auto data = body.substr(end + 5);
    if (load_u32(body.data() + end + 1) != data.size())
        return refuse({sqlstate::protocol_violation, "malformed SASL response"}, out);
    auto answer = scram_->first(data);
    if (!answer) return refuse(answer.error(), out);
    wire::backend::append_authentication(out.client.own(), authentication_sasl_continue, *answer);
    step_ = step::scram_final;
}

void login::on_scram_final(bytes_view body, const environment&, actions& out) {
    auto answer = scram_->final(body);
    if (!answer) {
        return refuse(answer.error().sqlstate == sqlstate::invalid_password
                          ? wrong_password(who_.user)
                          : answer.error(),
                      out);
    }
    if (!known_user_) return refuse(wrong_password(who_.user), out);
    wire::backend::append_authentication(out.client.own(), authentication_sasl_final, *answer);
    if (who_.password.empty()) who_.keys = scram_->recovered();
    finish(out);
}

}  // namespace weir::session
