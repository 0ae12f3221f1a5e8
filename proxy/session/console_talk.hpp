// console_talk: what a client of the console says in either protocol -> the steps that answer it, in order. It knows
// names of statements and portals; what a statement does is another's business.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::session {

struct console_step {
    enum class kind : std::uint8_t {
        reply,               // `text` is a whole message for the client
        fails,               // ... an ErrorResponse: nothing behind it is answered
        query,               // a Query: rows with their description
        describe_statement,  // its parameters, of which it has none, and its columns
        describe_portal,     // its columns
        execute,             // rows without their description
    } is;
    std::string text;

    bool operator==(const console_step&) const = default;
};

class console_talk {
public:
    /// A message of the extended protocol but Sync and Flush, or a Query.
    void take(char type, bytes_view body);
    bool has_failed() const { return failed_; }
    /// Up to here; a Sync forgets what has failed, and the portals.
    std::vector<console_step> take_steps(bool by_sync);
    /// The answer says that one of its steps has failed.
    void note_failure() { failed_ = true; }
    /// What is being answered ends with ReadyForQuery.
    bool ends_with_ready() const { return ends_with_ready_; }

private:
    void parse(bytes_view body);
    void bind(bytes_view body);
    void describe(bytes_view body);
    void execute(bytes_view body);
    void close(bytes_view body);
    void fail(const fault& why);
    void reply(void (*append)(bytes&));

    using table = std::map<std::string, std::string, std::less<>>;
    table statements_;
    table portals_;  // name -> the statement's text
    std::vector<console_step> steps_;
    bool failed_ = false;
    bool ends_with_ready_ = false;
};

}  // namespace weir::session
