#include <algorithm>
#include <set>

#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

using status::pool_report;
using std::chrono::duration_cast;
using std::chrono::microseconds;

/// For states of PgBouncer that Weir's connections and clients are never in.
template <class Record>
cell none(const Record&) {
    return number(0);
}

std::int64_t longest_wait_us(const pool_report& p) {
    return duration_cast<microseconds>(p.longest_wait).count();
}

const column<pool_report> pool_columns[] = {
    {"database", [](const pool_report& p) { return text(p.database); }},
    {"user", [](const pool_report& p) { return text(p.user); }},
    {"cl_active", [](const pool_report& p) { return number(p.clients_active); }},
    {"cl_waiting", [](const pool_report& p) { return number(p.clients_waiting); }},
    // A cancel is no client of a pool here: it goes to the node that runs the statement, at once.
    {"cl_active_cancel_req", none},
    {"cl_waiting_cancel_req", none},
    {"sv_active", [](const pool_report& p) { return number(p.servers_active); }},
    {"sv_active_cancel", none},
    {"sv_being_canceled", none},
    {"sv_idle", [](const pool_report& p) { return number(p.servers_idle); }},
    {"sv_used", none},
    {"sv_tested", none},
    {"sv_login", [](const pool_report& p) { return number(p.servers_login); }},
    {"maxwait", [](const pool_report& p) { return number(longest_wait_us(p) / 1'000'000); }},
    {"maxwait_us", [](const pool_report& p) { return number(longest_wait_us(p) % 1'000'000); }},
    {"pool_mode", [](const pool_report& p) { return text(p.mode); }},
    {"cluster", [](const pool_report& p) { return text(p.cluster); }},
    {"node", [](const pool_report& p) { return text(p.node); }},
    {"size", [](const pool_report& p) { return number(p.limit); }},
};

struct database_row {
    status::database_report is;
    const cluster::node_address* primary;  // null: none is known
    bool paused;
    std::size_t connections = 0;

    const std::string& at_nodes() const { return is.dbname.empty() ? is.name : is.dbname; }
};

const column<database_row> database_columns[] = {
    {"name", [](const database_row& r) { return text(r.is.name); }},
    {"host", [](const database_row& r) { return r.primary ? text(r.primary->host) : unknown(); }},
    {"port", [](const database_row& r) { return r.primary ? number(r.primary->port) : unknown(); }},
    {"database", [](const database_row& r) { return text(r.at_nodes()); }},
    {"force_user", [](const database_row&) { return unknown(); }},
    {"pool_size", [](const database_row& r) { return number(r.is.pool_size); }},
    {"min_pool_size", none},
    {"reserve_pool", none},
    {"pool_mode", [](const database_row& r) { return text(r.is.mode); }},
    {"max_connections", none},  // 0: no limit of its own
    {"current_connections", [](const database_row& r) { return number(r.connections); }},
    {"paused", [](const database_row& r) { return number(r.paused); }},
    {"disabled", none},
    {"cluster", [](const database_row& r) { return text(r.is.cluster); }},
};

const cluster::node_address* primary_of(const status::report& now, const std::string& cluster) {
    for (const auto& one : now.clusters) {
        if (one.name != cluster || !one.known->primary) continue;
        const auto* node = one.known->find(*one.known->primary);
        return node == nullptr ? nullptr : &node->address;
    }
    return nullptr;
}

/// The configured ones but "*", and those that came by it: in use or paused.
std::vector<database_row> databases_of(const status::report& now) {
    std::vector<database_row> rows;
    const auto add = [&](const status::database_report& one) {
        database_row row{one, primary_of(now, one.cluster), false};
        row.paused = now.paused.covers(pool::database_at{one.cluster, row.at_nodes()});
        return rows.insert(rows.end(), std::move(row));
    };
    for (const auto& one : now.databases)
        if (one.name != "*") add(one);
    for (const auto& pool : now.pools) {
        const auto same = [&](const database_row& r) {
            return r.is.cluster == pool.cluster && r.at_nodes() == pool.database;
        };
        auto row = std::find_if(rows.begin(), rows.end(), same);
        if (row == rows.end()) {
            status::database_report any{pool.database, "", pool.cluster, pool.mode, pool.limit};
            row = add(any);
        }
        row->connections += pool.servers_active + pool.servers_idle + pool.servers_login;
    }
    for (const auto& held : now.paused.databases) {
        const bool told = std::any_of(rows.begin(), rows.end(), [&](const database_row& r) {
            return r.is.cluster == held.cluster && r.at_nodes() == held.database;
        });
        if (!told) add({held.database, "", held.cluster});
    }
    return rows;
}

struct list_row {
    const char* list;
    std::size_t items;
};

const column<list_row> list_columns[] = {
    {"list", [](const list_row& r) { return text(r.list); }},
    {"items", [](const list_row& r) { return number(r.items); }},
};

}  // namespace

status::table show_pools(const status::report& now) { return lay_out(pool_columns, now.pools); }

status::table show_databases(const status::report& now) {
    return lay_out(database_columns, databases_of(now));
}

// PgBouncer's rows but those about its memory and its name lookups, which Weir does not have.
status::table show_lists(const status::report& now) {
    std::set<std::string_view> users;
    std::size_t nodes = 0;
    std::size_t logging_in = 0;
    std::size_t idle = 0;
    std::size_t used = 0;
    for (const auto& pool : now.pools) {
        users.insert(pool.user);
        idle += pool.servers_idle;
        used += pool.servers_active;
    }
    for (const auto& client : now.clients_list) {
        if (!client.user.empty()) users.insert(client.user);
        logging_in += client.state == "login";
    }
    for (const auto& one : now.clusters) nodes += one.known->nodes.size();
    const list_row rows[] = {
        {"databases", databases_of(now).size()},
        {"users", users.size()},
        {"pools", now.pools.size()},
        {"used_clients", now.clients},
        {"login_clients", logging_in},
        {"free_servers", idle},
        {"used_servers", used},
        {"clusters", now.clusters.size()},
        {"nodes", nodes},
        {"workers", now.workers},
        {"max_clients", now.max_clients},
    };
    return lay_out(list_columns, rows);
}

}  // namespace weir::admin
