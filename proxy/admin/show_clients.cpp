#include "admin/layout.hpp"
#include "admin/moment.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

struct client_row {
    const status::client_report& is;
    std::int64_t now_us;  // 0: not known

    std::int64_t waiting_us() const { return duration_cast<microseconds>(is.waiting).count(); }
};

/// PgBouncer says "unix" for the address of a Unix socket.
cell host_of(const std::string& address) {
    if (address.empty()) return unknown();
    auto host = address.substr(0, address.rfind(':'));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return text(host);
}

cell port_of(const std::string& address) {
    if (address.empty()) return unknown();
    const auto colon = address.rfind(':');
    return colon == address.npos ? number(0) : text(address.substr(colon + 1));
}

const column<client_row> columns[] = {
    {"type", [](const client_row&) { return text("C"); }},
    {"user", [](const client_row& r) { return text(r.is.user); }},
    {"database", [](const client_row& r) { return text(r.is.database); }},
    {"state", [](const client_row& r) { return text(r.is.state); }},
    {"addr", [](const client_row& r) { return host_of(r.is.address); }},
    {"port", [](const client_row& r) { return port_of(r.is.address); }},
    {"local_addr", [](const client_row& r) { return host_of(r.is.local_address); }},
    {"local_port", [](const client_row& r) { return port_of(r.is.local_address); }},
    {"connect_time", [](const client_row& r) { return moment(r.now_us, r.is.age); }},
    {"request_time",
     [](const client_row& r) {
         return r.is.since_request ? moment(r.now_us, *r.is.since_request) : unknown();
     }},
    {"wait", [](const client_row& r) { return number(r.waiting_us() / 1'000'000); }},
    {"wait_us", [](const client_row& r) { return number(r.waiting_us() % 1'000'000); }},
    {"close_needed", [](const client_row&) { return number(0); }},
    // What tells one client from another: the process id that the client was told.
    {"ptr", [](const client_row& r) { return number(r.is.pid); }},
    {"link", [](const client_row& r) { return text(r.is.node); }},
    {"remote_pid", [](const client_row&) { return number(0); }},
    {"tls", [](const client_row& r) { return text(r.is.encrypted ? "TLS" : ""); }},
    {"application_name", [](const client_row& r) { return text(r.is.application_name); }},
    {"node", [](const client_row& r) { return text(r.is.node); }},
    {"in_transaction", [](const client_row& r) { return yes_no(r.is.in_transaction); }},
    {"pins", [](const client_row& r) { return text(r.is.pins); }},
    {"worker", [](const client_row& r) { return number(r.is.worker); }},
};

}  // namespace

status::table show_clients(const status::report& now) {
    std::vector<client_row> rows;
    for (const auto& client : now.clients_list) rows.push_back({client, now.taken_at_us});
    return lay_out(columns, rows);
}

}  // namespace weir::admin
