// judge: a collected cycle -> what all of its statements do together. Resolves statement names on the
// way, in the order of the messages, so that later messages see what earlier ones prepared.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/fault.hpp"
#include "session/cycle.hpp"
#include "session/environment.hpp"
#include "session/portals.hpp"
#include "session/statement_names.hpp"

namespace weir::session {

struct cycle_facts {
    std::shared_ptr<const query::facts> what;  // merged over all statements; never null after judging
    query::hint wish = query::hint::none;
    bool executes = false;  // else it only prepares or describes
    /// BEGIN, where that is the first of several that an extended cycle executes. Not part of `what`: the
    /// others decide where the transaction begins.
    std::shared_ptr<const query::facts> begin;
    std::string_view begin_text;
    bool keeps_portal = false;  // leaves one open, or may: a named one, or rows of it not fetched
    bool simple = false;    // one Query message
    bool resumes = false;   // runs a portal that an earlier cycle opened: no other node has it
    bool redefines = false;  // changes the catalog
    bool drops_nothing = false;  // a DROP in it does not
    query::pin_cause pins = query::pin_cause::none;  // what its statements may leave behind
    query::pin_cause ends = query::pin_cause::none;  // ... and may put an end to
    std::vector<std::string> custom_settings;        // that they may set
    unsigned unread = 0;  // statements that nobody understood: they may leave anything
    bool resets_name = false;
    bool recalls_sequence = false;
    bool draws_sequence = false;    // may have drawn from one
    bool lists_statements = false;  // must find exactly the session's prepared statements
    std::shared_ptr<const query::facts> query;  // of the Query message, where there is one
    /// The text of the one statement where it is the only one (Query, or one Parse that is executed).
    std::string_view single_text;
    query::name_view names;  // what its statements' names stand for, while it is judged

    void add(const std::shared_ptr<const query::facts>& one, query::hint wished);
    /// The BEGIN that comes first is a statement like others after all.
    void take_in_begin();
    /// One of its messages executes this.
    void run(const query::facts& one);
    void touch_setting(std::string_view name);
};

/// Gives `m` its statement and applies what it does to names and portals. body: at least the names.
/// A fault (08P01) ends the session.
result<void> resolve(client_message& m, bytes_view body, environment& env, statement_names& names,
                     portals& open);

/// Notes what a message leaves behind when it runs. m: resolved.
void note_run(cycle_facts& of, client_message& m, bytes_view body, environment& env,
              const statement_names& names);

/// Judges all messages of a cycle. names and open are changed as by resolve(). in: for the names that its
/// statements use.
result<cycle_facts> judge_cycle(cycle& c, environment& env, statement_names& names, portals& open,
                                query::name_view in);

/// The statement that a PREPARE makes.
statement_ptr prepared_by_sql(const query::named_statement& how, environment& env);
/// What a statement of PREPARE, EXECUTE or DEALLOCATE comes to when EXECUTE is followed to what it runs;
/// null where that is none of these.
const query::named_statement* what_runs(const query::facts& f, const statement_names& names);
bool deallocates_all(const query::facts& f);

/// Facts of something that nobody has looked at: a write.
const std::shared_ptr<const query::facts>& unknown_facts();
/// Facts of text that cannot be tokenised (FACTS 13): a write.
const std::shared_ptr<const query::facts>& opaque_facts();

}  // namespace weir::session
