// probe_query: the one statement that the prober sends, and its row as a probe_answer. Serves
// primaries and replicas of PostgreSQL 13 and later, with pg_monitor or without. Knows libpq's
// results only.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <variant>

#include "cluster/probe.hpp"

namespace weir::net {

struct clear_result {
    void operator()(PGresult* result) const { PQclear(result); }
};
using result_ptr = std::unique_ptr<PGresult, clear_result>;

const std::string& probe_statement();

/// The answer, or what is wrong with it (an error of the server: its message).
std::variant<cluster::probe_answer, std::string> read_probe(const PGresult* result);

/// libpq's message in one line.
std::string first_line(const char* message);

}  // namespace weir::net
