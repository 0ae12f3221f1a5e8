// probe_connection: one libpq connection that asks the probe statement, without ever blocking its
// thread: libpq says what to wait for, Asio waits. Knows no cluster and decides nothing.
#pragma once

#include <libpq-fe.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/conninfo.hpp"
#include "net/probe_query.hpp"

namespace weir::net {

/// Must outlive the coroutines that use it; one of open() and ask() at a time.
class probe_connection {
public:
    explicit probe_connection(boost::asio::io_context& io);
    ~probe_connection();
    probe_connection(const probe_connection&) = delete;
    probe_connection& operator=(const probe_connection&) = delete;

    bool is_open() const { return open_; }
    /// Did the last open() or ask() end for want of an answer in time?
    bool timed_out() const { return timed_out_; }

    enum class purpose : std::uint8_t { probing, asking, replication };
    /// Connects and, for probing, prepares the statement; what went wrong, empty where nothing did. Closed
    /// before, and after a failure.
    boost::asio::awaitable<std::string> open(const connection_parameters& parameters,
                                             instant deadline, purpose with = purpose::probing);

    using reply = std::variant<cluster::probe_answer, std::string>;
    /// Only while open. After anything but an answer the connection is closed.
    boost::asio::awaitable<reply> ask(instant deadline);

    /// Only while open. The value in the last column of the only row, or what went wrong.
    struct value {
        std::string content;
        std::string trouble;
    };
    boost::asio::awaitable<value> read(const std::string& statement, instant deadline);

    /// Only while open. The first row that the statement gives for $1, without fields where there is none.
    struct row {
        std::vector<std::optional<std::string>> fields;
        std::string trouble;
    };
    boost::asio::awaitable<row> read_row(const std::string& statement, const std::string& parameter, instant deadline);

    /// Only while open. Runs a statement and throws its rows away; what went wrong, empty where nothing did.
    boost::asio::awaitable<std::string> run(const char* statement, instant deadline);

    void close();

private:
    boost::asio::awaitable<std::string> prepare();
    boost::asio::awaitable<std::string> connect(const connection_parameters& parameters);
    boost::asio::awaitable<result_ptr> receive();
    boost::asio::awaitable<bool> wait(boost::asio::posix::descriptor_base::wait_type what);
    void arm(instant deadline);
    void disarm();
    std::string trouble() const;

    boost::asio::posix::stream_descriptor descriptor_;  // libpq's socket, lent; never closed here
    boost::asio::steady_timer watchdog_;
    PGconn* connection_ = nullptr;
    std::uint64_t watch_ = 0;  // of which operation the watchdog is
    instant armed_at_;
    instant deadline_;
    bool timed_out_ = false;
    bool open_ = false;
};

}  // namespace weir::net
