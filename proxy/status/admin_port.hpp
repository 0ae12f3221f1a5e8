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

/// What the running Weir lets its console do. Called on the main thread; may wait for the workers.
class control {
public:
    virtual ~control() = default;
    /// with_clients: with the lists of clients and of digests.
    virtual report gather(bool with_clients) = 0;
    /// Reads the configuration again. The value tells what changed; a fault, why nothing did.
    virtual result<std::vector<std::string>> reload() = 0;
    /// What replicas have refused may be sent to them again.
    virtual void forget_learned() = 0;
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
    /// GET of a path; query strings are not used.
    virtual http_reply get(std::string_view path, control& running) = 0;
};

}  // namespace weir::status
