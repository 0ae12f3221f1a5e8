#include "session/commit_mark.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "wire/backend.hpp"

namespace weir::session {
namespace {

// The name of a WAL file begins with the timeline in eight hexadecimal digits (FACTS 4).
constexpr std::string_view timeline_sql = "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())";

std::uint32_t timeline_of(std::string_view wal_file) {
    std::uint32_t timeline = 0;
    const auto digits = wal_file.substr(0, 8);
    std::from_chars(digits.data(), digits.data() + digits.size(), timeline, 16);
    return timeline;
}

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

const std::string& commit_mark::question() {
    static const std::string text =
        "SELECT pg_catalog.pg_current_xact_id_if_assigned(), pg_catalog.pg_current_wal_insert_lsn(), " +
        std::string(timeline_sql);
    return text;
}

std::string commit_mark::outcome_question(bool again) const {
    std::string text = again ? "SELECT pg_catalog.pg_sleep(0.05); " : "";
    text += "SELECT pg_catalog.pg_xact_status('" + xid_ + "'), NULL, " + std::string(timeline_sql);
    return text;
}

result<void> commit_mark::on_piece(const wire::frame_piece& piece) {
    if (piece.type != wire::backend::data_row) return {};
    row_.append(piece.body);
    if (!piece.last) return {};
    const auto body = std::exchange(row_, {});
    return take_row(body);
}

result<void> commit_mark::take_row(bytes_view body) {
    // pg_sleep() answers with a row, too.
    std::array<std::optional<bytes_view>, 1> one;
    if (wire::backend::decode_row(body, one)) return {};
    std::array<std::optional<bytes_view>, 3> row;
    if (auto read = wire::backend::decode_row(body, row); !read) return read.error();
    const auto timeline = timeline_of(row[2].value_or(""));
    if (now == stage::settling) {
        status_ = row[0].value_or("");
        timeline_now_ = timeline;
        return {};
    }
    const auto at = parse_lsn(row[1].value_or(""));
    if (!row[0] || !is_number(*row[0]) || !at) return {};
    xid_ = *row[0];
    at_ = {started_on_.system_identifier, timeline, *at};
    return {};
}

void commit_mark::look_for_flush(const cluster::node_state* node) {
    if (node != nullptr && is_known() && node->started_at_us == started_on_.started_at_us)
        flushed_ = flushed_ || cluster::has_reached(node->known, at_);
}

/// What the server says of the id is said of that transaction, and not of another one that was given the id anew.
bool commit_mark::is_proved_on(const connection_start& now_on, const cluster::snapshot& known) const {
    const bool same_timeline = timeline_now_ == at_.timeline;
    if (same_timeline && now_on.started_at_us == started_on_.started_at_us) return true;
    if (!flushed_ || same_timeline) return flushed_;
    if (known.history == nullptr || known.history->of != timeline_now_) return false;
    return cluster::carried_over(at_, now_on.system_identifier, *known.history) ==
           cluster::position{at_.system_identifier, timeline_now_, at_.at};
}

commit_outcome commit_mark::outcome(const connection_start& now_on, std::string_view error,
                                    const cluster::snapshot& known) const {
    if (!now_on.is_known() || now_on.system_identifier != at_.system_identifier) return commit_outcome::unknown;
    // "transaction ID is in the future": the server that goes on has never given it to anybody.
    if (error == sqlstate::invalid_parameter_value) return commit_outcome::rolled_back;
    if (!error.empty()) return commit_outcome::in_progress;
    const bool proved = is_proved_on(now_on, known);
    // Whoever was given the id anew was given it because this one is lost.
    if (status_ == "aborted") return commit_outcome::rolled_back;
    if (status_ == "committed") return proved ? commit_outcome::committed : commit_outcome::unknown;
    if (status_ == "in progress") return proved ? commit_outcome::in_progress : commit_outcome::unknown;
    return commit_outcome::unknown;
}

}  // namespace weir::session
