// facts: what a statement (or a string of statements) does, as far as its text and PostgreSQL's
// grammar tell. A value; it decides nothing. What is not proved harmless is not read-only.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::query {

/// What kind of statement it is, for those that the session has to know. `several` is a string of
/// more than one statement.
enum class statement_kind : std::uint8_t {
    empty,        // nothing but white space, comments and semicolons
    read,         // SELECT, VALUES, TABLE, EXPLAIN of one, COPY (read) TO STDOUT: see read_only
    write,        // anything not listed here
    begin,        // BEGIN, START TRANSACTION
    commit,       // COMMIT, END (not COMMIT PREPARED)
    rollback,     // ROLLBACK, ABORT (not TO SAVEPOINT, not PREPARED)
    savepoint,    // SAVEPOINT, RELEASE, ROLLBACK TO
    set,          // SET, RESET (not LOCAL), SET SESSION CHARACTERISTICS
    set_local,    // SET LOCAL, SET TRANSACTION, SET CONSTRAINTS
    show,
    prepare,      // SQL PREPARE
    execute,      // SQL EXECUTE
    deallocate,   // name in `name`, empty for ALL
    discard_all,
    copy_from_stdin,
    several,
};

/// Why a statement is not proved read-only. One of them is told: the first met.
enum class obstacle : std::uint8_t {
    none,
    unparsed,             // syntax that libpg_query does not know, or an error
    too_long,             // over parse_limit_bytes
    not_a_read,           // a command that writes or changes the session
    locks_rows,           // FOR UPDATE / SHARE ...
    modifying_cte,
    select_into,
    unknown_function,     // not a built-in: may do anything
    volatile_function,    // built-in that writes, locks or must run on the primary
    tells_role,           // answers differently on a replica (pg_is_in_recovery, pg_stat_...)
    unknown_operator,     // qualified or not built-in
    unknown_cast,         // to a type that is not built-in
    reads_setting,        // SHOW, current_setting
    sequence_or_catalog,  // relation whose contents differ between nodes
    transaction_control,  // in a string of several statements
    several,              // string of statements that are not all reads
    not_utf8,             // client encoding or standard_conforming_strings: text is not tokenised
    unknown_relation,     // not in the catalog
    stale_catalog,        // the catalog has changed, and is not read again yet
};
std::string_view phrase(obstacle o);

/// State of a backend connection that a statement may leave behind it. Some of it is carried, the rest
/// keeps the lease (a pin): session/lease_state.hpp says which.
enum class pin_cause : std::uint16_t {
    none = 0,
    settings = 1,          // SET, RESET, set_config
    temporary = 2,         // temporary table, view, sequence
    hold_cursor = 4,       // DECLARE ... WITH HOLD
    advisory_lock = 8,     // pg_advisory_lock and its kind, not the _xact_ ones
    listen = 16,
    sql_prepare = 32,      // PREPARE
    load = 64,
    random_seed = 128,     // setseed
    procedural = 256,      // DO, CALL, text that is not understood: may have done any of these
    sequence_value = 512,  // nextval, setval: currval and lastval would answer
    opaque = 1024,         // text that is not tokenised: may have done any of these, unseen
    unknown_setting = 2048,  // set_config of a name that is computed: it cannot be asked for
};
constexpr pin_cause operator|(pin_cause a, pin_cause b) {
    return static_cast<pin_cause>(static_cast<std::uint16_t>(a) | static_cast<std::uint16_t>(b));
}
constexpr pin_cause operator&(pin_cause a, pin_cause b) {
    return static_cast<pin_cause>(static_cast<std::uint16_t>(a) & static_cast<std::uint16_t>(b));
}
constexpr pin_cause without(pin_cause a, pin_cause b) {
    return static_cast<pin_cause>(static_cast<unsigned>(a) & ~static_cast<unsigned>(b));
}
constexpr bool any(pin_cause c) { return c != pin_cause::none; }
std::string_view phrase(pin_cause single);  // of one cause

enum class access_mode : std::uint8_t { unsaid, read_only, read_write };
enum class isolation : std::uint8_t {
    unsaid,
    read_uncommitted,
    read_committed,
    repeatable_read,
    serializable,
};

/// A statement of SQL's PREPARE, EXECUTE or DEALLOCATE in a string of statements.
struct named_statement {
    enum class act : std::uint8_t { prepare, execute, deallocate, deallocate_all };

    act does = act::execute;
    std::uint16_t index = 0;  // of the statement in its string: the how manieth command tag is its
    std::string name;         // case-folded as the server does; empty for deallocate_all
    std::string text = {};    // of PREPARE: the statement, to be prepared again

    bool operator==(const named_statement&) const = default;
};

/// A name that a statement uses, as it is written. What it stands for is the catalog's to tell.
enum class used_kind : std::uint8_t {
    function,
    operation,
    type,
    relation,
    field,  // a.f or (a).f: calls a function f of one argument where a has no such field
};
struct used_name {
    used_kind kind = used_kind::function;
    std::string schema;  // empty: looked for in the search_path
    std::string name;
    int arguments = -1;  // of a function; -1: any number

    auto operator<=>(const used_name&) const = default;
};

struct facts {
    statement_kind kind = statement_kind::write;
    bool read_only = false;               // proved
    obstacle why_not = obstacle::unparsed;  // none where read_only
    pin_cause pins = pin_cause::none;
    bool literals_matter = false;         // its literals decide: never cached by shape alone
    bool controls_transaction = false;    // any of its statements begins or ends a transaction
    bool exits_transaction = false;       // one statement, which an aborted transaction takes: it ends it, or goes back in it
    bool writes_position = false;         // may leave WAL behind: the floor must rise
    access_mode access = access_mode::unsaid;  // of BEGIN and its kind
    isolation level = isolation::unsaid;
    bool deferrable = false;
    bool sets_modes = false;              // SET TRANSACTION, of this one (not SNAPSHOT): access, level, deferrable
    bool chain = false;                   // COMMIT / ROLLBACK AND CHAIN
    bool start_transaction = false;       // said START TRANSACTION: that is the command tag
    bool tells_time = false;              // now(), CURRENT_DATE, 'today': of the transaction's beginning
    bool out_of_sight = false;            // calls what is not built in: may have changed the session
    bool recalls_sequence = false;        // currval, lastval: answers from this session's past
    bool lists_statements = false;        // pg_prepared_statements
    bool resets_name = false;             // RESET application_name or ALL, SET ... TO DEFAULT
    bool clears_settings = false;         // RESET ALL, and nothing but that
    pin_cause ends = pin_cause::none;     // what it may put an end to
    bool redefines = false;               // changes the catalog, and not by a temporary object
    std::vector<used_name> drops;         // ... by nothing but dropping these relations; empty: by other things, too
    std::uint16_t statements = 0;         // in the string, EmptyQuery not counted
    std::vector<std::string> custom_settings;       // names with a dot that it sets, lower case
    std::vector<std::uint16_t> setting_parameters;  // $n of set_config($n, ...), from 1
    std::vector<named_statement> named;             // in the order of the text
    std::string name;                     // DEALLOCATE's statement, case-folded as the server would
    std::vector<std::string> relations;   // as written, lower case, schema-qualified where said
    bool catalog_decides = false;         // nothing but what its names stand for hinders a read
    std::vector<used_name> names;         // ... these, sorted; none where the catalog does not decide

    bool operator==(const facts&) const = default;
};

/// May show what others have committed: not SET, BEGIN and their kind.
bool shows_data(const facts& f);

/// The facts of two statements that run one after the other in one string or cycle.
facts merge(const facts& a, const facts& b);

}  // namespace weir::query
