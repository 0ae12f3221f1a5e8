#include "admin/layout.hpp"
#include "admin/moment.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

struct server_row {
    const status::server_report& is;
    std::int64_t now_us;
};

cell none(const server_row&) { return number(0); }
cell not_told(const server_row&) { return unknown(); }

const column<server_row> columns[] = {
    {"type", [](const server_row&) { return text("S"); }},
    {"user", [](const server_row& r) { return text(r.is.user); }},
    {"database", [](const server_row& r) { return text(r.is.database); }},
    {"state", [](const server_row& r) { return text(r.is.state); }},
    {"addr", [](const server_row& r) { return text(r.is.host); }},
    {"port", [](const server_row& r) { return number(r.is.port); }},
    {"local_addr", not_told},
    {"local_port", not_told},
    {"connect_time", [](const server_row& r) { return moment(r.now_us, r.is.age); }},
    {"request_time", not_told},
    {"wait", none},
    {"wait_us", none},
    {"close_needed", none},
    {"ptr", [](const server_row& r) { return number(r.is.id); }},
    // The client that has it: its ptr in SHOW CLIENTS.
    {"link", [](const server_row& r) { return r.is.client_pid > 0 ? number(r.is.client_pid) : text(""); }},
    {"remote_pid", [](const server_row& r) { return number(r.is.pid); }},
    {"tls", [](const server_row& r) { return text(r.is.encrypted ? "TLS" : ""); }},
    {"application_name", not_told},
    {"cluster", [](const server_row& r) { return text(r.is.cluster); }},
    {"node", [](const server_row& r) { return text(r.is.node); }},
    {"worker", [](const server_row& r) { return number(r.is.worker); }},
};

}  // namespace

status::table show_servers(const status::report& now) {
    std::vector<server_row> rows;
    for (const auto& one : now.servers) rows.push_back({one, now.taken_at_us});
    return lay_out(columns, rows);
}

}  // namespace weir::admin
