// dispatcher: puts a client's messages on a backend connection: statement names exchanged for those of
// the connection, what is missing there prepared first, and every reply that will come entered as owed.
#pragma once

#include <optional>

#include "session/backend_link.hpp"
#include "session/cycle.hpp"

namespace weir::session {

class dispatcher {
public:
    /// prepared_limit: statements kept prepared on the connection.
    dispatcher(backend_link& link, outbox& out, std::size_t prepared_limit)
        : link_(link), out_(out), prepared_limit_(prepared_limit) {}

    /// A BEGIN that was kept back, as Parse, Bind, Execute without Sync: if it fails, the server skips
    /// the client's statement behind it (FACTS 15).
    void begin(const statement& begin_text);

    /// raw: the message as the client sent it, or its first piece. True: pieces that follow go to the
    /// connection as they are; false: they are to be dropped.
    bool message(const client_message& m, bytes_view raw);

    /// Ends what the server skips, on the client's behalf; its ReadyForQuery answers a lost Query.
    void sync_for_lost_query();

    /// The error to tell in place of one that was provoked (owed_act::replace_error), if any.
    std::optional<fault>& stand_in() { return stand_in_; }

private:
    bool parse(const client_message& m, bytes_view raw);
    bool bind(const client_message& m, bytes_view raw);
    bool describe(const client_message& m, bytes_view raw);
    bool close(const client_message& m, bytes_view raw);
    bool execute(const client_message& m, bytes_view raw);
    bool pass(bytes_view raw, owed_reply reply);
    void make_room();
    void ensure_prepared(const statement& what);
    bool provoke_error(fault in_its_place);
    void ensure_unnamed(const statement& what);

    backend_link& link_;
    outbox& out_;
    std::size_t prepared_limit_;
    std::optional<fault> stand_in_;
};

}  // namespace weir::session
