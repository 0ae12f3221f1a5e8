#include "net/probe_connection.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/keyword_arrays.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr const char* statement_name = "weir_probe";

void say_nothing(void*, const PGresult*) {}

/// libpq would print its passing remarks to standard error.
void silence(PGconn* connection) { PQsetNoticeReceiver(connection, say_nothing, nullptr); }

}  // namespace

probe_connection::probe_connection(asio::io_context& io) : descriptor_(io), watchdog_(io) {}

probe_connection::~probe_connection() { close(); }

void probe_connection::close() {
    if (descriptor_.is_open()) descriptor_.release();  // before libpq closes it
    if (connection_) PQfinish(connection_);
    connection_ = nullptr;
    open_ = false;
}

void probe_connection::arm(instant deadline) {
    timed_out_ = false;
    armed_at_ = clock::now();
    deadline_ = deadline;
    std::uint64_t mine = ++watch_;
    watchdog_.expires_at(deadline);
    watchdog_.async_wait([this, mine](const error_code& error) {
        // One that had already fired when its operation ended must not end the next.
        if (error || mine != watch_) return;
        timed_out_ = true;
        error_code ignored;
        if (descriptor_.is_open()) descriptor_.cancel(ignored);
    });
}

void probe_connection::disarm() {
    ++watch_;
    watchdog_.cancel();
}

std::string probe_connection::trouble() const {
    if (!timed_out_) return first_line(connection_ ? PQerrorMessage(connection_) : "out of memory");
    auto waited = std::chrono::round<milliseconds>(deadline_ - armed_at_);
    return "no answer within " + std::to_string(waited.count()) + " ms";
}

asio::awaitable<bool> probe_connection::wait(asio::posix::descriptor_base::wait_type what) {
    if (timed_out_) co_return false;
    error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await descriptor_.async_wait(what, token);
    co_return !error && !timed_out_;
}

asio::awaitable<std::string> probe_connection::open(const connection_parameters& parameters,
                                                    instant deadline, purpose with) {
    close();
    arm(deadline);
    std::string wrong = co_await connect(parameters);
    if (wrong.empty() && with == purpose::probing) wrong = co_await prepare();
    disarm();
    if (wrong.empty())
        open_ = true;
    else
        close();
    co_return wrong;
}

asio::awaitable<std::string> probe_connection::connect(const connection_parameters& parameters) {
    const keyword_arrays with(parameters);
    connection_ = PQconnectStartParams(with.keywords.data(), with.values.data(), 0);
    if (!connection_ || PQstatus(connection_) == CONNECTION_BAD) co_return trouble();
    silence(connection_);

    // libpq manual, 34.1: at first as if the poll had said writing; and the socket may be another
    // one after every poll, even under the same number, so it is lent for one wait at a time.
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        error_code error;
        descriptor_.assign(PQsocket(connection_), error);
        if (error) co_return "the connection's socket cannot be watched: " + error.message();
        auto what = next == PGRES_POLLING_READING ? asio::posix::descriptor_base::wait_read
                                                  : asio::posix::descriptor_base::wait_write;
        bool ready = co_await wait(what);
        descriptor_.release();
        if (!ready) co_return trouble();
        next = PQconnectPoll(connection_);
    }
    if (next != PGRES_POLLING_OK) co_return trouble();
    PQsetnonblocking(connection_, 1);
    error_code error;
    descriptor_.assign(PQsocket(connection_), error);
    if (error) co_return "the connection's socket cannot be watched: " + error.message();
    co_return std::string();
}

asio::awaitable<std::string> probe_connection::prepare() {
    if (!PQsendPrepare(connection_, statement_name, probe_statement().c_str(), 0, nullptr)) co_return trouble();
    result_ptr result = co_await receive();
    if (!result) co_return trouble();
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        co_return first_line(PQresultErrorMessage(result.get()));
    co_return std::string();
}

asio::awaitable<probe_connection::value> probe_connection::read(const std::string& statement, instant deadline) {
    arm(deadline);
    value found;
    result_ptr result;
    if (PQsendQuery(connection_, statement.c_str())) result = co_await receive();
    disarm();
    if (!result) {
        found.trouble = trouble();
    } else if (PQresultStatus(result.get()) != PGRES_TUPLES_OK || PQntuples(result.get()) != 1) {
        found.trouble = first_line(PQresultErrorMessage(result.get()));
    } else {
        const int last = PQnfields(result.get()) - 1;
        found.content.assign(PQgetvalue(result.get(), 0, last),
                             static_cast<std::size_t>(PQgetlength(result.get(), 0, last)));
    }
    if (!found.trouble.empty()) close();
    co_return found;
}

asio::awaitable<probe_connection::row> probe_connection::read_row(const std::string& statement,
                                                                  const std::string& parameter, instant deadline) {
    arm(deadline);
    row found;
    result_ptr result;
    const char* text = parameter.c_str();
    if (PQsendQueryParams(connection_, statement.c_str(), 1, nullptr, &text, nullptr, nullptr, 0))
        result = co_await receive();
    disarm();
    if (!result) {
        found.trouble = trouble();
    } else if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
        found.trouble = first_line(PQresultErrorMessage(result.get()));
        if (found.trouble.empty()) found.trouble = "the statement gives no rows";
    } else if (PQntuples(result.get()) > 0) {
        for (int i = 0; i < PQnfields(result.get()); ++i) {
            const bool is_null = PQgetisnull(result.get(), 0, i) != 0;
            found.fields.push_back(is_null ? std::nullopt : std::optional<std::string>(PQgetvalue(result.get(), 0, i)));
        }
    }
    if (!found.trouble.empty()) close();
    co_return found;
}

/// The result of what was sent, or nothing: timed_out_ or libpq's message says why.
asio::awaitable<result_ptr> probe_connection::receive() {
    int unsent = PQflush(connection_);
    while (unsent == 1) {
        if (!co_await wait(asio::posix::descriptor_base::wait_write)) co_return nullptr;
        if (!PQconsumeInput(connection_)) co_return nullptr;
        unsent = PQflush(connection_);
    }
    if (unsent != 0) co_return nullptr;
    result_ptr first;
    for (;;) {
        while (PQisBusy(connection_)) {
            if (!co_await wait(asio::posix::descriptor_base::wait_read)) co_return nullptr;
            if (!PQconsumeInput(connection_)) co_return nullptr;
        }
        result_ptr next(PQgetResult(connection_));
        if (!next) co_return first;
        if (!first) first = std::move(next);
    }
}

asio::awaitable<probe_connection::reply> probe_connection::ask(instant deadline) {
    arm(deadline);
    reply outcome;
    if (PQsendQueryPrepared(connection_, statement_name, 0, nullptr, nullptr, nullptr, 0)) {
        result_ptr result = co_await receive();
        outcome = result ? read_probe(result.get()) : reply(trouble());
    } else {
        outcome = trouble();
    }
    disarm();
    if (auto* answer = std::get_if<cluster::probe_answer>(&outcome))
        answer->server_version = PQserverVersion(connection_);
    else
        close();
    co_return outcome;
}

asio::awaitable<std::string> probe_connection::run(const char* statement, instant deadline) {
    arm(deadline);
    std::string wrong;
    if (PQsendQuery(connection_, statement)) {
        result_ptr result = co_await receive();
        const auto status = result ? PQresultStatus(result.get()) : PGRES_FATAL_ERROR;
        if (!result)
            wrong = trouble();
        else if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            wrong = first_line(PQresultErrorMessage(result.get()));
    } else {
        wrong = trouble();
    }
    disarm();
    if (!wrong.empty()) close();
    co_return wrong;
}

}  // namespace weir::net
