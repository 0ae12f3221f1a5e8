#include "net/catalog_connection.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "net/name_lookup.hpp"
#include "net/probe_query.hpp"
#include "net/keyword_arrays.hpp"

namespace weir::net {
namespace {

using clock = std::chrono::steady_clock;

constexpr milliseconds look_up_again{50};  // whether the process ends

void say_nothing(void*, const PGresult*) {}

}  // namespace

result<void> catalog_connection::open(const config::node_settings& node, probe_login login) {
    const std::string database = login.database;
    auto parameters = make_probe_parameters(node, login, {});
    std::erase_if(parameters, [](const auto& p) {
        return p.first == "dbname" || (p.first == "hostaddr" && !is_numeric_host(p.second));
    });
    parameters.emplace_back("dbname", database);
    const keyword_arrays with(parameters);
    connection_.reset(PQconnectdbParams(with.keywords.data(), with.values.data(), 0));
    if (PQstatus(connection_.get()) != CONNECTION_OK) return broken();
    PQsetNoticeReceiver(connection_.get(), say_nothing, nullptr);
    return {};
}

fault catalog_connection::broken(const std::string& what) {
    fault why{sqlstate::connection_failure,
              what.empty() ? first_line(PQerrorMessage(connection_.get())) : what};
    close();
    return why;
}

/// Until there is something to read, or the deadline has passed.
bool catalog_connection::wait() {
    while (!stopping_ && clock::now() < deadline_) {
        pollfd on{PQsocket(connection_.get()), POLLIN, 0};
        const auto left = std::chrono::ceil<milliseconds>(deadline_ - clock::now());
        if (::poll(&on, 1, static_cast<int>(std::min(left, look_up_again).count())) > 0)
            return PQconsumeInput(connection_.get()) == 1;
    }
    return false;
}

result<void> catalog_connection::send(const std::string& sql) {
    if (PQsendQuery(connection_.get(), sql.c_str()) != 1) return broken();
    return {};
}

result<std::string> catalog_connection::ask(const std::string& sql, milliseconds within) {
    deadline_ = clock::now() + within;
    if (auto sent = send(sql); !sent) return sent.error();
    std::string answer;
    for (;;) {
        while (PQisBusy(connection_.get()))
            if (!wait()) return broken("no answer in time");
        const result_ptr got(PQgetResult(connection_.get()));
        if (!got) return result<std::string>(boost::system::in_place_value, std::move(answer));
        const auto status = PQresultStatus(got.get());
        if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
            return broken(first_line(PQresultErrorMessage(got.get())));
        if (status == PGRES_TUPLES_OK && PQntuples(got.get()) > 0) answer = PQgetvalue(got.get(), 0, 0);
    }
}

result<void> catalog_connection::copy(const std::string& sql, milliseconds within,
                                      const line_function& take) {
    deadline_ = clock::now() + within;
    if (auto sent = send(sql); !sent) return sent.error();
    while (PQisBusy(connection_.get()))
        if (!wait()) return broken("no answer in time");
    const result_ptr begun(PQgetResult(connection_.get()));
    if (PQresultStatus(begun.get()) != PGRES_COPY_OUT)
        return broken(first_line(PQresultErrorMessage(begun.get())));
    for (;;) {
        char* line = nullptr;
        const int length = PQgetCopyData(connection_.get(), &line, 1);
        if (length == -1) break;
        if (length == -2) return broken();
        if (length == 0) {
            if (!wait()) return broken("no answer in time");
            continue;
        }
        const std::string wrong = take({line, static_cast<std::size_t>(length)});
        PQfreemem(line);
        if (!wrong.empty()) return broken(wrong);
    }
    for (;;) {
        while (PQisBusy(connection_.get()))
            if (!wait()) return broken("no answer in time");
        const result_ptr ended(PQgetResult(connection_.get()));
        if (!ended) return {};
        if (PQresultStatus(ended.get()) != PGRES_COMMAND_OK)
            return broken(first_line(PQresultErrorMessage(ended.get())));
    }
}

}  // namespace weir::net
