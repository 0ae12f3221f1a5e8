// inspection: one question to the server about the connection that a session holds: what it has set, and
// what it has left there that cannot be carried. Text out, rows in; it decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "query/facts.hpp"
#include "session/settings.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::session {

class inspection {
public:
    /// what: the kinds of state that are asked for; procedural stands for all of them. custom_names:
    /// settings with a dot, which are only found by name. user: who logged in at the node.
    inspection(query::pin_cause what, std::vector<std::string> custom_names, std::string user);

    /// One statement of one result, which needs no right but to connect. Names of operators and
    /// functions are qualified: search_path is the session's.
    std::string question() const;

    /// A piece of a DataRow that answers it. Fault 08P01 where it has another form.
    result<void> on_row(const wire::frame_piece& piece);

    bool asked_for(query::pin_cause kind) const { return query::any(what_ & kind); }
    query::pin_cause what() const { return what_; }
    /// Of temporary, hold_cursor, advisory_lock and listen: what is there.
    query::pin_cause found() const { return found_; }
    /// Null: nothing is set. Only where asked_for(settings).
    settings_ptr found_settings() const;
    /// Names that SQL's PREPARE gave. Only where asked_for(sql_prepare).
    const std::vector<std::string>& found_statements() const { return statements_; }

private:
    result<void> take_row(bytes_view body);

    query::pin_cause what_;
    std::vector<std::string> custom_names_;
    std::string user_;
    query::pin_cause found_ = query::pin_cause::none;
    std::vector<setting> settings_;
    std::vector<std::string> statements_;
    bytes row_;  // as far as it has come
};

}  // namespace weir::session
