// What a simulated server does for each sentence.
#include <cstdio>

#include "simulation/server.hpp"

namespace weir::simulation {

namespace backend = wire::backend;

namespace {

constexpr int keys = 6;
constexpr const char* default_work_mem = "4096";

std::string filled(const std::string& part, const std::vector<std::string>& values) {
    if (!part.starts_with('$')) return part;
    const auto n = static_cast<std::size_t>(std::stoi(part.substr(1)));
    return n <= values.size() ? values[n - 1] : std::string();
}

bool is_custom(const std::string& name) { return name.find('.') != std::string::npos; }

/// As pg_walfile_name() of the current position.
std::string wal_file(const node& of) {
    char name[25];
    std::snprintf(name, sizeof name, "%08X%016X", of.timeline(), 1u);
    return name;
}

fault read_only_transaction() {
    return {sqlstate::read_only_transaction, "cannot execute UPDATE in a read-only transaction"};
}

}  // namespace

std::size_t server::snapshot() {
    if (repeatable_ && snapshot_) return *snapshot_;
    snapshot_ = node_.visible();
    on_disk_then_ = node_.flushed();
    return *snapshot_;
}

std::string server::value_now(int key, std::size_t at) const {
    for (auto c = changes_.rbegin(); c != changes_.rend(); ++c)
        if (c->key == key) return c->value;
    return node_.value_at(at, key);
}

std::optional<fault> server::read(const sentence& what, const std::vector<std::string>& values,
                                  std::vector<row>& rows) {
    if (node_.in_recovery() && in_.chances.chance(node_.conflicts_per_cent))
        return fault{sqlstate::serialization_failure, "canceling statement due to conflict with recovery"};
    const auto at = snapshot();
    const auto mark = filled(what.mark, values);
    const auto add = [&](int key) {
        execution e{node_.id, node_.state_at(at), {}, mark, value_now(key, at)};
        if (!node_.in_recovery()) e.on_disk = node_.state_at(on_disk_then_);
        const auto number = in_.truth.ran(e);
        rows.push_back({e.value + '/' + std::to_string(number), mark});
    };
    if (what.does == verb::scan) {
        for (int key = 0; key < keys; ++key) add(key);
    } else {
        add(std::stoi(filled(what.key, values)));
    }
    return std::nullopt;
}

std::optional<fault> server::update(const sentence& what, const std::vector<std::string>& values) {
    const auto value = filled(what.value, values);
    if (lent_as_replica)
        in_.log.fail("the write of " + value + " came to " + node_.name + ", which Weir knew as a replica");
    if (node_.in_recovery() || read_only_) return read_only_transaction();
    changes_.push_back({std::stoi(filled(what.key, values)), value});
    return std::nullopt;
}

std::optional<fault> server::show(const std::string& name, std::vector<row>& rows) {
    const auto set_to = settings_.find(name);
    if (set_to != settings_.end()) {
        rows.push_back({set_to->second});
    } else if (name == "work_mem") {
        rows.push_back({default_work_mem});
    } else if (name == "application_name") {
        rows.push_back({start_name_});
    } else if (custom_.contains(name)) {
        rows.push_back({""});
    } else {
        return fault{"42704", "unrecognized configuration parameter \"" + name + '"'};
    }
    return std::nullopt;
}

void server::set(const std::string& name, const std::string& value) {
    settings_[name] = value;
    if (is_custom(name)) custom_.insert(name);
}

void server::reset(const std::string& name) { settings_.erase(name); }

void server::inspect(const sentence& what, std::vector<row>& rows) const {
    if (!what.wants_settings) return;
    for (const auto& [name, value] : settings_)
        if (!is_custom(name)) rows.push_back({"s", name, value, "user"});
    rows.push_back({"s", "role", "none", std::nullopt});
    rows.push_back({"s", "session_authorization", user_, std::nullopt});
    for (const auto& [name, unused] : what.assignments) {
        const auto found = settings_.find(name);
        if (found != settings_.end()) {
            rows.push_back({"s", name, found->second, std::nullopt});
        } else {
            rows.push_back({"s", name, custom_.contains(name) ? std::optional<bytes>("") : std::nullopt, std::nullopt});
        }
    }
}

server::row server::start() const {
    const auto me = node_.probe();
    return {std::to_string(me.at.system_identifier), std::to_string(me.started_at_us), "read committed",
            "\"$user\", public"};
}

std::optional<fault> server::mark_commit(std::vector<row>& rows) {
    if (node_.in_recovery()) return fault{"55000", "recovery is in progress"};
    std::optional<bytes> id;
    if (!changes_.empty()) {
        transaction_ = node_.begin_transaction(weak_from_this());
        id = std::to_string(transaction_);
    }
    rows.push_back({id, to_string(node_.inserted()), wal_file(node_)});
    return std::nullopt;
}

std::optional<fault> server::tell_outcome(const sentence& what, std::vector<row>& rows) const {
    if (node_.in_recovery()) return fault{"55000", "recovery is in progress"};
    const auto said = node_.status_of(std::stoull(what.value));
    if (!said) return fault{sqlstate::invalid_parameter_value, "transaction ID " + what.value + " is in the future"};
    rows.push_back({*said, std::nullopt, wal_file(node_)});
    return std::nullopt;
}

void server::begin_transaction(const sentence& how) {
    status_ = status::in_block;
    read_only_ = how.read_only;
    repeatable_ = how.repeatable;
    snapshot_.reset();
}

void server::roll_back() {
    settings_ = settings_before_;
    changes_.clear();
    transaction_ = 0;
    status_ = status::idle;
    read_only_ = repeatable_ = false;
    snapshot_.reset();
}

void server::commit(std::function<void()> then) {
    if (status_ == status::failed) roll_back();
    auto changes = std::exchange(changes_, {});
    settings_before_ = settings_;
    status_ = status::idle;
    read_only_ = repeatable_ = false;
    snapshot_.reset();
    const auto transaction = std::exchange(transaction_, 0);
    if (changes.empty()) return then();
    if (node_.in_recovery()) return in_.log.fail("a replica was to commit a write");
    const auto values = changes;
    node_.commit(std::move(changes), transaction, [self = shared_from_this(), values, then = std::move(then)] {
        if (self->over_) return;
        for (const auto& c : values) self->in_.truth.vouched_for(c.value);
        then();
    });
}

std::optional<fault> server::run(const sentence& what, const std::vector<std::string>& values,
                                 std::vector<row>& rows) {
    const bool ends = what.does == verb::commit || what.does == verb::rollback;
    if (status_ == status::failed && !ends)
        return fault{sqlstate::in_failed_transaction,
                     "current transaction is aborted, commands ignored until end of transaction block"};
    switch (what.does) {
        case verb::read:
        case verb::scan: return read(what, values, rows);
        case verb::update: return update(what, values);
        case verb::divide: return fault{"22012", "division by zero"};
        case verb::begin: begin_transaction(what); break;
        case verb::set: set(what.name, what.value); break;
        case verb::show: return show(what.name, rows);
        case verb::reset: reset(what.name); break;
        case verb::reset_all: settings_.clear(); break;
        case verb::discard_all:
            settings_.clear();
            prepared_.clear();
            portals_.clear();
            break;
        case verb::deallocate_all: prepared_.clear(); break;
        case verb::set_configs: {
            row one;
            for (const auto& [name, value] : what.assignments) {
                set(name, value);
                one.emplace_back(value);
            }
            rows.push_back(std::move(one));
            break;
        }
        case verb::inspection: inspect(what, rows); break;
        case verb::start_question: rows.push_back(start()); break;
        case verb::replay_position: rows.push_back({to_string(node_.replayed())}); break;
        case verb::commit_mark: return mark_commit(rows);
        case verb::outcome: return tell_outcome(what, rows);
        case verb::wait: rows.push_back({""}); break;
        default: break;
    }
    return std::nullopt;
}

/// ParameterStatus of the one setting that is reported.
void server::report_name() {
    const auto found = settings_.find("application_name");
    const auto& name = found != settings_.end() ? found->second : start_name_;
    if (name == told_name_) return;
    told_name_ = name;
    backend::append_parameter(out_, "application_name", name);
}

std::string server::tag_of(const sentence& what, std::size_t rows) const {
    switch (what.does) {
        case verb::update: return "UPDATE 1";
        case verb::begin: return what.says_start ? "START TRANSACTION" : "BEGIN";
        case verb::commit: return status_ == status::failed ? "ROLLBACK" : "COMMIT";
        case verb::rollback: return "ROLLBACK";
        case verb::set: return "SET";
        case verb::show: return "SHOW";
        case verb::reset:
        case verb::reset_identity:
        case verb::reset_all: return "RESET";
        case verb::discard_all: return "DISCARD ALL";
        case verb::discard_sequences: return "DISCARD SEQUENCES";
        case verb::deallocate_all: return "DEALLOCATE ALL";
        default: return "SELECT " + std::to_string(rows);
    }
}

std::vector<bytes> server::columns_of(const sentence& what) const {
    switch (what.does) {
        case verb::read:
        case verb::scan: return {"v", "?column?"};
        case verb::divide: return {"?column?"};
        case verb::show: return {what.name};
        case verb::set_configs: return std::vector<bytes>(what.assignments.size(), "set_config");
        case verb::inspection: return {"?column?", "name", "setting", "context"};
        case verb::start_question: return {"system_identifier", "int8", "current_setting", "search_path"};
        case verb::replay_position: return {"pg_last_wal_replay_lsn"};
        case verb::commit_mark: return {"pg_current_xact_id_if_assigned", "pg_current_wal_insert_lsn", "pg_walfile_name"};
        case verb::outcome: return {"pg_xact_status", "?column?", "pg_walfile_name"};
        case verb::wait: return {"pg_sleep"};
        default: return {};
    }
}

}  // namespace weir::simulation
