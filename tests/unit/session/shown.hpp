// shown: a byte stream of one direction -> its messages as readable lines, so that a test that fails says
// in which message. Two streams that look the same are the same, but for details and hints of errors.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "session/statement.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"

namespace weir::session {

/// Statements bear numbers that are unique in the process; a script calls them $1, $2 in the order in
/// which they are first seen.
class name_table {
public:
    std::string shown(bytes_view name) {
        const std::string text(name);
        if (!name.starts_with(statement::server_prefix) || name == "weir_0") return text;
        auto [at, added] = known_.try_emplace(text, "");
        if (added) at->second = "$" + std::to_string(known_.size());
        return at->second;
    }

private:
    std::map<std::string, std::string> known_;
};

inline std::string readable(bytes_view data) {
    std::string out;
    for (const char c : data.substr(0, 200)) {
        if (c >= ' ' && c < 127) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += "\\x";
            out.push_back("0123456789abcdef"[byte >> 4]);
            out.push_back("0123456789abcdef"[byte & 15]);
        }
    }
    if (data.size() > 200) out += "... " + std::to_string(data.size()) + " bytes, hash " +
                                  std::to_string(std::hash<bytes_view>{}(data));
    return out;
}

inline std::string show_from_client(char type, bytes_view body, name_table& names) {
    namespace frontend = wire::frontend;
    if (type == frontend::parse) {
        if (auto m = frontend::decode_parse(body))
            return "Parse '" + names.shown(m->statement) + "' " + readable(m->query) + " " +
                   readable(m->parameter_types);
    } else if (type == frontend::bind) {
        if (auto m = frontend::decode_bind(body))
            return "Bind '" + std::string(m->portal) + "' to '" + names.shown(m->statement) + "' " +
                   readable(m->rest);
    } else if (type == frontend::describe || type == frontend::close) {
        if (auto m = frontend::decode_target(body))
            return std::string(type == frontend::close ? "Close " : "Describe ") + m->kind + " '" +
                   names.shown(m->name) + "'";
    } else if (type == frontend::execute) {
        if (auto m = frontend::decode_execute(body))
            return "Execute '" + std::string(m->portal) + "' " + std::to_string(m->max_rows);
    } else if (type == frontend::query) {
        return "Query " + readable(body);
    } else if (type == frontend::sync) {
        return "Sync " + readable(body);
    } else if (type == frontend::flush) {
        return "Flush " + readable(body);
    }
    return std::string("message ") + type + " " + readable(body);
}

inline std::string show_from_server(char type, bytes_view body) {
    namespace backend = wire::backend;
    if (type == backend::error_response || type == backend::notice_response) {
        if (auto e = backend::decode_error(body))
            return std::string(type == backend::error_response ? "ErrorResponse " : "Notice ") +
                   readable(e->severity) + " " + readable(e->sqlstate) + " " + readable(e->message);
    }
    switch (type) {
        case backend::ready_for_query: return "ReadyForQuery " + readable(body);
        case backend::command_complete: return "CommandComplete " + readable(body);
        case backend::parse_complete: return "ParseComplete" + readable(body);
        case backend::bind_complete: return "BindComplete" + readable(body);
        case backend::close_complete: return "CloseComplete" + readable(body);
        case backend::row_description: return "RowDescription " + readable(body);
        case backend::data_row: return "DataRow " + readable(body);
        case backend::no_data: return "NoData" + readable(body);
        default: return std::string("message ") + type + " " + readable(body);
    }
}

/// A message that is not whole yet ends the list as "part ...".
template <class Show>
std::vector<std::string> show_messages(bytes_view stream, Show show) {
    std::vector<std::string> lines;
    while (stream.size() >= 5) {
        const std::size_t length = std::size_t{load_u32(stream.data() + 1)} + 1;
        if (length < 5 || length > stream.size()) break;
        lines.push_back(show(stream[0], stream.substr(5, length - 5)));
        stream.remove_prefix(length);
    }
    if (!stream.empty()) lines.push_back("part " + readable(stream));
    return lines;
}

inline std::vector<std::string> shown_to_server(bytes_view stream, name_table& names) {
    return show_messages(stream,
                         [&](char type, bytes_view body) { return show_from_client(type, body, names); });
}
inline std::vector<std::string> shown_to_client(bytes_view stream) {
    return show_messages(stream, show_from_server);
}

}  // namespace weir::session
