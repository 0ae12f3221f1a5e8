// own_statement: statements that are Weir's and no server's: EXPLAIN ROUTE, and SHOW, SET and RESET of what
// is Weir's. Text in, value out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query/facts.hpp"
#include "routing/policy.hpp"

namespace weir::session {

enum class own_setting : std::uint8_t {
    none,
    node,            // where the last statement ran
    reason,          // ... and why there
    token,           // of all that this session has seen
    consistency,
    commit_outcome,
};
std::string_view to_string(own_setting s);

struct own_statement {
    enum class act : std::uint8_t {
        explain_route,  // of `text`
        show,
        set,            // to `text`
        set_local,      // ... until the end of the transaction
        reset,          // to what the client connected with
    };

    act is;
    own_setting about = own_setting::none;
    std::string text = {};
};

/// Of what is Weir's in a session: what was said of it.
struct own_values {
    std::optional<routing::consistency> level;
    std::optional<bool> commit_outcome;
};
/// False: it takes no such value.
bool set_own_value(own_values& of, own_setting what, std::string_view text);
/// What may be said of it, as a hint; empty: nothing may.
std::string_view available_values(own_setting what);

/// Nearly every statement is passed over at once.
bool may_be_own_statement(const query::facts& known);
std::optional<own_statement> parse_own_statement(std::string_view text);

/// Sets what is Weir's among other things, where Weir cannot see the outcome.
bool hides_own_setting(const query::facts& known);

}  // namespace weir::session
