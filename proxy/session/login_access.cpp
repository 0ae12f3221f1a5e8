// Which line of the rules of access is about a client, and what has to be known before it can be asked for a proof:
// its host's name, whether it is its turn again, and its secret.
#include "base/client_address.hpp"
#include "session/login.hpp"

namespace weir::session {

void login::look_for_line(const environment& env, instant now, actions& out) {
    const auto& policy = *env.rules_in_force;
    auth::visitor who{who_.user, who_.database, physical_replication_, from_.local, tls_.has_value(), from_.address};
    if (host_name_) who.host_name = *host_name_;
    const auto found = policy.access.find(who, policy.own_addresses);
    if (std::holds_alternative<auth::needs_host_name>(found)) {
        out.look_up_host = true;
        step_ = step::host_name;
        return;
    }
    follow(std::get<const auth::hba_line*>(found), env, now, out);
}

void login::on_host_name(std::string name, const environment& env, instant now, actions& out) {
    if (step_ != step::host_name) return;
    host_name_ = std::move(name);
    look_for_line(env, now, out);
}

/// In PostgreSQL's words.
fault login::not_let_in(std::string_view how) const {
    const std::string host = from_.local ? "[local]" : std::string(host_of(from_.address));
    std::string message(how);
    message += physical_replication_ ? " replication connection from host \"" : " host \"";
    message += host + "\", user \"" + who_.user + "\", ";
    if (!physical_replication_) message += "database \"" + who_.database + "\", ";
    return {sqlstate::invalid_authorization, message + (tls_ ? "SSL encryption" : "no encryption")};
}

void login::follow(const auth::hba_line* line, const environment& env, instant now, actions& out) {
    if (line == nullptr) return refuse(not_let_in("no pg_hba.conf entry for"), out);
    wants_ = line->wants;
    if (wants_.by == auth::method::reject) return refuse(not_let_in("pg_hba.conf rejects connection for"), out);
    if (wants_.certificate != auth::client_certificate::not_asked && (!tls_ || !tls_->certificate))
        return refuse({sqlstate::invalid_authorization, "connection requires a valid client certificate"}, out);
    const auto delay = env.login_delay ? env.login_delay(from_.address, who_.user) : milliseconds{0};
    if (delay <= milliseconds{0}) return look_for_secret(env, out);
    held_until_ = now + delay;
    step_ = step::delayed;
}

void login::on_time(const environment& env, instant now, actions& out) {
    if (step_ == step::delayed && now >= held_until_) look_for_secret(env, out);
}

/// Who is in the users file is not looked up.
void login::look_for_secret(const environment& env, actions& out) {
    const auto& policy = *env.rules_in_force;
    if (!policy.asks_nodes_for_secrets || !goes_by_secret(wants_.by) || policy.users.contains(who_.user))
        return ask_for_proof(env, out);
    out.look_up_secret = true;
    step_ = step::secret;
}

void login::on_secret(secret_known found, const environment& env, actions& out) {
    if (step_ != step::secret) return;
    if (found.trouble) return refuse(*found.trouble, out);
    looked_up_ = std::move(found.secret);
    if (looked_up_) who_.password = looked_up_->password;
    ask_for_proof(env, out);
}

/// As check_usermap() of PostgreSQL: the name in the certificate, or what a map makes of it.
bool login::certificate_fits(const environment& env) const {
    if (!tls_ || !tls_->certificate) return false;
    const auto& name = wants_.by_distinguished_name ? tls_->distinguished_name : tls_->common_name;
    return env.rules_in_force->names.lets(wants_.map, name, who_.user);
}

}  // namespace weir::session
