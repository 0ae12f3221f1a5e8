// oracle: knows what Weir has promised, and holds what the clients were told against what truly happened.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "simulation/node.hpp"
#include "simulation/plan.hpp"

namespace weir::simulation {

/// What a read must be shown.
struct demand {
    bool own = true;                        // all that its session has seen and written
    std::optional<state_of_data> others;    // ... and this, of others
};

class oracle {
public:
    oracle(surroundings& in, const plan& how) : in_(in), plan_(how) {}

    /// All that any client was told to be committed.
    const state_of_data& acknowledged() const { return acknowledged_; }

    /// A client was told that these are committed, in one transaction. seen: by that client's session.
    void note_acknowledged(const std::vector<std::string>& values, state_of_data& seen);
    /// What a client was told proves that these never are.
    void note_impossible(const std::vector<std::string>& values);
    /// A client was told that these are not there, and is to repeat them: a primary that is no more may have had them.
    void note_undone(const std::vector<std::string>& values) { undone_.insert(values.begin(), values.end()); }
    /// A client was shown a row by the execution of this number: it is of that client's statement, and its state
    /// is no older than what was seen and what was demanded.
    void note_read(const std::string& who, const std::string& value, const std::string& mark, const demand& asked,
                   state_of_data& seen);
    /// Nothing fails any more, and this is the primary.
    void check_at_end(const node& primary);

private:
    surroundings& in_;
    const plan& plan_;
    state_of_data acknowledged_;
    std::vector<std::string> told_;
    std::set<std::string> impossible_;
    std::set<std::string> undone_;
};

}  // namespace weir::simulation
