// frontend: TLS, what happens when its client is known or is not let in, and what the log is told of peers.
#include <spdlog/spdlog.h>

#include "net/frontend.hpp"
#include "net/tls.hpp"
#include "net/worker.hpp"

namespace weir::net {
namespace {

// As PostgreSQL 18 makes them.
constexpr std::uint16_t first_minor_with_long_keys = 2;
constexpr std::size_t short_secret_bytes = 4;
constexpr std::size_t long_secret_bytes = 32;

}  // namespace

void frontend::note_node_fault(const fault& why) {
    if (!home_.broken_nodes.lets(home_.now())) return;
    const auto held_back = home_.broken_nodes.take_held_back();
    spdlog::warn("a connection to {} is given up: {}{}", tenant_->hub->address(lease_->node).name, why.message,
                 held_back > 0 ? ", and " + std::to_string(held_back) + " others" : "");
}

void frontend::note_refusal(const fault& why) {
    ++home_.logins_refused;
    tell_of_stranger("was not let in: " + why.message + " (" + why.sqlstate + ")");
}

/// Who is not let in may be many, and may want to fill the log.
void frontend::tell_of_stranger(const std::string& what) {
    if (!home_.strangers.lets(home_.now())) return;
    const auto held_back = home_.strangers.take_held_back();
    spdlog::info("{} {}{}", address_, what, held_back > 0 ? ", and " + std::to_string(held_back) + " others" : "");
}

/// Without a word, as when its time is over.
void frontend::make_room() {
    tell_of_stranger("has been logging in for long, and has made room for another");
    drop();
}

void frontend::identify() {
    home_.door().note_success(address_, machine_.who().user);
    home_.leave_waiting_room(*this);
    const auto& who = machine_.who();
    if (who.console) return identify_console();
    if (auto full = home_.door().take_seat(who.user, who.database)) return step(session::identity_refused{*full});
    has_seat_ = true;
    fault why;
    tenant_ = home_.find_tenant(machine_.who(), why);
    if (tenant_ == nullptr) return step(session::identity_refused{why});
    ++tenant_->clients;
    make_secret();
    spdlog::log(logs_connections() ? spdlog::level::info : spdlog::level::debug, "client {} is {}@{} from {}", pid_,
                machine_.who().user, machine_.who().database, address_);
    step(session::identified{tenant_->welcome.get(), pid_, secret_, &tenant_->counters,
                             &home_.view_of(*tenant_), address_, &tenant_->start_path,
                             machine_.who().replication ? nullptr : home_.catalog_of(*tenant_)});
}

bool frontend::logs_connections() const { return home_.environment().rules_in_force->logs_connections; }

/// New for every client, so that a key of the one who had this pid before opens nothing.
void frontend::make_secret() {
    const bool is_long = machine_.who().minor >= first_minor_with_long_keys;
    secret_ = home_.environment().random(is_long ? long_secret_bytes : short_secret_bytes);
}

void frontend::identify_console() {
    make_secret();
    static const session::parameter_map parameters = {{"server_version", "15.0 (Weir " WEIR_VERSION ")"},
                                                      {"server_encoding", "UTF8"},
                                                      {"client_encoding", "UTF8"},
                                                      {"DateStyle", "ISO, MDY"},
                                                      {"integer_datetimes", "on"},
                                                      {"standard_conforming_strings", "on"}};
    step(session::identified{&parameters, pid_, secret_, nullptr, nullptr});
}

void frontend::start_tls() {
    tls_after_send_ = false;
    auto context = home_.settings().client_tls;
    if (!context) return client_gone();
    transport_ = std::make_unique<tls_stream>(std::move(*transport_), context);
    if (!transport_->is_attached()) return client_gone();
    handshaking_ = true;
    go_on_with_handshake();
}

void frontend::go_on_with_handshake() {
    auto& tls = static_cast<tls_stream&>(*transport_);
    switch (tls.handshake()) {
        case io_state::done: return on_handshake(tls.established(), tls.speaks_postgresql());
        case io_state::blocked:
            reading_ = true;
            tls.wait_readable();
            return;
        case io_state::closed:
            tell_of_stranger("did not finish the TLS handshake: " + tls.handshake_error());
            client_gone();
            return;
    }
}

void frontend::on_handshake(session::tls_established how, bool speaks_postgresql) {
    handshaking_ = false;
    how.direct = direct_tls_;
    if (!direct_tls_ || speaks_postgresql) return step(std::move(how));
    // What else is spoken over TLS could be led here by somebody on the way (as PostgreSQL 17 refuses it).
    tell_of_stranger("was not let in: TLS without a request, and without ALPN");
    client_gone();
}

/// A client that begins with TLS at once (sslnegotiation=direct) is known by its first byte.
bool frontend::begins_with_tls() {
    constexpr char handshake_record = 0x16;
    if (std::exchange(looked_at_, true) || !home_.settings().client_tls) return false;
    direct_tls_ = transport_->first_byte() == handshake_record;
    return direct_tls_;
}

}  // namespace weir::net
