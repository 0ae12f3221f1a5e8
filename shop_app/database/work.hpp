// The two ways in which the shop uses its database: a read, and a transaction. Both are run a
// second time, once, where the first try is known to have left nothing behind.
#pragma once

#include <utility>

#include "database/connection_pool.hpp"
#include "database/failure.hpp"
#include "database/sight.hpp"

namespace shop::database {

// The second try gets another connection where the first one broke: the pool sees to it.
template <class Act>
auto twice_if_needed(Act act) {
    try {
        return act();
    } catch (const failure& error) {
        if (!error.may_run_again()) throw;
    }
    return act();
}

// `act(connection)` runs plain SELECTs, each a transaction of its own.
template <class Act>
auto read(connection_pool& pool, affinity key, Act act) {
    return twice_if_needed([&] {
        const auto taken = pool.take(key);
        return act(*taken);
    });
}

// One statement that writes. Never repeated: where the connection broke it may have happened.
// on_written(what has been seen by then), once it has.
template <class Act, class Told>
auto write(connection_pool& pool, affinity key, Act act, Told on_written) {
    const auto taken = pool.take(key);
    auto result = act(*taken);
    on_written(sight::note(*taken));
    return result;
}

inline constexpr auto tell_nobody = [](const std::string&) {};

template <class Act>
auto write(connection_pool& pool, affinity key, Act act) {
    return write(pool, key, act, tell_nobody);
}

// Ends a transaction that has not been committed; a connection that cannot even do that is thrown
// away by the pool.
class open_transaction {
public:
    explicit open_transaction(connection& on) : on_(on) { on_.run("BEGIN"); }
    open_transaction(const open_transaction&) = delete;
    open_transaction& operator=(const open_transaction&) = delete;
    ~open_transaction();

    // Throws failure::unknown when the answer did not come.
    void commit();

private:
    connection& on_;
    bool is_over_ = false;
};

// `act(connection)` between BEGIN and COMMIT: `should_commit(its result)` says which end it has. on_written as above.
template <class Act, class Question, class Told>
auto transact(connection_pool& pool, affinity key, Act act, Question should_commit, Told on_written) {
    return twice_if_needed([&] {
        const auto taken = pool.take(key);
        open_transaction transaction(*taken);
        auto result = act(*taken);
        if (should_commit(result)) {
            transaction.commit();
            on_written(sight::note(*taken));
        }
        return result;
    });
}

template <class Act, class Question>
auto transact(connection_pool& pool, affinity key, Act act, Question should_commit) {
    return transact(pool, key, act, should_commit, tell_nobody);
}

}  // namespace shop::database
