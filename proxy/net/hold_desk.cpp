#include "net/hold_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "config/find_database.hpp"

namespace weir::net {
namespace {

constexpr milliseconds look_every{10};

instant clock_now() { return std::chrono::steady_clock::now(); }

std::string_view words_of(const status::standstill& what) {
    return what.of == status::standstill::kind::database ? "PAUSE" : "DRAIN NODE";
}

fault not_paused(const std::string& database) {
    if (database.empty()) return {sqlstate::object_not_in_state, "nothing is paused"};
    return {sqlstate::object_not_in_state, "database \"" + database + "\" is not paused"};
}

}  // namespace

hold_desk::hold_desk(boost::asio::io_context& io, const config::config& config,
                     const std::vector<std::shared_ptr<cluster_hub>>& hubs,
                     const std::vector<std::unique_ptr<worker>>& workers, answer_function answer)
    : config_(config), hubs_(hubs), workers_(workers), io_(io), answer_(std::move(answer)), timer_(io) {}

result<pool::database_at> hold_desk::find_database(const std::string& name) const {
    const auto* found = config::find_database(config_.databases, name);
    if (found == nullptr)
        return fault{sqlstate::invalid_catalog_name, "database \"" + name + "\" does not exist", "",
                     "Weir has no [database] section of this name, nor one for \"*\"."};
    return pool::database_at{found->cluster, found->dbname.empty() ? name : found->dbname};
}

/// One server may be a node of several clusters.
result<std::vector<hold_desk::node_at>> hold_desk::find_nodes(const std::string& name) const {
    std::vector<node_at> found;
    std::string known;
    for (std::size_t h = 0; h < hubs_.size(); ++h) {
        for (const auto& node : hubs_[h]->probes.latest()->nodes) {
            if (node.gone) continue;
            known += (known.empty() ? "" : ", ") + node.address.name;
            if (node.address.name == name) found.emplace_back(h, node.id);
        }
    }
    if (found.empty())
        return fault{sqlstate::undefined_object, "there is no node \"" + name + "\"", "",
                     "The nodes are " + known + "."};
    return found;
}

void hold_desk::put_in_force(pool::holds next) {
    paused_ = std::make_shared<const pool::holds>(std::move(next));
    for (const auto& w : workers_) w->use_holds(paused_);
}

result<bool> hold_desk::pause(const std::string& database) {
    auto next = *paused_;
    bool is_new = !std::exchange(next.all, next.all || database.empty());
    if (!database.empty()) {
        auto which = find_database(database);
        if (!which) return which.error();
        is_new = next.databases.insert(*which).second;
    }
    spdlog::info("paused: {}", database.empty() ? "every database" : database);
    put_in_force(std::move(next));
    return is_new;
}

result<pool::database_at> hold_desk::pause_for_kill(const std::string& database) {
    auto paused = pause(database);
    if (!paused) return paused.error();
    return find_database(database);
}

/// Without a name all that is paused goes on, whichever way it was paused.
result<void> hold_desk::resume(const std::string& database) {
    pool::holds next;
    if (!database.empty()) {
        auto which = find_database(database);
        if (!which) return which.error();
        next = *paused_;
        if (next.all)
            return fault{sqlstate::object_not_in_state, "every database is paused", "",
                         "RESUME without a name resumes them all."};
        if (next.databases.erase(*which) == 0) return not_paused(database);
    } else if (paused_->empty()) {
        return not_paused(database);
    }
    spdlog::info("resumed: {}", database.empty() ? "every database" : database);
    put_in_force(std::move(next));
    return {};
}

void hold_desk::set_drained(const std::vector<node_at>& nodes, bool drained) {
    for (const auto& [hub, node] : nodes) hubs_[hub]->probes.set_drained(node, drained);
}

result<bool> hold_desk::drain(const std::string& node) {
    const auto nodes = find_nodes(node);
    if (!nodes) return nodes.error();
    const auto before = drained_.size();
    drained_.insert(nodes->begin(), nodes->end());
    set_drained(*nodes, true);
    return drained_.size() > before;
}

result<void> hold_desk::undrain(const std::string& node) {
    const auto nodes = find_nodes(node);
    if (!nodes) return nodes.error();
    std::size_t ended = 0;
    for (const auto& one : *nodes) ended += drained_.erase(one);
    if (ended == 0) return fault{sqlstate::object_not_in_state, "node \"" + node + "\" is not drained"};
    set_drained(*nodes, false);
    return {};
}

result<hold_scope> hold_desk::scope_of(const status::standstill& what) const {
    hold_scope scope;
    if (what.of == status::standstill::kind::node) {
        auto nodes = find_nodes(what.name);
        if (!nodes) return nodes.error();
        scope.nodes = std::move(*nodes);
    } else if (what.name.empty()) {
        scope.all = true;
    } else {
        auto which = find_database(what.name);
        if (!which) return which.error();
        scope.database = std::move(*which);
    }
    return scope;
}

bool hold_desk::is_in_force(const hold_scope& scope) const {
    if (scope.all) return paused_->all;
    if (scope.database) return paused_->covers(*scope.database);
    return std::all_of(scope.nodes.begin(), scope.nodes.end(),
                       [&](const node_at& n) { return drained_.contains(n); });
}

void hold_desk::take_back(const status::standstill& what) {
    if (!what.is_new) return;
    // What another operator has ended meanwhile has its end already.
    if (what.of == status::standstill::kind::node) {
        (void)undrain(what.name);
    } else if (!what.name.empty()) {
        (void)resume(what.name);
    } else if (paused_->all) {
        auto next = *paused_;
        next.all = false;
        put_in_force(std::move(next));
    }
}

void hold_desk::wait(const console& who, status::table answer) {
    auto scope = scope_of(*answer.after);
    if (!scope) return answer_(who, scope.error());
    const auto until = answer.after->within ? clock_now() + *answer.after->within : never;
    waiting_.push_back({who, std::move(answer), std::move(*scope), until, ++numbers_});
    if (!std::exchange(looking_, true)) look();
}

void hold_desk::cancel(const console& who) {
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        if (waiting_[i].who != who) continue;
        return fail(i, {sqlstate::query_canceled, "canceling statement due to user request"});
    }
}

void hold_desk::fail(std::size_t index, const fault& why) {
    auto gone = std::move(waiting_[index]);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(index));
    const auto& what = *gone.answer.after;
    auto told = why;
    if (what.is_new && is_in_force(gone.scope))
        told.detail += (told.detail.empty() ? "" : " ") + std::string("It is taken back: work goes on.");
    take_back(what);
    answer_(gone.who, told);
}

/// Asks every worker for all who wait. A lease is only ever given back while its pool is held, so that counts
/// of different moments add up to a bound.
void hold_desk::look() {
    struct round {
        std::vector<std::pair<std::uint64_t, hold_scope>> asked;
        std::vector<std::size_t> lent;
        std::size_t left;
    };
    auto now = std::make_shared<round>();
    for (const auto& w : waiting_) now->asked.emplace_back(w.number, w.scope);
    now->lent.resize(now->asked.size());
    now->left = workers_.size();
    for (const auto& w : workers_) {
        w->post([this, now, from = w.get()] {
            std::vector<std::size_t> lent;
            for (const auto& [number, scope] : now->asked) lent.push_back(from->lent(scope));
            boost::asio::post(io_, [this, now, lent = std::move(lent)] {
                for (std::size_t i = 0; i < lent.size(); ++i) now->lent[i] += lent[i];
                if (--now->left > 0) return;
                for (std::size_t i = 0; i < lent.size(); ++i) weigh(now->asked[i].first, now->lent[i]);
                look_later();
            });
        });
    }
}

void hold_desk::look_later() {
    looking_ = !waiting_.empty();
    if (!looking_) return;
    timer_.expires_after(look_every);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) look();
    });
}

void hold_desk::weigh(std::uint64_t number, std::size_t lent) {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                    [&](const waiting& w) { return w.number == number; });
    if (found == waiting_.end()) return;
    const auto index = static_cast<std::size_t>(found - waiting_.begin());
    const std::string words(words_of(*found->answer.after));
    if (!is_in_force(found->scope))
        return fail(index, {sqlstate::object_not_in_state, words + " was ended before it had come to rest"});
    if (lent == 0) {
        auto done = std::move(*found);
        waiting_.erase(found);
        return answer_(done.who, done.answer);
    }
    if (clock_now() < found->until) return;
    fail(index, {sqlstate::query_canceled, words + " did not come to rest in time",
                 std::to_string(lent) + " connections are still in use.",
                 "SHOW CLIENTS tells who is in a transaction, SHOW PINS who keeps a connection between two."});
}

}  // namespace weir::net
