// own_statement: statements that are Weir's and no server's: EXPLAIN ROUTE, and SHOW, SET and RESET of what
// is Weir's. Text in, value out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "query/facts.hpp"

namespace weir::session {

struct own_statement {
    enum class act : std::uint8_t {
        explain_route,     // of `text`
        show_node,         // where the last statement ran
        show_reason,       // ... and why there
        show_consistency,
        set_consistency,   // to `text`
        set_local,         // ... until the end of the transaction
        reset_consistency,
        show_token,        // of all that this session has seen
        set_token,         // reads are no older than `text`
    };

    act is;
    std::string text = {};
};

/// Nearly every statement is passed over at once.
bool may_be_own_statement(const query::facts& known);
std::optional<own_statement> parse_own_statement(std::string_view text);

/// Sets what is Weir's among other things, where Weir cannot see the outcome.
bool hides_own_setting(const query::facts& known);

}  // namespace weir::session
