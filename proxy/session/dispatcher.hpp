// dispatcher: puts a client's messages on a backend connection: statement names exchanged for those of
// the connection, what is missing there prepared first, and every reply that will come entered as owed.
#pragma once

#include <map>
#include <optional>

#include "base/rare.hpp"
#include "session/backend_link.hpp"
#include "session/cycle.hpp"
#include "session/statement_names.hpp"

namespace weir::session {

class dispatcher {
public:
    /// prepared_limit: statements kept prepared on the connection.
    dispatcher(backend_link& link, outbox& out, std::size_t prepared_limit)
        : link_(link), out_(out), prepared_limit_(prepared_limit) {}

    /// A BEGIN that was kept back, as Parse, Bind, Execute without Sync: if it fails, the server skips
    /// the client's statement behind it (FACTS 15).
    void begin(const statement& begin_text, bool begins);

    void forget_sequences();

    /// What follows finds these names prepared and no others, as pg_prepared_statements shows them.
    void list_exactly(const std::map<std::string, statement_ptr, std::less<>>& names);

    /// What a Query of several statements names is brought in a transaction of its own: it takes a snapshot,
    /// and the Query may begin with a BEGIN that still chooses its isolation level.
    void bring_names_first(const client_message& m);

    /// Has a statement described on the connection where that is not known there. True: it was asked.
    bool describe_anew(const statement& what, bool unnamed);
    /// Ends what describe_anew() asked, with a ReadyForQuery.
    void end_own();

    /// raw: the message as the client sent it, or its first piece. True: pieces that follow go to the
    /// connection as they are; false: they are to be dropped.
    bool message(const client_message& m, bytes_view raw);

    /// Has the server fail, and the client told this in its place: an open transaction fails with it.
    void refuse(fault why) { provoke_error(std::move(why)); }

    /// Ends what the server skips, on the client's behalf; its ReadyForQuery answers a lost Query.
    void sync_for_lost_query();

    /// The error to tell in place of one that was provoked (owed_act::replace_error), if any.
    rare<fault>& stand_in() { return stand_in_; }

private:
    bool parse(const client_message& m, bytes_view raw);
    bool bind(const client_message& m, bytes_view raw);
    bool describe(const client_message& m, bytes_view raw);
    bool close(const client_message& m, bytes_view raw);
    bool execute(const client_message& m, bytes_view raw);
    bool run(const client_message& m, bytes_view raw);
    bool pass(bytes_view raw, owed_reply reply);
    void make_room();
    void close_until(std::size_t left);
    void close_stale(const statement& what);
    void ensure_prepared(const statement& what);
    bool provoke_error(fault in_its_place);
    void ensure_unnamed(const statement& what);
    void run_unnamed(bytes_view text, owed_reply executed);
    void ensure_named(std::string_view name, const statement& what);
    void ensure_absent(std::string_view name);
    void bring_names(const client_message& m);
    void bring_list(const std::map<std::string, statement_ptr, std::less<>>& names);
    bool keeps_client_name(std::string_view name, const statement& what) const {
        return exact_ ? !name.empty() : what.by_sql();
    }
    /// It is not there, and a transaction that has failed takes no Parse but of what ends it.
    bool cannot_be_named(std::string_view name, const statement& what) const {
        return link_.in_failed_transaction() && link_.named.find(name) != what.id && !what.known->exits_transaction;
    }
    void leave_failed_transaction();

    backend_link& link_;
    outbox& out_;
    std::size_t prepared_limit_;
    rare<fault> stand_in_;
    bool brought_ = false;  // by bring_names_first()
    bool exact_ = false;  // statements have their clients' names only
    std::map<std::string, statement_ptr, std::less<>> listed_later_;
};

}  // namespace weir::session
