// backend_link: what must be known of one backend connection wherever it is lent: the cut of its reply
// stream, the replies it owes, what is prepared on it, its parameters and its transaction status. It
// moves with the connection between sessions and workers, and never sees the socket.
#pragma once

#include <memory>
#include <string>

#include "session/connection_start.hpp"
#include "session/named_set.hpp"
#include "session/outbox.hpp"
#include "session/owed_replies.hpp"
#include "session/parameters.hpp"
#include "session/prepared_set.hpp"
#include "session/row_shapes.hpp"
#include "session/settings.hpp"
#include "wire/backend.hpp"
#include "wire/frame_splitter.hpp"
#include "wire/startup.hpp"

namespace weir::session {

/// How a session gives a connection back. Anything but `clean` is worked off before it is lent again.
struct give_back {
    bool close = false;     // cannot be trusted any more, or the client left in the middle
    bool roll_back = false;  // a transaction may be open
    bool discard = false;   // session state may be left: DISCARD ALL
    bool sync = false;      // a cancel was on its way: one exchange that it may still hit (FACTS 22)

    bool clean() const { return !close && !roll_back && !discard && !sync; }
};

class backend_link {
public:
    backend_link() : splitter(wire::backend_policy()) {}

    wire::frame_splitter splitter;
    owed_replies owed;
    prepared_set prepared;
    named_set named;  // under clients' own names
    row_shapes shapes;  // of what is prepared
    settings_ptr applied;  // what is set on it, apart from what it started with
    bool drew_sequence = false;  // currval and lastval may answer from an earlier session
    parameter_map parameters;  // as last reported by ParameterStatus
    std::shared_ptr<const parameter_map> at_start;  // ... before anybody used it; never null
    connection_start start;
    wire::backend::transaction_status status = wire::backend::transaction_status::idle;
    bool left_failed = false;  // what leads out of a failed transaction was sent, and no ReadyForQuery came yet
    std::uint32_t server_pid = 0;  // as the node knows this connection
    std::uint64_t unnamed = 0;  // id of the unnamed statement it holds, 0 for none or not ours
    bool unsynced = false;      // extended messages were sent since the last Sync or ReadyForQuery

    /// What is sent now finds a transaction that has failed.
    bool in_failed_transaction() const {
        return status == wire::backend::transaction_status::failed && !left_failed;
    }

    /// DESIGN promise 3, checked in every build before the connection is lent.
    bool may_be_lent() const {
        return owed.empty() && !owed.skipping() && !unsynced && splitter.at_boundary() &&
               status == wire::backend::transaction_status::idle;
    }

    /// Appends what brings the connection back to a clean state, and swallows all that is owed.
    /// Precondition: !how.close.
    void begin_cleaning(const give_back& how, bytes& out);

    /// Reply bytes while cleaning. True: clean now. False: go on. Fault: close it.
    result<bool> on_cleaning_bytes(bytes_view in);

    /// Notes a ParameterStatus or ReadyForQuery body; others are ignored.
    void note(char type, bytes_view body);

    /// After an ErrorResponse: what the messages that failed or are skipped would have prepared is not
    /// there, and what they would have closed is.
    void take_back_dropped();

private:
    void ask(std::string_view sql, bytes& out);

    std::size_t own_questions_ = 0;  // of the clean-up, at the end of `owed`
};

}  // namespace weir::session
