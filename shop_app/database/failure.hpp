// What can go wrong between the shop and its database, sorted by what the shop can do about it.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace shop::database {

enum class failure_kind {
    unreachable,  // no connection to be had: nothing was run
    lost,         // the connection broke or the server is going away: what was open is rolled back
    too_slow,     // no answer in time; the connection is given up
    conflict,     // serialization failure or deadlock: rolled back, worth running again
    unknown,      // the answer to COMMIT was lost: it may have happened or not
    refused,      // the statement itself: a constraint, a right, a mistake of ours
};

failure_kind kind_of(std::string_view sqlstate);

class failure : public std::runtime_error {
public:
    failure(failure_kind kind, std::string sqlstate, const std::string& message)
        : std::runtime_error(message), kind_(kind), sqlstate_(std::move(sqlstate)) {}

    failure_kind kind() const { return kind_; }
    // "" when no server said so.
    const std::string& sqlstate() const { return sqlstate_; }

    // Nothing of it is left in the database and a second try may go better.
    bool may_run_again() const {
        return kind_ == failure_kind::lost || kind_ == failure_kind::conflict;
    }

private:
    failure_kind kind_;
    std::string sqlstate_;
};

}  // namespace shop::database
