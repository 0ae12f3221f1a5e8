#include "session/session.hpp"

#include <algorithm>
#include <charconv>
#include <array>

#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace {
/// In PostgreSQL's form: a number of milliseconds, or one with a unit. 0 where it is none.
milliseconds time_of(std::string_view text) {
    double number = 0;
    const auto [rest, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc() || number < 0 || number > 2147483647) return milliseconds{0};
    std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    const double factor = unit == "s" ? 1e3 : unit == "min" ? 6e4 : unit == "h" ? 3.6e6 : unit == "us" ? 1e-3 : 1;
    return milliseconds(static_cast<milliseconds::rep>(number * factor));
}

/// The statement_timeout that a client connects with: as a parameter of its own, or in `options`.
milliseconds statement_timeout_of(const std::vector<wire::startup_parameter>& parameters) {
    constexpr std::string_view wanted = "statement_timeout=";
    milliseconds found{0};
    for (const auto& p : parameters) {
        if (p.name == "statement_timeout") found = time_of(p.value);
        if (p.name != "options") continue;
        const auto at = p.value.rfind(wanted);
        if (at == std::string::npos) continue;
        const auto value = std::string_view(p.value).substr(at + wanted.size());
        found = time_of(value.substr(0, value.find(' ')));
    }
    return found;
}

constexpr auto see_nodes = "See SHOW NODES in Weir's console for what each node answers.";
}  // namespace

std::string_view to_string(phase p) {
    switch (p) {
        case phase::login: return "login";
        case phase::identifying: return "identifying";
        case phase::welcoming: return "welcoming";
        case phase::ready: return "idle";
        case phase::asking: return "waiting";
        case phase::holding: return "holding";
        case phase::waiting: return "waiting";
        case phase::preparing:
        case phase::running: return "active";
        case phase::inspecting: return "idle";
        case phase::console: return "console";
        case phase::closed: return "closed";
    }
    return "unknown";
}

session::session(environment& env, arrival from, instant now)
    : env_(env),
      deadline_(now + env.rules_in_force->login_timeout),
      splitter_(wire::frontend_policy()),
      login_(std::make_unique<login>(std::move(from))) {}

session::~session() = default;

extended_state& session::extended() {
    if (!extended_) extended_ = env_.extended.take();
    return *extended_;
}

void session::finish_event(instant now, actions& out) {
    if (phase_ != phase::ready) {
        idle_since_ = never;
    } else {
        if (idle_since_ == never) idle_since_ = now;
        deadline_ = idle_deadline();
    }
    out.deadline = login_ ? std::min(deadline_, login_->held_until()) : deadline_;
    out.want_client = login_ ? !login_->waits() : phase_ != phase::closed && accepting();
}

void session::end(actions& out) {
    login_.reset();
    if (link_ != nullptr) give_lease_back(what_to_clean(), out);
    if (phase_ == phase::asking || phase_ == phase::welcoming) out.drop_request = true;
    out.cancel_console = phase_ == phase::console;
    give_home_back(out);
    drop_cycle(out);
    deadline_ = never;
    phase_ = phase::closed;
    out.close_client = true;
}

void session::drop_cycle(actions& out) {
    if (cycle_ && held_.empty()) held_.swap(cycle_->room());
    if (cycle_) out.spent.push_back(std::move(cycle_));
    commit_.reset();
    ended_ = streaming_ = copy_over_ = false;
    early_copy_.clear();
    copy_left_ = 0;
}

void session::end_with(const fault& why, actions& out) {
    wire::backend::append_error(out.client.own(), "FATAL", why);
    end(out);
}

give_back session::what_to_clean() const {
    // To Sync in the client's place would commit what the client has not.
    if (who_->replication || link_->owed.owes_client() || !link_->splitter.at_boundary() ||
        link_->unsynced || waits_for_copy_rest())
        return {.close = true};
    const bool open = link_->status != wire::backend::transaction_status::idle;
    if (phase_ == phase::preparing) return {.close = true};
    return {.close = false, .roll_back = open, .discard = !state_.is_clean() || open};
}

void session::on(const client_bytes& e, instant now, actions& out) {
    if (phase_ == phase::closed) return;
    if (phase_ == phase::ready) idle_since_ = deadline_ = never;
    if (phase_ == phase::login) {
        log_in(e.data, now, out);
    } else {
        consume(e.data, now, out);
    }
    finish_event(now, out);
}

void session::log_in(bytes_view in, instant now, actions& out) {
    login_->on_bytes(in, env_, now, out);
    if (login_->refused()) {
        login_.reset();
        phase_ = phase::closed;
        deadline_ = never;
    } else if (login_->done()) {
        who_ = std::make_shared<const identity>(login_->take_identity());
        login_.reset();
        phase_ = phase::identifying;
        out.identify = true;
        backlog_.append(in);
    }
}

void session::on(const host_name_known& e, instant now, actions& out) {
    if (login_) {
        login_->on_host_name(e.name, env_, now, out);
        log_in(login_->take_kept(), now, out);
    }
    finish_event(now, out);
}

void session::on(secret_known&& e, instant now, actions& out) {
    if (login_) {
        login_->on_secret(std::move(e), env_, out);
        log_in(login_->take_kept(), now, out);
    }
    finish_event(now, out);
}

void session::on(const client_closed&, instant now, actions& out) {
    if (phase_ != phase::closed) end(out);
    finish_event(now, out);
}

void session::on(const tls_established& e, instant now, actions& out) {
    if (login_) login_->on_tls(e);
    finish_event(now, out);
}

void session::on(const identified& e, instant now, actions& out) {
    pid_ = e.pid;
    secret_ = e.secret;
    counters_ = e.counters;
    view_ = e.view;
    address_ = e.address;
    start_path_ = e.search_path;
    who_ = env_.identities.intern(who_->without_secrets());
    catalog_ = e.catalog;
    if (!who_->application_name.empty() && !who_->replication)
        settings_ = env_.settings.intern(with(nullptr, "application_name", &who_->application_name));
    settle_overrides();
    own_timeout_ = statement_timeout_of(who_->parameters);
    if (auto taken = take_start_values(); !taken) {
        end_with(taken.error(), out);
        return finish_event(now, out);
    }
    if (e.welcome != nullptr) {
        welcome(*e.welcome, out);
        take_backlog(now, out);
    } else {
        phase_ = phase::welcoming;
        hold_until_ = now + env_.rules_in_force->routing.failover_wait;
        look_for_welcome(out);
    }
    finish_event(now, out);
}

/// Any node can tell the parameters; the primary is asked where there is one. A deadline is set while
/// none is asked.
void session::look_for_welcome(actions& out) {
    const auto& known = *view_->known;
    auto node = known.primary;
    for (const auto& n : known.nodes) {
        const bool waits = !node || known.find(*node)->drained;
        if (waits && n.up && !n.drained && !who_->replication) node = n.id;
    }
    deadline_ = node ? never : hold_until_;
    if (!node) return;
    lease_node_ = *node;
    out.take_lease = lease_node_;
}

void session::on(const identity_refused& e, instant now, actions& out) {
    end_with(e.why, out);
    finish_event(now, out);
}

void session::welcome(const parameter_map& parameters, actions& out) {
    auto& to = out.client.own();
    wire::backend::append_authentication(to, 0, {});
    begin_parameters(parameters, to);
    wire::backend::append_key(to, pid_, secret_);
    wire::backend::append_ready(to, wire::backend::transaction_status::idle);
    phase_ = phase::ready;
    deadline_ = never;
    end_if_drained(out);
}

void session::on(const lease_granted& e, instant now, actions& out) {
    link_ = e.link;
    lease_node_ = e.node;
    ask_is_held_ = false;
    view_->loads.begin(e.node);
    if (phase_ == phase::asking && e.replica && !lease_is_replica_) {
        // It has become a replica while its connection was waited for: what is to be done is the primary's.
        give_lease_back({}, out);
        want_primary(why_, now, out);
        return finish_event(now, out);
    }
    lease_is_replica_ = e.replica;
    fresh_lease_ = true;
    if (phase_ == phase::welcoming) {
        welcome(*link_->at_start, out);
        if (!who_->replication) give_lease_back({}, out);
        take_backlog(now, out);
    } else {
        take_up_lease(now, out);
        take_backlog(now, out);
    }
    finish_event(now, out);
}

/// A client that waits for its Parse may be the one who would free the connection that it waits for: it
/// drives several sessions, one after the other.
void session::on(const lease_delayed& e, instant now, actions& out) {
    ask_is_held_ = e.held;
    if (e.held && phase_ == phase::asking && home_ != nullptr) {
        // The pause waits for the lease that this session keeps.
        out.drop_request = true;
        want_primary(routing::reason::held_primary, now, out);
        return finish_event(now, out);
    }
    if (phase_ == phase::asking && parses_what_is_proved(now)) {
        out.drop_request = true;
        deadline_ = never;
        reply_locally("", out);
        take_backlog(now, out);
    }
    finish_event(now, out);
}

void session::on(const lease_refused& e, instant now, actions& out) {
    if (e.unreachable) out.probe = lease_node_;
    if (phase_ == phase::welcoming) {
        if (e.unreachable) {
            deadline_ = hold_until_;
        } else {
            end_with(e.why, out);
        }
    } else if (phase_ == phase::asking) {
        if (e.unreachable && lease_is_replica_) {
            want_primary(routing::reason::replica_lost, now, out);
        } else if (e.unreachable) {
            // The primary is away, or its role has moved: wait for what the prober finds.
            phase_ = phase::holding;
            deadline_ = std::min(hold_until_, statement_deadline());
        } else {
            fail_cycle(e.why, now, out);
            take_backlog(now, out);
        }
    }
    finish_event(now, out);
}

void session::on(const position_known& e, instant now, actions& out) {
    floor_.on_position(e.ticket, e.at);
    if (phase_ == phase::waiting) wait_no_longer(now, out);
    finish_event(now, out);
}

void session::on(const cluster_changed&, instant now, actions& out) {
    if (phase_ == phase::holding && view_->known->primary) {
        note_hold(now);
        want_primary(why_, now, out);
    }
    if (phase_ == phase::waiting) wait_no_longer(now, out);
    if (phase_ == phase::welcoming && deadline_ != never) look_for_welcome(out);
    if (view_ != nullptr && phase_ != phase::closed) leave_lost_nodes(now, out);
    finish_event(now, out);
}

void session::on(const time_passed&, instant now, actions& out) {
    if (login_ && now >= login_->held_until()) {
        login_->on_time(env_, now, out);
        log_in(login_->take_kept(), now, out);
        return finish_event(now, out);
    }
    if (now < deadline_) return finish_event(now, out);
    deadline_ = never;
    if (phase_ == phase::login) {
        // As PostgreSQL: a client that does not log in in time is cut off without a word.
        out.refused = fault{sqlstate::query_canceled, "canceling authentication due to timeout"};
        end(out);
    } else if (phase_ == phase::welcoming) {
        end_with({sqlstate::cannot_connect_now, "no server is available",
                  "No node of the cluster could be reached within failover_wait_ms.", see_nodes},
                 out);
    } else if (phase_ == phase::ready) {
        end_for_idleness(now, out);
    } else if (phase_ == phase::running) {
        on_run_timeout(now, out);
    } else if (now >= statement_deadline() && (phase_ != phase::waiting || link_ == nullptr)) {
        on_statement_timeout(now, out);
    } else if (phase_ == phase::waiting) {
        wait_no_longer(now, out);  // in a transaction the server has its own limit
    } else if (phase_ == phase::holding) {
        note_hold(now);
        fail_cycle({sqlstate::cannot_connect_now, "no primary is available",
                    "No node of the cluster said that it is the primary within failover_wait_ms.",
                    see_nodes},
                   now, out);
        take_backlog(now, out);
    }
    finish_event(now, out);
}

void session::on(const cancel_requested&, instant now, actions& out) {
    if (phase_ == phase::running && link_ != nullptr && !link_->owed.empty()) {
        out.cancel_backend = true;
    } else if (phase_ == phase::preparing) {
        give_lease_back({.close = true}, out);
        fail_cycle({sqlstate::query_canceled, "canceling statement due to user request"}, now, out);
        take_backlog(now, out);
    } else if (phase_ == phase::console) {
        out.cancel_console = true;
    } else if (phase_ == phase::asking || phase_ == phase::holding || (phase_ == phase::waiting && !link_)) {
        if (phase_ == phase::asking) out.drop_request = true;
        fail_cycle({sqlstate::query_canceled, "canceling statement due to user request"}, now, out);
        take_backlog(now, out);
    }
    finish_event(now, out);
}

void session::on(const drain_begun&, instant now, actions& out) {
    draining_ = true;
    end_if_drained(out);
    finish_event(now, out);
}

/// In the middle of a message that the client has in part there is no room for words.
void session::on(const terminated& e, instant now, actions& out) {
    if (phase_ == phase::closed) return finish_event(now, out);
    if (phase_ == phase::login || has_part_of_message()) {
        login_.reset();
        end(out);
    } else {
        end_with(e.why, out);
    }
    finish_event(now, out);
}

void session::end_if_drained(actions& out) {
    const bool at_rest = phase_ == phase::ready && tx_.is() == transaction::state::none &&
                         (!cycle_ || cycle_->empty()) && (!link_ || !link_->unsynced);
    if (draining_ && (at_rest || phase_ == phase::login))
        end_with({sqlstate::admin_shutdown, "terminating connection because Weir is shutting down"},
                 out);
}

}  // namespace weir::session
