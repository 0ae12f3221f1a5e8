// What a simulated client is answered, message by message, and whether that is what it is owed.
#include <array>

#include "simulation/client.hpp"

namespace weir::simulation {

namespace backend = wire::backend;
using transaction = session_model::transaction;

void client::on_start_message(char type, bytes_view body) {
    if (type == backend::error_response) {
        const auto error = backend::decode_error(body);
        if (plan_.sky != weather::everything) fail("was refused at the door: " + std::string(error->message));
        fatal_ = true;
        return;
    }
    if (type != backend::ready_for_query) return;
    welcomed_ = true;
    request first;
    first = request::simple({deed{.does = verb::set,
                                  .value = std::string(routing::to_string(level_)),
                                  .name = "weir.consistency"}});
    play(std::move(first));
}

bool client::expects(answer_kind kind) const {
    return !under_way_.empty() && at_ < under_way_.front().owed.size() && under_way_.front().owed[at_].is == kind;
}

void client::take(answer_kind kind, const char* what) {
    if (!expects(kind) || failed_with_) return fail(std::string("was answered by ") + what + " out of turn");
    if (mine_.is() == transaction::failed && kind != answer_kind::close) {
        const auto& of = under_way_.front().owed[at_].of;
        if (kind != answer_kind::describe_statement && !of.ends_transaction())
            fail(std::string("was answered by ") + what + " in a failed transaction");
    }
    ++at_;
}

void client::on_message(char type, bytes_view body) {
    if (type == backend::notice_response || type == backend::parameter_status) return;
    if (type == backend::error_response) return on_error(body);
    if (under_way_.empty()) return fail(std::string("was sent '") + type + "' and has asked nothing");
    const auto& owed = under_way_.front().owed;
    switch (type) {
        case backend::parse_complete:
            if (expects(answer_kind::parse) && !owed[at_].name.empty()) mine_.prepared(owed[at_].name);
            return take(answer_kind::parse, "ParseComplete");
        case backend::bind_complete: return take(answer_kind::bind, "BindComplete");
        case backend::close_complete:
            if (expects(answer_kind::close)) mine_.closed(owed[at_].name);
            return take(answer_kind::close, "CloseComplete");
        case backend::parameter_description:
            if (!expects(answer_kind::describe_statement)) fail("was told of parameters out of turn");
            return;
        case backend::no_data:
        case backend::row_description:
            if (expects(answer_kind::statement)) return;
            return take(expects(answer_kind::describe_portal) ? answer_kind::describe_portal
                                                               : answer_kind::describe_statement,
                        "a description");
        case backend::data_row: return on_row(body);
        case backend::command_complete: {
            const auto tag = backend::decode_tag(body);
            return tag ? on_complete(*tag) : fail("was sent a tag that cannot be read");
        }
        case backend::ready_for_query: return on_ready(body);
        default: return fail(std::string("was sent a message of type '") + type + '\'');
    }
}

void client::on_row(bytes_view body) {
    if ((!expects(answer_kind::statement) && !expects(answer_kind::execute)) || failed_with_)
        return fail("was sent a row out of turn");
    was_shown_rows_ = true;
    const auto& of = under_way_.front().owed[at_].of;
    ++rows_;
    if (of.does == verb::show) {
        std::array<std::optional<bytes_view>, 1> row;
        if (!backend::decode_row(body, row) || !row[0]) return fail("was sent another row");
        return on_shown(*row[0]);
    }
    std::array<std::optional<bytes_view>, 2> row;
    if (!of.reads() || !backend::decode_row(body, row) || !row[0] || !row[1]) return fail("was sent another row");
    if (*row[1] != of.mark) return fail("was sent the row of another request: " + std::string(*row[1]));
    auto asked = demands_.front();
    // A snapshot that was taken before is older than what others have done since.
    if (mine_.in_repeatable() && mine_.has_read()) asked.others.reset();
    oracle_.note_read(name_, std::string(*row[0]), of.mark, asked, seen_);
}

void client::on_shown(bytes_view value) {
    const auto expected = mine_.shown(under_way_.front().owed[at_].of.name);
    if (!expected || *expected != value)
        fail("was shown the setting " + std::string(value) + " instead of " + expected.value_or("an error"));
}

void client::on_complete(bytes_view tag) {
    const bool simple = expects(answer_kind::statement);
    if (!simple && !expects(answer_kind::execute)) return fail("was sent a tag out of turn: " + std::string(tag));
    const deed of = under_way_.front().owed[at_].of;
    auto expected = of.tag();
    if (of.does == verb::commit && mine_.is() == transaction::failed) expected = "ROLLBACK";
    if (tag != expected) fail("was sent the tag " + std::string(tag) + " instead of " + expected);
    if (of.does == verb::divide) fail("was sent no error");
    const std::size_t rows = of.does == verb::scan ? 6 : of.does == verb::read || of.does == verb::show ? 1 : 0;
    if (rows_ != rows) fail("was sent " + std::to_string(rows_) + " rows");
    take(simple ? answer_kind::statement : answer_kind::execute, "a tag");
    rows_ = 0;
    if (of.does == verb::reset_all || of.does == verb::discard_all) level_now_ = plan_.policy->routing.level;
    if (of.name != "weir.consistency") mine_.done(of, tag);
}

bool client::may_fail_with(std::string_view code, bool fatal) const {
    if (plan_.sky == weather::calm) return false;
    // What was on its way from a replica that is lost cannot be repeated.
    if (plan_.sky == weather::replicas) return was_shown_rows_ && (fatal || code == sqlstate::serialization_failure);
    constexpr std::array<std::string_view, 9> known = {"08006", "08007", "57P01", "57P02", "57P03",
                                                        "53300", "25006", "40001", "25P02"};
    for (const auto& one : known)
        if (one == code) return true;
    return false;
}

void client::on_error(bytes_view body) {
    const auto error = backend::decode_error(body);
    if (!error) return fail("was sent an error that cannot be read");
    const auto code = error->sqlstate;
    const bool fatal = error->severity == "FATAL";
    in_.log.note([&] { return name_ + " gets " + std::string(error->severity) + ' ' + std::string(code) + ": " + std::string(error->message); });
    if (fatal) {
        if (!may_fail_with(code, true)) fail("was ended with " + std::string(code) + ": " + std::string(error->message));
        fatal_ = true;
        return;
    }
    if (under_way_.empty() || failed_with_ || at_ >= under_way_.front().owed.size() ||
        under_way_.front().owed[at_].is == answer_kind::ready)
        return fail("was sent an error out of turn: " + std::string(code));
    const auto& of = under_way_.front().owed[at_].of;
    const bool meant = (mine_.is() == transaction::failed && code == "25P02") ||
                       (of.does == verb::divide && code == "22012") ||
                       (of.does == verb::show && code == "42704" && !mine_.shown(of.name));
    if (!meant && !may_fail_with(code, false))
        fail("was sent the error " + std::string(code) + ": " + std::string(error->message));
    failed_with_ = std::string(code);
    // Weir has found out that it was not done.
    undone_ = of.does == verb::commit && mine_.is() == transaction::open && code == sqlstate::serialization_failure;
    undone_ ? mine_.commit_failed() : mine_.failed();
    auto& owed = under_way_.front().owed;
    while (at_ < owed.size() && owed[at_].is != answer_kind::ready) ++at_;
}

void client::on_ready(bytes_view body) {
    if (!expects(answer_kind::ready)) return fail("was sent ReadyForQuery and is owed other answers");
    const bool unknown = failed_with_ && (*failed_with_ == "08006" || *failed_with_ == "08007");
    const auto ended = mine_.ready();
    if (body.size() != 1 || body[0] != mine_.status())
        fail("was told to be in '" + std::string(body) + "' and is in '" + mine_.status() + '\'');
    oracle_.note_acknowledged(ended.committed, seen_);
    if (std::exchange(undone_, false)) {
        oracle_.note_undone(ended.rolled_back);
    } else if (!unknown) {
        oracle_.note_impossible(ended.rolled_back);
    }
    if (failed_with_ && !unknown && mine_.is() == transaction::none) oracle_.note_impossible(under_way_.front().writes);
    under_way_.pop_front();
    demands_.pop_front();
    at_ = rows_ = 0;
    was_shown_rows_ = false;
    failed_with_.reset();
    if (under_way_.empty()) think();
}

}  // namespace weir::simulation
