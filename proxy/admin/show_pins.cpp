#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

struct pin_row {
    const status::client_report& client;
    const status::pin_report& pin;
};

const column<pin_row> columns[] = {
    {"user", [](const pin_row& r) { return text(r.client.user); }},
    {"database", [](const pin_row& r) { return text(r.client.database); }},
    {"application_name", [](const pin_row& r) { return text(r.client.application_name); }},
    {"addr", [](const pin_row& r) { return text(r.client.address); }},
    {"ptr", [](const pin_row& r) { return number(r.client.pid); }},
    {"node", [](const pin_row& r) { return text(r.client.node); }},
    {"reason", [](const pin_row& r) { return text(r.pin.reason); }},
    {"seconds",
     [](const pin_row& r) { return number(std::chrono::duration_cast<std::chrono::seconds>(r.pin.held).count()); }},
    {"digest", [](const pin_row& r) { return text(r.pin.digest); }},
    {"worker", [](const pin_row& r) { return number(r.client.worker); }},
};

}  // namespace

status::table show_pins(const status::report& now) {
    std::vector<pin_row> rows;
    for (const auto& client : now.clients_list)
        for (const auto& pin : client.pinned) rows.push_back({client, pin});
    return lay_out(columns, rows);
}

}  // namespace weir::admin
