// What a session answers of itself: EXPLAIN ROUTE, and SHOW, SET and RESET of what is Weir's.
#include <utility>

#include "cluster/token.hpp"
#include "routing/explain.hpp"
#include "session/own_statement.hpp"
#include "session/session.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

namespace frontend = wire::frontend;
using act = own_statement::act;

namespace {

local_reply one_value(own_setting of, std::string value) {
    return {.tag = "SHOW", .columns = {std::string(to_string(of))}, .rows = {{std::move(value)}}};
}

/// The value that a client connects with, as a parameter of its own or in `options`; nothing: none.
std::optional<std::string> value_at_start(const std::vector<wire::startup_parameter>& parameters, own_setting of) {
    std::optional<std::string> found;
    const std::string name(to_string(of));
    const std::string wanted = name + "=";
    for (const auto& p : parameters) {
        if (p.name == name) found = p.value;
        if (p.name != "options") continue;
        const auto at = p.value.rfind(wanted);
        if (at == std::string::npos) continue;
        const auto value = p.value.substr(at + wanted.size());
        found = value.substr(0, value.find(' '));
    }
    return found;
}

fault no_such_value(own_setting of, std::string_view text) {
    return {sqlstate::invalid_parameter_value,
            "invalid value for parameter \"" + std::string(to_string(of)) + "\": \"" + std::string(text) + "\"", "",
            std::string(available_values(of))};
}

constexpr milliseconds token_patience{1000};

}  // namespace

/// A token covers all that the session has seen. False: the primary is being asked, and the cycle waits.
bool session::ask_for_token(instant now, actions& out) {
    floor_.settle(*view_->known);
    if (floor_.is_settled()) return true;
    out.ask_position = floor_.raise_to_now();
    wants_token_ = true;
    wait_until_ = now + token_patience;
    phase_ = phase::waiting;
    deadline_ = wait_until_;
    return false;
}

void session::answer_token(instant now, actions& out) {
    if (!floor_.is_settled() && now < wait_until_) {
        if (auto ticket = floor_.ask()) out.ask_position = *ticket;
        deadline_ = wait_until_;
        return;
    }
    wants_token_ = false;
    deadline_ = never;
    phase_ = phase::ready;
    if (floor_.is_settled()) {
        reply_locally(one_value(own_setting::token, cluster::to_token(floor_.known())), out);
    } else {
        refuse_cycle({sqlstate::cannot_connect_now, "the primary's position is not known", "",
                      "The primary did not answer in time: try again."},
                     now, out);
    }
    take_backlog(now, out);
}

/// Its positions could never be reached.
bool session::is_of_another_cluster(const cluster::position& token) const {
    const auto& known = *view_->known;
    const auto* primary = known.primary ? known.find(*known.primary) : nullptr;
    return token.system_identifier != 0 && primary != nullptr &&
           primary->known.system_identifier != token.system_identifier;
}

/// `/* weir: after=TOKEN */`; false: it is no token, and the cycle is refused.
bool session::take_hint_token(instant now, actions& out) {
    for (const auto& m : cycle_->messages()) {
        const auto token = query::hint_token(text_of(m));
        if (token.empty()) continue;
        const auto at = cluster::parse_token(token);
        if (!at || is_of_another_cluster(*at)) {
            refuse_cycle(no_such_value(own_setting::token, token), now, out);
            return false;
        }
        if (at->system_identifier != 0) floor_.take(*at, *view_->known);
    }
    return true;
}

result<void> session::take_start_values() {
    for (const auto what : {own_setting::consistency, own_setting::commit_outcome}) {
        const auto said = value_at_start(who_->parameters, what);
        if (said && !set_own_value(start_, what, *said)) return no_such_value(what, *said);
    }
    own_ = start_;
    return {};
}

/// The one statement that the cycle is about, prepared, described or executed; empty where there are several.
std::string_view session::only_text() const {
    if (judged_.executes) return concerns_one_statement() ? judged_.single_text : std::string_view();
    std::string_view text;
    for (const auto& m : cycle_->messages()) {
        const bool about = m.type == frontend::parse || m.type == frontend::describe;
        if (m.type == frontend::sync || m.type == frontend::flush) continue;
        if (!about || m.duplicate || !m.what) return {};
        if (!text.empty() && text.data() != m.what->text.data()) return {};
        text = m.what->text;
    }
    return text;
}

bool session::answer_own_statement(instant now, actions& out) {
    const bool apart = link_ == nullptr || lease_is_free();
    const bool between = !apart && !link_->unsynced && !link_->owed.skipping() &&
                         !link_->in_failed_transaction();
    if ((!apart && !between) || tx_.is() == transaction::state::failed) return false;
    const bool hides = hides_own_setting(*judged_.what);
    if (!hides && !may_be_own_statement(*judged_.what)) return false;
    const auto own = parse_own_statement(only_text());
    if (!own && hides && judged_.executes) {
        refuse_cycle({sqlstate::feature_not_supported,
                      "weir.consistency, weir.commit_outcome and weir.token can only be set by a statement of its own",
                      "", "Send SET weir.consistency = ..., and its kind, by itself."},
                     now, out);
        return true;
    }
    if (!own) return false;
    if (own->is == act::show && own->about == own_setting::token && judged_.executes && !ask_for_token(now, out)) return true;
    auto reply = reply_to(*own, now);
    if (!reply) {
        refuse_cycle(reply.error(), now, out);
    } else {
        reply_locally(*reply, out);
    }
    return true;
}

result<local_reply> session::reply_to(const own_statement& what, instant now) {
    const local_reply set{.tag = what.is == act::reset && what.text.empty() ? "RESET" : "SET"};
    switch (what.is) {
        case act::explain_route: return explain_route(what.text, now);
        case act::show: return one_value(what.about, shown(what.about));
        case act::reset:
            if (judged_.executes && what.about == own_setting::consistency) own_.level = start_.level;
            if (judged_.executes && what.about == own_setting::commit_outcome) own_.commit_outcome = start_.commit_outcome;
            return set;
        case act::set:
        case act::set_local: break;
    }
    if (what.about == own_setting::token) {
        const auto at = cluster::parse_token(what.text);
        if (!at || is_of_another_cluster(*at)) return no_such_value(what.about, what.text);
        if (judged_.executes && at->system_identifier != 0) floor_.take(*at, *view_->known);
        return set;
    }
    own_values aside;
    const bool local = what.is == act::set_local;
    const bool counts = judged_.executes && (!local || tx_.is() != transaction::state::none);
    auto& where = !counts ? aside : local ? local_ : own_;
    if (!set_own_value(where, what.about, what.text)) return no_such_value(what.about, what.text);
    return set;
}

std::string session::shown(own_setting what) const {
    switch (what) {
        case own_setting::node: {
            const auto* node = view_->known->find(ran_on_);
            return node != nullptr ? node->address.name : "";
        }
        case own_setting::reason: return ran_on_.valid() ? std::string(routing::to_string(ran_why_)) : "";
        case own_setting::token: return cluster::to_token(floor_.known());
        case own_setting::consistency: return std::string(routing::to_string(level_under(nullptr)));
        case own_setting::commit_outcome: return wants_outcome() ? "on" : "off";
        case own_setting::none: break;
    }
    return "";
}

local_reply session::explain_as(identity_ptr who, const identified& where, const std::string& text, instant now) {
    who_ = std::move(who);
    view_ = where.view;
    start_path_ = where.search_path;
    catalog_ = where.catalog;
    address_ = where.address;
    phase_ = phase::ready;
    settle_overrides();
    return explain_route(text, now);
}

/// The decision for a statement that is not run: nothing is counted, no token and no turn is taken.
local_reply session::explain_route(const std::string& text, instant now) {
    const auto verdict = env_.verdicts.look_up(text, {});
    auto asked = std::exchange(judged_, {});  // question_under() is about what is judged
    judged_.what = env_.verdicts.resolved(verdict.known, names_now());
    judged_.wish = verdict.wish;
    const routing::seen_statement seen{env_.digests.look_up(verdict.shape, text), text, verdict.known.get(),
                                       verdict.wish};
    const routing::request_traits request{std::span(&seen, 1), tx_.is() != transaction::state::none};
    const auto& rules = env_.rules_in_force->rules;
    const auto index = rules.match(rules_for_me(), request, env_.shadow_rules);
    const auto* by = index ? &rules[*index] : nullptr;
    floor_.settle(*view_->known);
    routing::explained what;
    what.asked = question_under(by);
    what.asked.too_large = false;
    what.allowed = routing::limits_under(by, env_.rules_in_force->routing, what.asked.level);
    what.statement = &seen;
    if (!env_.shadow_rules.empty()) what.shadow = &rules[env_.shadow_rules.front()];
    if (by != nullptr && by->rate) what.wait_for_token = rules.token_wait(*index, who_->user, request, now);
    what.known = view_->known.get();
    what.known_floor = &floor_;
    what.loads = &view_->loads;
    what.held_node = lease_node_;
    local_reply reply{.tag = "EXPLAIN", .columns = {"item", "value"}};
    for (auto& [item, value] : routing::explain(what)) reply.rows.push_back({item, value});
    judged_ = std::move(asked);
    return reply;
}

}  // namespace weir::session
