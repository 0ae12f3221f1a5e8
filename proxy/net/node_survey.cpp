#include "net/node_survey.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <memory>

#include "net/name_lookup.hpp"
#include "net/probe_query.hpp"
#include "net/keyword_arrays.hpp"

namespace weir::net {
namespace {

struct finish_connection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
using connection_ptr = std::unique_ptr<PGconn, finish_connection>;

constexpr const char* rights_statement =
    "SELECT current_user, pg_has_role(current_user, 'pg_monitor', 'USAGE'),"
    " current_setting('max_connections'), current_setting('superuser_reserved_connections')";

connection_ptr connect(const config::node_settings& node, const probe_login& login) {
    auto parameters = make_probe_parameters(node, login, {});
    // Here libpq may look the name up itself: nobody waits for this thread.
    std::erase_if(parameters, [](const auto& p) {
        return p.first == "hostaddr" && !is_numeric_host(p.second);
    });
    const keyword_arrays with(parameters);
    return connection_ptr(PQconnectdbParams(with.keywords.data(), with.values.data(), 0));
}

int number(const PGresult* result, int field) {
    const std::string text = PQgetvalue(result, 0, field);
    int out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

}  // namespace

std::variant<node_survey, std::string> survey(const config::node_settings& node,
                                              const probe_login& login) {
    const connection_ptr connection = connect(node, login);
    if (PQstatus(connection.get()) != CONNECTION_OK) {
        return first_line(PQerrorMessage(connection.get()));
    }
    const result_ptr probed(PQexec(connection.get(), probe_statement().c_str()));
    auto read = read_probe(probed.get());
    if (auto* trouble = std::get_if<std::string>(&read)) return *trouble;
    const result_ptr rights(PQexec(connection.get(), rights_statement));
    if (PQresultStatus(rights.get()) != PGRES_TUPLES_OK) {
        return first_line(PQresultErrorMessage(rights.get()));
    }
    node_survey out;
    out.probe = std::get<cluster::probe_answer>(std::move(read));
    out.probe.server_version = PQserverVersion(connection.get());
    out.user = PQgetvalue(rights.get(), 0, 0);
    out.may_monitor = std::string_view(PQgetvalue(rights.get(), 0, 1)) == "t";
    out.max_connections = number(rights.get(), 2);
    out.reserved_connections = number(rights.get(), 3);
    return out;
}

}  // namespace weir::net
