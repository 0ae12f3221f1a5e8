#include "simulation/sentence.hpp"

#include <array>

#include "session/commit_mark.hpp"
#include "session/connection_start.hpp"

namespace weir::simulation {
namespace {

/// The words of a text; a quoted string is one word, without its quotes.
class words {
public:
    explicit words(std::string_view text) : rest_(text) {}

    std::string_view next() {
        skip();
        if (rest_.empty()) return {};
        if (rest_.front() == '\'' || rest_.front() == '"') {
            const auto end = rest_.find(rest_.front(), 1);
            const auto word = rest_.substr(1, end - 1);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
            return word;
        }
        const auto end = std::min(rest_.find_first_of(" ,=()'\""), rest_.size());
        const auto word = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return word;
    }
    bool takes(std::initializer_list<std::string_view> expected) {
        const auto before = rest_;
        for (const auto& one : expected) {
            if (next() == one) continue;
            rest_ = before;
            return false;
        }
        return true;
    }
    bool ended() {
        skip();
        return rest_.empty();
    }

private:
    void skip() {
        for (;;) {
            while (!rest_.empty() && std::string_view(" ,=()").find(rest_.front()) != std::string_view::npos)
                rest_.remove_prefix(1);
            if (!rest_.starts_with("/*")) return;
            const auto end = rest_.find("*/");
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 2);
        }
    }

    std::string_view rest_;
};

sentence select_of(words from) {
    sentence s;
    if (from.takes({"1/0"})) {
        s.does = verb::divide;
    } else if (from.takes({"pg_catalog.pg_last_wal_replay_lsn"})) {
        s.does = verb::replay_position;
    } else if (from.takes({"pg_catalog.pg_sleep"})) {
        s.does = verb::wait;
    } else if (from.takes({"pg_catalog.pg_xact_status"})) {
        s.does = verb::outcome;
        s.value = from.next();
    } else if (from.takes({"v"})) {
        s.mark = from.next();
        if (!from.takes({"from", "r"})) return s;
        s.does = verb::scan;
        if (from.takes({"where", "k"})) {
            s.does = verb::read;
            s.key = from.next();
        }
    }
    return s;
}

/// SELECT pg_catalog.set_config('a', 'b', false), pg_catalog.set_config(...)
sentence set_configs(words from) {
    sentence s;
    s.does = verb::set_configs;
    while (from.takes({"pg_catalog.set_config"})) {
        const std::string name(from.next());
        const std::string value(from.next());
        from.next();
        s.assignments.emplace_back(name, value);
    }
    return s;
}

sentence question_of_weirs(std::string_view text) {
    sentence s;
    if (text == session::start_question()) {
        s.does = verb::start_question;
    } else if (text == session::commit_mark::question()) {
        s.does = verb::commit_mark;
    } else if (text.starts_with("SELECT '")) {
        s.does = verb::inspection;
        s.wants_settings = text.find("pg_show_all_settings") != std::string_view::npos;
        static constexpr std::string_view by_name = "pg_catalog.current_setting('";
        for (auto at = text.find(by_name); at != std::string_view::npos; at = text.find(by_name, at)) {
            at += by_name.size();
            const auto name = text.substr(at, text.find('\'', at) - at);
            if (name.find('.') != std::string_view::npos) s.assignments.emplace_back(name, "");
        }
    } else if (text.starts_with("SELECT pg_catalog.set_config(")) {
        words from(text);
        from.next();
        s = set_configs(from);
    }
    return s;
}

sentence begin_of(words from, bool says_start) {
    sentence s;
    s.does = verb::begin;
    s.says_start = says_start;
    s.repeatable = from.takes({"isolation", "level", "repeatable", "read"});
    s.read_only = from.takes({"read", "only"});
    return s;
}

sentence reset_of(words from) {
    sentence s;
    s.name = from.next();
    s.does = verb::reset;
    if (s.name == "ROLE" || s.name == "SESSION") s.does = verb::reset_identity;
    if (s.name == "all" || s.name == "ALL") s.does = verb::reset_all;
    return s;
}

sentence discard_of(words from) {
    sentence s;
    const auto what = from.next();
    s.does = what == "SEQUENCES" ? verb::discard_sequences : verb::discard_all;
    return s;
}

sentence one(std::string_view text) {
    sentence s = question_of_weirs(text);
    if (s.does != verb::unknown) return s;
    words from(text);
    if (from.ended()) {
        s.does = verb::empty;
        return s;
    }
    const auto first = from.next();
    if (first == "select" || first == "SELECT") return select_of(from);
    if (first == "begin") return begin_of(from, false);
    if (first == "start") return from.takes({"transaction"}) ? begin_of(from, true) : s;
    if (first == "commit") s.does = verb::commit;
    if (first == "rollback" || first == "ROLLBACK") s.does = verb::rollback;
    if (first == "RESET" || first == "reset") return reset_of(from);
    if (first == "DISCARD" || first == "discard") return discard_of(from);
    if (first == "DEALLOCATE") s.does = verb::deallocate_all;
    if (first == "show") {
        s.does = verb::show;
        s.name = from.next();
    }
    if (first == "set") {
        s.does = verb::set;
        s.name = from.next();
        s.value = from.next();
    }
    if (first == "update" && from.takes({"r", "set", "v"})) {
        s.does = verb::update;
        s.value = from.next();
        if (from.takes({"where", "k"})) s.key = from.next();
    }
    return s;
}

}  // namespace

std::vector<sentence> understand(std::string_view text) {
    std::vector<sentence> all;
    for (;;) {
        const auto end = text.find(';');
        auto found = one(text.substr(0, end));
        if (found.does != verb::empty) all.push_back(std::move(found));
        if (end == std::string_view::npos) return all;
        text.remove_prefix(end + 1);
    }
}

bool may_run_on_replica(const sentence& s) { return s.does != verb::update; }

bool returns_rows(const sentence& s) {
    switch (s.does) {
        case verb::read:
        case verb::scan:
        case verb::divide:
        case verb::show:
        case verb::set_configs:
        case verb::inspection:
        case verb::start_question:
        case verb::replay_position:
        case verb::commit_mark:
        case verb::outcome:
        case verb::wait: return true;
        default: return false;
    }
}

}  // namespace weir::simulation
