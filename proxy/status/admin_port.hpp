// admin_port: how the shell asks the console and HTTP for answers, and control: what those may ask of
// the running Weir. Main connects the two; neither side knows the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "status/report.hpp"

namespace weir::status {

/// What an answer waits for: nobody uses a connection of this database, or to this node, any more.
struct standstill {
    enum class kind : std::uint8_t { database, node } of;
    std::string name;  // as it was said; empty: every database
    std::optional<milliseconds> within = {};
    bool is_new = false;  // and is taken back where it is not waited for to the end
};

/// A console answer: columns and rows as UTF-8 text (nothing is NULL), and the command tag.
struct table {
    std::vector<std::string> columns;
    std::vector<std::vector<std::optional<std::string>>> rows;
    std::string tag = "SHOW";
    std::optional<standstill> after = {};  // it is not sent before
};

/// What the running Weir lets its console do. Called on the main thread; may wait for the workers.
class control {
public:
    virtual ~control() = default;
    virtual report gather(extent with) = 0;
    /// Reads the configuration again. The value tells what changed; a fault, why nothing did.
    virtual result<std::vector<std::string>> reload() = 0;
    /// A key of the configuration until the next reload, where that is safe.
    virtual result<void> set(const std::string& key, const std::string& value) = 0;
    /// What replicas have refused may be sent to them again.
    virtual void forget_learned() = 0;
    /// What was counted of statements so far is forgotten.
    virtual void forget_digests() = 0;
    /// EXPLAIN ROUTE for a user (empty: nobody in particular) of a database.
    virtual result<table> explain(const std::string& statement, const std::string& user, const std::string& database) = 0;
    /// New transactions in this database (empty: in every one) wait from now on. True: they did not before.
    virtual result<bool> pause(const std::string& database) = 0;
    virtual result<void> resume(const std::string& database) = 0;
    /// The node is given nothing new from now on. True: it was before.
    virtual result<bool> drain(const std::string& node) = 0;
    virtual result<void> undrain(const std::string& node) = 0;
    /// Pauses the database, and ends its clients. How many there were.
    virtual result<std::size_t> kill(const std::string& database) = 0;
    /// The client that was told this process id.
    virtual result<void> kill_client(std::uint32_t pid) = 0;
};

struct http_reply {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
};

enum class console_right : std::uint8_t { look, change };

class admin_port {
public:
    virtual ~admin_port() = default;
    /// One console statement (without its semicolon or with it). Faults are told as PostgreSQL's errors; so is one that
    /// would change something, where the user may only look.
    /// A table without columns is a CommandComplete alone; one with an empty tag, EmptyQueryResponse.
    virtual result<table> console(std::string_view statement, console_right has, control& running) = 0;
    /// The columns that such a statement answers with, without doing it; none: it answers with no rows.
    virtual result<std::vector<std::string>> columns(std::string_view statement) = 0;
    /// GET of a path; query: what stands behind its "?", still encoded.
    virtual http_reply get(std::string_view path, std::string_view query, control& running) = 0;
};

}  // namespace weir::status
