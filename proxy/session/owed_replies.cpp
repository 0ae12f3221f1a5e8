#include "session/owed_replies.hpp"

#include "wire/backend.hpp"

namespace weir::session {
namespace {

namespace backend = wire::backend;

bool runs(owed_kind kind) {
    return kind == owed_kind::execute || kind == owed_kind::query;
}

bool ends_with_ready(owed_kind kind) {
    return kind == owed_kind::sync || kind == owed_kind::query || kind == owed_kind::function_call;
}

std::optional<owed_kind> completes(char type) {
    switch (type) {
        case backend::parse_complete: return owed_kind::parse;
        case backend::bind_complete: return owed_kind::bind;
        case backend::close_complete: return owed_kind::close;
        default: return std::nullopt;
    }
}

bool describes(owed_kind kind) {
    return kind == owed_kind::describe_statement || kind == owed_kind::describe_portal;
}

}  // namespace

void owed_replies::push(owed_reply reply) {
    // While the server skips to Sync it answers nothing before it; what is owed then begins with it.
    if (skipping_ && entries_.empty() && reply.kind != owed_kind::sync) return;
    reply.message = message_;
    entries_.push_back(reply);
}

result<owed_verdict> owed_replies::out_of_step(char type) const {
    return fault{sqlstate::protocol_violation,
                 std::string("unexpected message '") + type + "' from the server",
                 entries_.empty() ? "no reply was owed" : "another reply was owed", ""};
}

owed_verdict owed_replies::finish_front() {
    owed_verdict v{entries_.front().act, entries_.front(), false};
    entries_.pop_front();
    return v;
}

result<owed_verdict> owed_replies::on_message(char type) {
    switch (type) {
        case backend::notice_response:
        case backend::parameter_status:
        case backend::notification_response:
            return owed_verdict{entries_.empty() ? owed_act::forward : entries_.front().act, {}, false};
        case backend::error_response: return on_error();
        case backend::ready_for_query: return on_ready();
        default: break;
    }
    if (entries_.empty()) return out_of_step(type);
    const auto& front = entries_.front();
    if (auto kind = completes(type)) {
        if (front.kind != *kind) return out_of_step(type);
        return finish_front();
    }
    switch (type) {
        case backend::row_description:
            if (describes(front.kind)) return finish_front();
            if (!runs(front.kind)) return out_of_step(type);
            break;
        case backend::no_data:
            if (!describes(front.kind)) return out_of_step(type);
            return finish_front();
        case backend::parameter_description:
            if (front.kind != owed_kind::describe_statement) return out_of_step(type);
            break;
        case backend::command_complete:
        case backend::empty_query_response:
        case backend::portal_suspended:
            if (!runs(front.kind)) return out_of_step(type);
            copy_in_ = copy_both_ = false;
            if (front.kind == owed_kind::execute) return finish_front();
            break;
        case backend::copy_in_response:
        case backend::copy_both_response:
            if (!runs(front.kind)) return out_of_step(type);
            copy_both_ = type == backend::copy_both_response;
            return on_copy_in();
        case backend::data_row:
        case backend::copy_out_response:
        case backend::copy_data:
        case backend::copy_done:
            if (!runs(front.kind)) return out_of_step(type);
            break;
        case backend::function_call_response:
            if (front.kind != owed_kind::function_call) return out_of_step(type);
            break;
        default: return out_of_step(type);
    }
    return owed_verdict{front.act, {}, false};
}

owed_verdict owed_replies::on_copy_in() {
    copy_in_ = true;
    auto act = entries_.front().act;
    // A Sync that reaches the server during copy-in is ignored there, and so the ReadyForQuery for
    // those already sent will never come (manual 55.2.6; FACTS 19).
    if (entries_.front().kind == owed_kind::execute) {
        while (entries_.size() > 1 && entries_.back().kind == owed_kind::sync) entries_.pop_back();
    }
    return owed_verdict{act, {}, false};
}

owed_verdict owed_replies::on_error() {
    dropped_.clear();
    copy_in_ = copy_both_ = false;
    owed_verdict v{owed_act::forward, {}, true};
    if (entries_.empty()) return v;  // an error out of turn: the server is about to close
    v.act = entries_.front().act;
    if (entries_.front().kind == owed_kind::query ||
        entries_.front().kind == owed_kind::function_call ||
        entries_.front().kind == owed_kind::sync)
        return v;  // its ReadyForQuery follows
    // Where something that Weir sent ahead fails (a re-prepared Parse, a deferred BEGIN), the client's
    // own statement is skipped with it, and this error is the client's answer.
    if (v.act == owed_act::swallow && owes_client_before_sync()) v.act = owed_act::forward;
    bool clients_own_skipped = false;
    while (!entries_.empty() && entries_.front().kind != owed_kind::sync) {
        const auto& front = entries_.front();
        // Behind a message of the client's own, the client has to send the Sync.
        if (ends_with_ready(front.kind) && !clients_own_skipped) lost_query_ = true;
        clients_own_skipped = clients_own_skipped || front.act != owed_act::swallow;
        dropped_.push_back(front);
        entries_.pop_front();
    }
    skipping_ = entries_.empty();
    return v;
}

result<owed_verdict> owed_replies::on_ready() {
    if (entries_.empty() || !ends_with_ready(entries_.front().kind))
        return out_of_step(backend::ready_for_query);
    skipping_ = lost_query_ = copy_in_ = copy_both_ = false;
    return finish_front();
}

std::optional<owed_reply> owed_replies::take_made_up() {
    if (entries_.empty() || entries_.front().act != owed_act::make_up) return std::nullopt;
    auto reply = entries_.front();
    entries_.pop_front();
    return reply;
}

void owed_replies::swallow_all() {
    entries_.keep_if([](const owed_reply& e) { return e.act != owed_act::make_up; });
    for (auto& e : entries_) e.act = owed_act::swallow;
}

bool owed_replies::owes_client_before_sync() const {
    for (const auto& e : entries_) {
        if (is_for_client(e)) return true;
        if (ends_with_ready(e.kind)) return false;
    }
    return false;
}

bool owed_replies::owes_client() const {
    return owed_to_client() > 0;
}

std::size_t owed_replies::owed_to_client() const {
    return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), is_for_client));
}

}  // namespace weir::session
