#include "session.hpp"

namespace {

std::vector<const char*> pointers(const optional_texts& parameters) {
    std::vector<const char*> all;
    for (const auto& parameter : parameters) {
        all.push_back(parameter ? parameter->c_str() : nullptr);
    }
    return all;
}

}  // namespace

void check(bool holds, const std::string& what) {
    if (!holds) {
        throw broken_check(what);
    }
}

void check_equal(const std::string& is, const std::string& should_be, const std::string& what) {
    check(is == should_be, what + ": is '" + is.substr(0, 300) + "' and should be '" +
                               should_be.substr(0, 300) + "'");
}

std::string result::field(int code) const {
    const char* text = PQresultErrorField(raw(), code);
    return text == nullptr ? "" : text;
}

std::string result::value(int row, int column) const {
    check(row < PQntuples(raw()) && column < PQnfields(raw()), "there is no such value");
    return PQgetisnull(raw(), row, column)
               ? "(null)"
               : std::string(PQgetvalue(raw(), row, column),
                             static_cast<std::size_t>(PQgetlength(raw(), row, column)));
}

std::string result::all() const {
    std::string text;
    for (int row = 0; row < PQntuples(raw()); ++row) {
        text += row == 0 ? "" : ";";
        for (int column = 0; column < PQnfields(raw()); ++column) {
            text += (column == 0 ? "" : ",") + value(row, column);
        }
    }
    return text;
}

const result& result::must_be(ExecStatusType wanted, const std::string& what) const {
    check(raw_ != nullptr, what + ": no result");
    check(status() == wanted, what + ": " + PQresStatus(status()) + " instead of " +
                                  PQresStatus(wanted) + " " + sqlstate() + " " +
                                  PQresultErrorMessage(raw()));
    return *this;
}

session::session(const std::string& more)
    : raw_(PQconnectdb(("connect_timeout=60 " + more).c_str())) {
    check(PQstatus(raw()) == CONNECTION_OK, std::string("connect: ") + PQerrorMessage(raw()));
    PQsetNoticeProcessor(
        raw(), [](void*, const char*) {}, nullptr);
}

static result must_succeed(result got, const std::string& sql) {
    check(static_cast<bool>(got), sql + ": no result");
    check(got.status() == PGRES_TUPLES_OK || got.status() == PGRES_COMMAND_OK ||
              got.status() == PGRES_EMPTY_QUERY,
          sql.substr(0, 200) + ": " + got.sqlstate() + " " + PQresultErrorMessage(got.raw()));
    return got;
}

result session::run(const std::string& sql) const {
    return must_succeed(result(PQexec(raw(), sql.c_str())), sql);
}

result session::run(const std::string& sql, const optional_texts& parameters) const {
    const auto values = pointers(parameters);
    return must_succeed(result(PQexecParams(raw(), sql.c_str(), static_cast<int>(values.size()),
                                            nullptr, values.data(), nullptr, nullptr, 0)),
                        sql);
}

result session::run_prepared(const std::string& name, const optional_texts& parameters) const {
    const auto values = pointers(parameters);
    return must_succeed(result(PQexecPrepared(raw(), name.c_str(), static_cast<int>(values.size()),
                                              values.data(), nullptr, nullptr, 0)),
                        "prepared " + name);
}

void session::prepare(const std::string& name, const std::string& sql) const {
    must_succeed(result(PQprepare(raw(), name.c_str(), sql.c_str(), 0, nullptr)), sql);
}

result session::fails(const std::string& sql, const std::string& sqlstate) const {
    const bool in_transaction = transaction() != PQTRANS_IDLE;
    result got(PQexec(raw(), sql.c_str()));
    check(got.status() == PGRES_FATAL_ERROR, sql + ": did not fail");
    check_equal(got.sqlstate(), sqlstate, sql);
    if (!in_transaction) {
        is_alive();
    }
    return got;
}

void session::is_alive() const {
    check_equal(value("select 'alive'"), "alive", "the next statement");
}

void session::send(const std::string& sql, const optional_texts& parameters) const {
    const auto values = pointers(parameters);
    check(PQsendQueryParams(raw(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                            values.data(), nullptr, nullptr, 0) == 1,
          "send: " + std::string(PQerrorMessage(raw())));
}

void session::send_prepared(const std::string& name, const optional_texts& parameters) const {
    const auto values = pointers(parameters);
    check(PQsendQueryPrepared(raw(), name.c_str(), static_cast<int>(values.size()), values.data(),
                              nullptr, nullptr, 0) == 1,
          "send prepared: " + std::string(PQerrorMessage(raw())));
}

result session::next_must_be(ExecStatusType wanted, const std::string& what) const {
    result got = next();
    got.must_be(wanted, what);
    return got;
}

void session::no_more(const std::string& what) const {
    const result left = next();
    check(!left, what + ": there is one more result, " + PQresStatus(left.status()));
}
