// The DBA's rules in a session: which one a cycle meets, what it counts, and what it refuses.
#include <utility>

#include "session/session.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
using routing::reason;
using routing::verdict;

/// Settled once, and again after a reload or where the session has changed its settings.
const routing::session_rules& session::rules_for_me() {
    const auto& policy = *env_.rules_in_force;
    if (rule_generation_ != policy.generation + 1 || rules_settled_for_ != settings_) {
        rule_generation_ = policy.generation + 1;
        rules_settled_for_ = settings_;
        const auto* name = find(settings_, usual::application_name);
        my_rules_ = policy.rules.settle({who_->user, who_->database, name ? std::string_view(*name) : "", address_});
    }
    return my_rules_;
}

/// Again after a reload.
void session::settle_overrides() {
    const auto& policy = *env_.rules_in_force;
    if (overrides_generation_ == policy.generation + 1) return;
    overrides_generation_ = policy.generation + 1;
    overrides_ = policy.overrides.settle(who_->user, who_->database);
}

bool session::in_session_mode() const {
    return overrides_.mode.value_or(env_.rules_in_force->mode) == routing::pool_mode::session;
}

/// Of the cycle under way; null: none, or a reload has replaced it.
const routing::rule* session::rule_in_force() const {
    const auto& policy = *env_.rules_in_force;
    return rule_ && rule_generation_ == policy.generation + 1 ? &policy.rules[*rule_] : nullptr;
}

routing::consistency session::level_under(const routing::rule* by) const {
    if (by != nullptr && by->level) return *by->level;
    if (local_.level) return *local_.level;
    if (own_.level) return *own_.level;
    const auto& usual = env_.rules_in_force->routing;
    if (transaction_kind() == routing::transaction_kind::splittable) return usual.level_in_split;
    return overrides_.level.value_or(usual.level);
}

routing::request_traits session::request() const {
    return {cycle_->seen(), judged_.begin || tx_.is() != transaction::state::none};
}

routing::question session::question_under(const routing::rule* by) const {
    using routing::held_lease;
    routing::question q;
    q.what = judged_.what.get();
    q.wish = judged_.wish;
    q.transaction = transaction_kind();
    if (link_ != nullptr && !lease_is_free())
        q.held = lease_is_replica_ ? held_lease::replica : held_lease::primary;
    q.too_large = streaming_;
    q.keeps_portal = judged_.keeps_portal;
    q.by = by;
    q.level = level_under(by);
    return q;
}

void session::meet_rules(instant now) {
    settle_overrides();
    const auto& rules = env_.rules_in_force->rules;
    if (rules.empty()) return;
    rule_ = rules.match(rules_for_me(), request(), env_.shadow_rules);
    // What is only prepared or described goes by the rule, and is no request yet.
    if (!judged_.executes) return;
    for (const auto index : env_.shadow_rules) weigh_shadow(index, now);
    if (!rule_) return;
    rule_timeout_ = rules[*rule_].timeout;
    if (rules[*rule_].commit_outcome) tx_.want_outcome();
    ++env_.rule_counts[*rule_].hits;
    if (rules[*rule_].log && env_.log) log_rule();
}

/// What would have changed if the rule had acted.
void session::weigh_shadow(std::size_t index, instant now) {
    const auto& rules = env_.rules_in_force->rules;
    const auto& shadow = rules[index];
    auto& counts = env_.rule_counts[index];
    ++counts.hits;
    const auto is = routing::judge(question_under(rule_in_force())).is;
    const auto would = routing::judge(question_under(&shadow)).is;
    const bool over = shadow.rate && would != verdict::reject &&
                      rules.take_token(index, who_->user, request(), now) > duration::zero();
    const auto* live = rule_in_force();
    const bool other_group = would == verdict::replica && is == verdict::replica &&
                             shadow.group != (live != nullptr ? live->group : std::string());
    if (over || (would == verdict::reject && is != verdict::reject)) {
        ++counts.to_refusal;
    } else if (would == verdict::primary && is == verdict::replica) {
        ++counts.to_primary;
    } else if (other_group || (would == verdict::replica && is == verdict::primary)) {
        ++counts.to_replica;
    }
}

void session::log_rule() const {
    const auto judged = routing::judge(question_under(rule_in_force()));
    std::string line = "rule \"" + rule_in_force()->name + "\": client " + std::to_string(pid_);
    tell_statements(line);
    line += ": ";
    line += routing::to_string(judged.why);
    env_.log(line);
}

/// A rejection, or a rate that is exceeded.
bool session::refuse_by_rule(instant now, actions& out) {
    const auto* by = rule_in_force();
    if (by == nullptr || !judged_.executes) return false;
    const bool held = link_ != nullptr && !lease_is_free();
    if (held && (routing::ends_transaction(*judged_.what) || link_->owed.skipping() ||
                 link_->in_failed_transaction()))
        return false;
    fault why;
    if (by->route == routing::rule_route::reject) {
        why_ = reason::rule_reject;
        why = {sqlstate::insufficient_privilege,
               by->message.empty() ? "rejected by rule \"" + by->name + "\"" : by->message, "",
               "See the rule \"" + by->name + "\" in Weir's configuration."};
    } else {
        if (!by->rate) return false;
        const auto wait = env_.rules_in_force->rules.take_token(*rule_, who_->user, request(), now);
        if (wait == duration::zero()) return false;
        const auto ms = std::chrono::ceil<milliseconds>(wait).count();
        why_ = reason::rate_limited;
        why = {sqlstate::configuration_limit_exceeded, "over the rate limit of rule \"" + by->name + "\"",
               "", "Try again in " + std::to_string(ms) + " ms."};
    }
    ++env_.rule_counts[*rule_].refused;
    if (counters_ != nullptr) counters_->count_without_node(why_);
    for (const auto& one : cycle_->seen()) ++one.shape->refused;
    refuse_cycle(why, now, out);
    return true;
}

/// Instead of running the cycle. A transaction that the server has open fails with it, there.
void session::refuse_cycle(const fault& why, instant now, actions& out) {
    const bool at_rest = link_ != nullptr && !link_->unsynced && !link_->owed.skipping() &&
                         link_->status == wire::backend::transaction_status::idle;
    if (link_ == nullptr || at_rest || streaming_) return fail_cycle(why, now, out);
    phase_ = phase::running;
    deadline_ = never;
    hold_back_ = false;
    // Nothing of it runs.
    judged_.executes = false;
    judged_.pins = judged_.ends = query::pin_cause::none;
    judged_.custom_settings.clear();
    judged_.unread = 0;
    judged_.draws_sequence = false;
    dispatcher to(*link_, out.backend, env_.rules_in_force->prepared_per_backend);
    to.refuse(why);
    stand_in_ = std::move(to.stand_in());
    if (cycle_->last_type() == frontend::flush) {
        frontend::append_flush(out.backend.own());
    } else {
        to.sync_for_lost_query();
    }
}

}  // namespace weir::session
