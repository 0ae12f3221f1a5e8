#include "net/secret_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>

#include "net/log_gate.hpp"
#include "net/name_lookup.hpp"
#include "net/random_bytes.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr std::size_t most_known = 10'000;
constexpr std::size_t most_absent = 10'000;
constexpr std::size_t most_nodes_asked = 3;
constexpr milliseconds answer_within{5000};
// So that DROP DATABASE finds no connection of ours.
constexpr milliseconds kept_unused{2000};

/// The primary first: a user just made is not at the replicas yet.
std::vector<node_id> nodes_to_ask(const cluster::snapshot& known) {
    std::vector<node_id> found;
    if (known.primary) found.push_back(*known.primary);
    for (const auto& node : known.nodes)
        if (node.up && (!known.primary || node.id != *known.primary)) found.push_back(node.id);
    if (found.size() > most_nodes_asked) found.resize(most_nodes_asked);
    return found;
}

/// What is in the way is told to the log alone: who asks has not proved who he is.
fault cannot_ask() {
    return {sqlstate::cannot_connect_now, "the user's secret could not be looked up", "", "Weir's log says why."};
}

}  // namespace

/// Its connection, and those who wait for it.
struct secret_desk::counter {
    counter(asio::io_context& io, std::shared_ptr<cluster_hub> of)
        : hub(std::move(of)), connection(io), idle(io), known(most_known), absent(most_absent) {}

    std::shared_ptr<cluster_hub> hub;
    probe_connection connection;
    asio::steady_timer idle;
    std::uint64_t generation = 0;  // of the query; what was asked before it is not kept
    std::deque<question> waiting;
    bool working = false;
    struct known_secret {
        session::user_secret secret;
        instant asked_at;
    };
    expiring_cache<known_secret> known;
    expiring_cache<bool> absent;
    log_gate trouble;
};

secret_desk::secret_desk(asio::io_context& io, const std::vector<std::shared_ptr<cluster_hub>>& hubs)
    : io_(io), hubs_(hubs) {}

secret_desk::~secret_desk() = default;

void secret_desk::use(const config::config& from) {
    auto query = from.auth.query;
    const auto own = from.auth.users.find(query.user);
    if (query.password.empty() && own != from.auth.users.end()) query.password = own->second;
    if (query == query_ && from.tls_server == tls_) return;
    query_ = std::move(query);
    tls_ = from.tls_server;
    for (auto& each : counters_) {
        ++each->generation;
        each->known.clear();
        each->absent.clear();
        if (!each->working) each->connection.close();
    }
}

void secret_desk::doubt(const std::string& user) {
    for (auto& each : counters_)
        if (const auto* found = each->known.find(user, clock::now()))
            each->known.shorten(user, found->asked_at + query_.absence_kept);
}

void secret_desk::ask(std::size_t hub, const std::string& user, answer_function answer) {
    while (counters_.size() < hubs_.size()) counters_.push_back(std::make_shared<counter>(io_, hubs_[counters_.size()]));
    auto& at = counters_[hub];
    const auto now = clock::now();
    if (const auto* known = at->known.find(user, now)) return answer({known->secret, {}});
    if (at->absent.find(user, now) != nullptr) return answer({});
    const auto same = std::find_if(at->waiting.begin(), at->waiting.end(), [&](const question& q) { return q.user == user; });
    if (same != at->waiting.end()) {
        same->answers.push_back(std::move(answer));
        return;
    }
    at->waiting.push_back({user, {std::move(answer)}});
    if (std::exchange(at->working, true)) return;
    asio::co_spawn(io_, work(at), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);  // a bug of ours: not passed over in silence
    });
}

asio::awaitable<void> secret_desk::work(std::shared_ptr<counter> at) {
    at->idle.cancel();
    while (!at->waiting.empty()) {
        const auto user = at->waiting.front().user;
        const auto found = co_await look_up(*at, user);
        // Whoever asked meanwhile is among them.
        const auto asked = std::move(at->waiting.front());
        at->waiting.pop_front();
        for (const auto& answer : asked.answers) answer(found);
    }
    at->working = false;
    close_when_idle(at);
}

void secret_desk::close_when_idle(const std::shared_ptr<counter>& at) {
    at->idle.expires_after(kept_unused);
    at->idle.async_wait([at](boost::system::error_code error) {
        if (!error && !at->working) at->connection.close();
    });
}

asio::awaitable<std::string> secret_desk::connect(counter& at, const config::node_settings& node) {
    std::vector<std::string> addresses;
    if (!is_numeric_host(node.address.host)) {
        name_lookup names(io_, node.address.host);
        addresses = co_await names.resolve(clock::now() + at.hub->settings.probe_timeout);
        if (addresses.empty()) co_return names.trouble();
    }
    const auto& cluster = at.hub->settings;
    const probe_login prober{cluster.probe_user, cluster.probe_password, cluster.probe_database, tls_, cluster.probe_timeout};
    auto with = make_probe_parameters(node, prober, addresses);
    const auto set = [&](const std::string& name, const std::string& value) {
        std::erase_if(with, [&](const auto& p) { return p.first == name; });
        with.emplace_back(name, value);
    };
    if (!query_.user.empty()) {
        set("user", query_.user);
        set("password", query_.password);
    }
    if (!query_.database.empty()) set("dbname", query_.database);
    set("application_name", "weir auth_query");
    co_return co_await at.connection.open(with, clock::now() + cluster.probe_timeout, probe_connection::purpose::asking);
}

session::secret_known secret_desk::take(counter& at, const std::string& user, const probe_connection::row& row) {
    const auto now = clock::now();
    if (row.fields.empty() || !row.fields.back() || row.fields.back()->empty()) {
        if (query_.absence_kept > milliseconds{0}) at.absent.put(user, true, now + query_.absence_kept);
        return {};
    }
    session::secret_known found;
    found.secret = session::make_user_secret(*row.fields.back(), random_bytes(session::user_secret_salt_bytes));
    if (query_.kept > milliseconds{0}) at.known.put(user, {*found.secret, now}, now + query_.kept);
    return found;
}

asio::awaitable<session::secret_known> secret_desk::look_up(counter& at, const std::string& user) {
    const auto generation = at.generation;
    const auto deadline = clock::now() + answer_within;
    std::string trouble = "No node is up.";
    bool was_open = at.connection.is_open();
    const auto nodes = nodes_to_ask(*at.hub->probes.latest());
    for (std::size_t i = 0; i < nodes.size() && clock::now() < deadline;) {
        if (!at.connection.is_open()) {
            const auto wrong = co_await connect(at, at.hub->node(nodes[i]));
            if (!wrong.empty()) {
                trouble = wrong;
                ++i;
                continue;
            }
        }
        const auto row = co_await at.connection.read_row(query_.statement, user, deadline);
        if (row.trouble.empty()) {
            if (generation == at.generation) co_return take(at, user, row);
            at.connection.close();  // another query is in force meanwhile
            continue;
        }
        trouble = row.trouble;
        // One that was kept open may have been closed long ago: the same node is asked by a new one.
        if (!std::exchange(was_open, false)) ++i;
    }
    if (at.trouble.lets(clock::now()))
        spdlog::warn("cluster {}: a user's secret could not be looked up: {}", at.hub->settings.name, trouble);
    session::secret_known failed;
    failed.trouble = cannot_ask();
    co_return failed;
}

}  // namespace weir::net
