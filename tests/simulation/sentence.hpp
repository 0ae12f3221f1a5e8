// sentence: what the simulated servers understand of SQL: the few statements of the simulated clients, and those
// that Weir sends on its own. The texts are such that Weir's own analysis understands them, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::simulation {

enum class verb {
    empty,
    read,                 // select v, 'mark' from r where k = 7
    scan,                 // select v, 'mark' from r
    update,               // update r set v = 5 where k = 7
    divide,               // select 1/0
    begin,
    commit,
    rollback,
    set,                  // set work_mem = '4096'
    show,                 // show work_mem
    reset,                // reset work_mem
    reset_all,
    reset_identity,       // RESET ROLE and its kind
    discard_all,
    discard_sequences,
    deallocate_all,
    set_configs,          // SELECT pg_catalog.set_config('work_mem', '4096', false), ...
    inspection,           // what is left on the connection
    start_question,       // what the connection began with
    replay_position,
    commit_mark,          // which id the transaction has
    outcome,              // what has become of the one with the id `value`
    wait,
    unknown,
};

struct sentence {
    verb does = verb::unknown;
    std::string key;    // or $n
    std::string value;  // likewise
    std::string mark;   // likewise
    std::string name;   // of a setting
    bool read_only = false;
    bool repeatable = false;
    bool says_start = false;
    bool wants_settings = false;  // of an inspection
    std::vector<std::pair<std::string, std::string>> assignments;
};

/// The statements of a query string.
std::vector<sentence> understand(std::string_view text);

/// No statement that changes what replicas hold.
bool may_run_on_replica(const sentence& s);
bool returns_rows(const sentence& s);

}  // namespace weir::simulation
