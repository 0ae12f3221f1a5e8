// One connection through libpq and its results, whose every wrong step is an exception that says
// what was asked. Knows nothing of Weir: the same program runs straight at a server.
#pragma once

#include <libpq-fe.h>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

struct broken_check : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void check(bool holds, const std::string& what);
void check_equal(const std::string& is, const std::string& should_be, const std::string& what);

using texts = std::vector<std::string>;
using optional_texts = std::vector<std::optional<std::string>>;

struct result_closer {
    void operator()(PGresult* result) const { PQclear(result); }
};

class result {
public:
    explicit result(PGresult* raw) : raw_(raw) {}

    PGresult* raw() const { return raw_.get(); }
    explicit operator bool() const { return raw_ != nullptr; }
    ExecStatusType status() const { return PQresultStatus(raw()); }
    std::string sqlstate() const { return field(PG_DIAG_SQLSTATE); }
    std::string field(int code) const;
    std::string tag() const { return PQcmdStatus(raw()); }
    int rows() const { return PQntuples(raw()); }
    std::string value(int row = 0, int column = 0) const;
    /// The rows as "a,b;c,d": short to compare.
    std::string all() const;
    const result& must_be(ExecStatusType wanted, const std::string& what) const;

private:
    std::unique_ptr<PGresult, result_closer> raw_;
};

struct connection_closer {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

class session {
public:
    /// More of a connection string; the rest comes from the environment (PGHOST and so on).
    explicit session(const std::string& more = "");

    PGconn* raw() const { return raw_.get(); }

    /// Rows or a command; anything else is a broken check.
    result run(const std::string& sql) const;
    result run(const std::string& sql, const optional_texts& parameters) const;
    result run_prepared(const std::string& name, const optional_texts& parameters) const;
    void prepare(const std::string& name, const std::string& sql) const;
    std::string value(const std::string& sql) const { return run(sql).value(); }
    /// The error that must come; the session must answer right afterwards unless it is in a
    /// transaction.
    result fails(const std::string& sql, const std::string& sqlstate) const;
    void is_alive() const;

    // For pipelines and what arrives piece by piece.
    void send(const std::string& sql, const optional_texts& parameters = {}) const;
    void send_prepared(const std::string& name, const optional_texts& parameters) const;
    result next() const { return result(PQgetResult(raw())); }
    result next_must_be(ExecStatusType wanted, const std::string& what) const;
    void no_more(const std::string& what) const;
    PGTransactionStatusType transaction() const { return PQtransactionStatus(raw()); }

private:
    std::unique_ptr<PGconn, connection_closer> raw_;
};
