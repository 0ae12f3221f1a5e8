// request: what a simulated client sends at once, up to a Query or a Sync, and the answers that it is owed for it, in
// order.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "simulation/deed.hpp"

namespace weir::simulation {

enum class answer_kind {
    parse,
    bind,
    describe_statement,
    describe_portal,
    execute,
    close,
    statement,  // of a Query
    ready,
};

struct owed_answer {
    answer_kind is;
    deed of = {};
    std::string name = {};  // of a statement that is prepared or given up
};

struct request {
    bytes wire;
    std::vector<owed_answer> owed;
    std::vector<std::string> writes;  // values
    std::size_t pause_at = 0;         // what follows is sent some time later; 0: nothing
    bool was_cut = false;             // the client left in the middle of it

    /// One Query.
    static request simple(const std::vector<deed>& all);

    request& parse(const deed& what, const std::string& name);
    request& bind(const deed& what, const std::string& name, bool with_values = true);
    request& describe_statement(const deed& what, const std::string& name);
    request& describe_portal(const deed& what);
    request& execute(const deed& what);
    request& close(const std::string& name);
    /// What came so far is to be answered at once.
    request& flush();
    request& sync();
};

}  // namespace weir::simulation
