#include "session/statement.hpp"

#include <algorithm>
#include <atomic>

namespace weir::session {
namespace {

std::uint64_t next_id() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

constexpr std::size_t kept_key_bytes = 16 * 1024;

std::atomic<std::uint64_t> changes_of_tables{0};

}  // namespace

void statement_store::tables_changed() { changes_of_tables.fetch_add(1, std::memory_order_relaxed); }

std::uint64_t statement_store::table_changes() { return changes_of_tables.load(std::memory_order_relaxed); }

statement_ptr statement_store::intern(bytes_view text, bytes_view parameter_types,
                                      query::verdict_cache& verdicts) {
    if (const auto changes = table_changes(); changes != changes_seen_) {
        changes_seen_ = changes;
        known_.clear();
    }
    std::string of_long_text;
    std::string& key = text.size() <= kept_key_bytes ? key_ : of_long_text;
    key.assign(text).append(1, '\0').append(parameter_types);
    auto found = known_.find(key);
    if (found != known_.end()) {
        if (auto alive = found->second.lock()) return alive;
    }
    auto verdict = verdicts.look_up(text, {});
    auto made = make_own(text, parameter_types, verdict);
    if (!made->by_sql() && !verdict.known->named.empty()) return made;
    if (known_.size() >= purge_at_) forget_unused();
    known_[key] = made;
    return made;
}

statement_ptr statement_store::make_own(bytes_view text, bytes_view parameter_types,
                                        const query::verdict& known) {
    return std::make_shared<const statement>(statement{next_id(), std::string(text),
                                                       bytes(parameter_types), known.known, known.wish,
                                                       known.shape});
}

statement_ptr statement_store::intern_lasting(bytes_view text, bytes_view parameter_types,
                                              query::verdict_cache& verdicts) {
    auto what = intern(text, parameter_types, verdicts);
    if (text.size() > lasting_bytes || std::find(lasting_.begin(), lasting_.end(), what) != lasting_.end())
        return what;
    if (lasting_.size() < lasting_count) {
        lasting_.push_back(what);
    } else {
        lasting_[next_lasting_++ % lasting_count] = what;
    }
    return what;
}

void statement_store::forget_unused() {
    std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
    purge_at_ = std::max<std::size_t>(1024, known_.size() * 2);
}

}  // namespace weir::session
