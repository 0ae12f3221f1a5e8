#include "database/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "database/failure.hpp"

namespace shop::database {
namespace {

// libpq ends its messages with a line feed and may put several lines into one.
std::string one_line(const char* message) {
    std::string line(message == nullptr ? "" : message);
    while (!line.empty() && line.back() == '\n') line.pop_back();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

std::string sqlstate_of(const PGresult* result) {
    const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return code == nullptr ? "" : code;
}

void ignore_notice(void*, const PGresult*) {}

}  // namespace

connection::connection(const address& to) : to_(to), open_(PQconnectStart(to.conninfo.c_str())) {
    if (!open_) throw std::bad_alloc();
    connect();
    PQsetNoticeReceiver(open_.get(), ignore_notice, nullptr);
}

// PostgreSQL manual, section 34.1: after PQconnectStart wait as if PQconnectPoll had said writing.
void connection::connect() {
    const auto deadline = clock::now() + to_.connect_timeout;
    auto step = PGRES_POLLING_WRITING;
    while (PQstatus(open_.get()) != CONNECTION_BAD && step != PGRES_POLLING_OK &&
           step != PGRES_POLLING_FAILED) {
        try {
            wait(step == PGRES_POLLING_READING ? direction::reading : direction::writing, deadline);
        } catch (const failure& error) {
            throw failure(failure_kind::unreachable, "", error.what());
        }
        step = PQconnectPoll(open_.get());
    }
    if (PQstatus(open_.get()) != CONNECTION_OK) {
        throw failure(failure_kind::unreachable, "", one_line(PQerrorMessage(open_.get())));
    }
}

void connection::give_up(const std::string& why) {
    is_given_up_ = true;
    throw failure(failure_kind::too_slow, "", why);
}

void connection::wait(direction until, clock::time_point deadline) {
    std::array<pollfd, 2> watched{};
    watched[0].fd = PQsocket(open_.get());
    watched[0].events = until == direction::reading ? POLLIN : POLLOUT;
    watched[1].fd = to_.interrupt_descriptor;  // poll() skips a negative one
    watched[1].events = POLLIN;
    while (true) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now());
        if (left.count() <= 0) give_up("the database did not answer in time");
        const int ready = poll(watched.data(), watched.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "poll");
        }
        if (ready > 0 && watched[1].revents != 0) give_up("the shop is closing");
        if (ready > 0) return;
    }
}

PGresult* connection::next_result(clock::time_point deadline) {
    while (PQisBusy(open_.get()) != 0) {
        wait(direction::reading, deadline);
        // A broken connection shows as an error result below.
        if (PQconsumeInput(open_.get()) == 0) break;
    }
    return PQgetResult(open_.get());
}

// What PQexecParams does, with a deadline on the wait.
rows connection::run(const char* statement, const parameters& values) {
    const auto deadline = clock::now() + to_.query_timeout;
    std::vector<const char*> texts;
    texts.reserve(values.size());
    for (const auto& value : values) texts.push_back(value.c_str());
    if (PQsendQueryParams(open_.get(), statement, static_cast<int>(texts.size()), nullptr,
                          texts.data(), nullptr, nullptr, 0) == 0) {
        throw failure(failure_kind::lost, "", one_line(PQerrorMessage(open_.get())));
    }
    rows last(nullptr);
    bool has_result = false;
    std::string sqlstate;
    std::string message;
    while (PGresult* result = next_result(deadline)) {
        last = rows(result);
        has_result = true;
        const auto status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) continue;
        sqlstate = sqlstate_of(result);
        message = one_line(PQresultErrorMessage(result));
        if (message.empty()) message = "an unexpected reply of the database";
    }
    const bool is_broken = !has_result || PQstatus(open_.get()) != CONNECTION_OK;
    if (is_broken) {
        if (message.empty()) message = one_line(PQerrorMessage(open_.get()));
        throw failure(failure_kind::lost, sqlstate, message);
    }
    if (!message.empty()) throw failure(kind_of(sqlstate), sqlstate, message);
    return last;
}

bool connection::is_idle() const {
    return !is_given_up_ && PQstatus(open_.get()) == CONNECTION_OK &&
           PQtransactionStatus(open_.get()) == PQTRANS_IDLE;
}

// An idle connection has nothing to read. Where there is something, it is the server's farewell or
// its end of file, or a notice or a changed parameter, which PQconsumeInput takes in.
bool connection::is_fit() {
    if (!is_idle()) return false;
    pollfd watched{PQsocket(open_.get()), POLLIN, 0};
    if (poll(&watched, 1, 0) <= 0) return true;
    if ((watched.revents & (POLLERR | POLLHUP | POLLNVAL | POLLRDHUP)) != 0) return false;
    if (PQconsumeInput(open_.get()) == 0 || PQstatus(open_.get()) != CONNECTION_OK) return false;
    // A farewell (57P01) is read as a notice while idle; the end of file follows it.
    return poll(&watched, 1, 0) <= 0;
}

}  // namespace shop::database
