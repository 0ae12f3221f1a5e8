// The lines of a script about what Weir itself asks of a lease: inspections and preparations. Included by
// script.hpp alone.
#pragma once

namespace weir::session {

inline script& script::asks_for(query::pin_cause kinds, const std::vector<std::string>& custom_names,
                                where w) {
    is_in(phase::inspecting, w);
    if (shell_.lease == nullptr) {
        fail(w, "no lease is held");
        return *this;
    }
    const bytes got = std::exchange(shell_.lease->got, {});
    if (got.size() < 6 || got[0] != wire::frontend::query || load_u32(got.data() + 1) + 1 != got.size()) {
        same(w, "the backend got", shown_to_server(got, names_), std::vector<std::string>{"a question"});
        return *this;
    }
    const auto asked = read_question(bytes_view(got).substr(5, got.size() - 6));
    same(w, "asked for kinds", static_cast<int>(asked.kinds), static_cast<int>(kinds));
    same(w, "asked for settings named", asked.custom_names, custom_names);
    return *this;
}

inline script& script::inspected(query::pin_cause kinds, std::vector<inspection_row> rows, where w) {
    std::vector<std::string> custom_names;
    bool tells_role = false;
    bool tells_user = false;
    for (const auto& row : rows) {
        if (row.names_custom_setting()) custom_names.push_back(*row.columns[1]);
        tells_role = tells_role || row.columns[1] == "role";
        tells_user = tells_user || row.columns[1] == "session_authorization";
    }
    asks_for(kinds, custom_names, w);
    if (query::any(kinds & query::pin_cause::settings)) {
        if (!tells_role) rows.push_back(custom_row("role", "none"));
        if (!tells_user) rows.push_back(custom_row("session_authorization", machine().who().user));
    }
    return backend(inspection_answer(rows), w);
}

inline script& script::is_brought(const std::vector<std::string>& texts, where w) {
    bytes queries;
    for (const auto& text : texts) queries += ask::query(text);
    return is_in(phase::preparing, w).backend_got(queries, w).client_got_nothing(w);
}

inline script& script::brought_over(const std::vector<std::string>& texts, const reply& reported,
                                    where w) {
    is_brought(texts, w);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        client_got_nothing(w);
        reply answer;
        if (i == 0) answer.then(reported);
        backend(answer.row_description().data_row().command_complete("SELECT 1").ready('I'), w);
    }
    return *this;
}

inline script& script::runs(bytes_view text, bytes_view tag, where w) {
    client(ask::query(text));
    if (shell_.asked) expects_lease(primary_node, w).grant(w);
    return backend_got(ask::query(text), w)
        .backend(reply().command_complete(tag).ready('I'), w)
        .client_got(reply().command_complete(tag).ready('I'), w);
}

inline script& script::another_client_comes(const std::vector<wire::startup_parameter>& parameters) {
    if (!shell_.closed) client_leaves();
    shell_.next_client();
    return logs_in(parameters);
}

}  // namespace weir::session
