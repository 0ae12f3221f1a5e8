#include "simulation/request.hpp"

#include "wire/frontend.hpp"

namespace weir::simulation {

namespace frontend = wire::frontend;

request request::simple(const std::vector<deed>& all) {
    request r;
    std::string text;
    for (const auto& one : all) {
        if (!text.empty()) text += "; ";
        text += one.text();
        r.owed.push_back({answer_kind::statement, one});
        if (one.writes()) r.writes.push_back(one.value);
    }
    frontend::append_query(r.wire, text);
    r.owed.push_back({answer_kind::ready});
    return r;
}

request& request::parse(const deed& what, const std::string& name) {
    bytes types;
    append_u16(types, 0);
    frontend::append_parse(wire, name, what.prepared_text(), types);
    owed.push_back({answer_kind::parse, what, name});
    return *this;
}

request& request::bind(const deed& what, const std::string& name, bool with_values) {
    const auto values = with_values ? what.values() : std::vector<std::string>();
    bytes rest;
    append_u16(rest, 0);
    append_u16(rest, static_cast<std::uint16_t>(values.size()));
    for (const auto& v : values) {
        append_u32(rest, static_cast<std::uint32_t>(v.size()));
        rest.append(v);
    }
    append_u16(rest, 0);
    frontend::append_bind_head(wire, "", name, rest.size());
    wire.append(rest);
    owed.push_back({answer_kind::bind, what});
    return *this;
}

request& request::describe_statement(const deed& what, const std::string& name) {
    frontend::append_target(wire, frontend::describe, 'S', name);
    owed.push_back({answer_kind::describe_statement, what});
    return *this;
}

request& request::describe_portal(const deed& what) {
    frontend::append_target(wire, frontend::describe, 'P', "");
    owed.push_back({answer_kind::describe_portal, what});
    return *this;
}

request& request::execute(const deed& what) {
    frontend::append_execute(wire, "", 0);
    owed.push_back({answer_kind::execute, what});
    if (what.writes()) writes.push_back(what.value);
    return *this;
}

request& request::close(const std::string& name) {
    frontend::append_target(wire, frontend::close, 'S', name);
    owed.push_back({answer_kind::close, {}, name});
    return *this;
}

request& request::flush() {
    frontend::append_flush(wire);
    pause_at = wire.size();
    return *this;
}

request& request::sync() {
    frontend::append_sync(wire);
    owed.push_back({answer_kind::ready});
    return *this;
}

}  // namespace weir::simulation
