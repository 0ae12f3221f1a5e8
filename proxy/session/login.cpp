#include "session/login.hpp"

#include <algorithm>

#include "wire/backend.hpp"

namespace weir::session {
namespace {

constexpr std::uint16_t newest_minor = 2;

bool is_console(std::string_view database) {
    return database == "weir" || database == "pgbouncer";
}

/// parse_bool() of what `replication` may say; "database" asks for it, too.
bool is_on(std::string_view said) {
    return said != "false" && said != "off" && said != "no" && said != "0";
}

}  // namespace

void login::refuse(const fault& why, actions& out) {
    wire::backend::append_error(out.client.own(), "FATAL", why);
    out.close_client = true;
    out.refused = why;
    step_ = step::refused;
}

void login::on_bytes(bytes_view& in, const environment& env, instant now, actions& out) {
    while (!in.empty()) {
        const auto before = step_;
        switch (step_) {
            case step::first_packet: on_first_packet(in, env, now, out); break;
            case step::password:
            case step::md5:
            case step::scram_first:
            case step::scram_final: on_answer(in, env, out); break;
            case step::tls: return refuse_plain_text(out);
            case step::host_name:
            case step::delayed:
            case step::secret:
                kept_.append(std::exchange(in, {}));
                return;
            case step::done:
            case step::refused: return;
        }
        if (step_ == before && in.empty()) return;
    }
}

void login::on_tls(tls_established how) {
    tls_ = std::move(how);
    asked_for_ssl_ = true;
    step_ = step::first_packet;
}

void login::on_first_packet(bytes_view& in, const environment& env, instant now, actions& out) {
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
        on_startup(std::get<wire::startup_request>(first), env, now, out);
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
            if (p.name == "replication") {
                who_.replication = true;
                physical_replication_ = p.value != "database";
            }
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

void login::on_startup(const wire::startup_request& request, const environment& env, instant now, actions& out) {
    const auto& policy = *env.rules_in_force;
    read_parameters(request, out);
    if (from_.over_limit)
        return refuse({sqlstate::too_many_connections, "sorry, too many clients already", "",
                       "Raise max_clients in the [server] section of Weir's configuration."},
                      out);
    if (who_.user.empty())
        return refuse({sqlstate::invalid_authorization,
                       "no PostgreSQL user name specified in startup packet"},
                      out);
    if (auto objection = tls_objection(policy.tls)) return refuse(*objection, out);
    who_.console = is_console(who_.database);
    if (const auto* secret = known(env)) who_.password = secret->password;
    look_for_line(env, now, out);
}

/// A Unix socket is as good as encrypted, and nobody shows certificates there.
std::optional<fault> login::tls_objection(tls_need need) const {
    if (from_.local || need == tls_need::off || need == tls_need::allow) return std::nullopt;
    if (!tls_)
        return fault{sqlstate::invalid_authorization, "this server accepts connections over TLS (SSL) only", "",
                     "Connect with sslmode=require."};
    if (need == tls_need::require) return std::nullopt;
    if (!tls_->certificate)
        return fault{sqlstate::invalid_authorization, "connection requires a valid client certificate", "",
                     "Connect with sslcert and sslkey; the certificate must be signed by ca of [tls.client]."};
    if (need == tls_need::verify_full && tls_->common_name != who_.user)
        return fault{sqlstate::invalid_authorization,
                     "certificate authentication failed for user \"" + who_.user + "\"",
                     "The common name of the client's certificate is another one."};
    return std::nullopt;
}

/// Who the client is has been proved; whether it may use the console is told only now.
void login::finish(const environment& env, actions& out) {
    const auto& policy = *env.rules_in_force;
    if (wants_.certificate == auth::client_certificate::verify_full && !certificate_fits(env))
        return refuse(goes_by_secret(wants_.by) ? wrong_password() : wrong_certificate(), out);
    const auto is_among = [this](const std::vector<std::string>& names) {
        return std::find(names.begin(), names.end(), who_.user) != names.end();
    };
    who_.admin = who_.console && is_among(policy.admin_users);
    if (who_.console && !who_.admin && !is_among(policy.stats_users))
        return refuse({sqlstate::insufficient_privilege,
                       "permission denied for Weir's console: user \"" + who_.user +
                           "\" is not an admin user",
                       "", "Add the user to admin_users, or to stats_users, in the [auth] section."},
                      out);
    step_ = step::done;
}

}  // namespace weir::session
