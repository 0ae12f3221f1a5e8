// The shop: arguments to a service that serves. No logic of its own.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <memory>

#include "database/connection_pool.hpp"
#include "database/interrupt.hpp"
#include "descriptor_limit.hpp"
#include "http/peer.hpp"
#include "http/server.hpp"
#include "options.hpp"
#include "service/inventory_service.hpp"
#include "service/user_service.hpp"

namespace {

constexpr int could_not_start = 3;
constexpr std::size_t most_descriptors = 8192;

void log_to_stderr(const shop::options& chosen) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("shop"));
    spdlog::set_level(spdlog::level::from_str(chosen.log_level));
}

void serve(const shop::options& chosen, shop::http::handler answer,
           shop::database::interrupt& bell) {
    // Half of what may be open is for visitors: the database and the log must never be shut out.
    const auto most_visitors = shop::raise_descriptor_limit(most_descriptors) / 2;
    shop::http::server server(
        {chosen.listen, chosen.threads, chosen.body_limit_bytes, most_visitors}, std::move(answer),
        [&bell] { bell.ring(); });
    std::cout << "listening on " << shop::core::to_text(server.address()) << std::endl;
    server.run();
}

template <class Service>
auto answering(Service& service) {
    return [&service](const shop::core::request& asked) {
        return shop::service::seen_by_visitor(asked, [&] { return service(asked); });
    };
}

void run(const shop::options& chosen) {
    shop::database::interrupt bell;
    const shop::database::address to{chosen.database, std::chrono::seconds(5), chosen.query_timeout,
                                     bell.descriptor()};
    shop::database::connection_pool personal(to, chosen.connections);
    if (chosen.kind == shop::service_kind::user) {
        shop::service::user_service service(personal);
        serve(chosen, answering(service), bell);
        return;
    }
    shop::database::connection_pool browsing(to, chosen.connections);
    shop::http::peer user_service(*chosen.peer);
    shop::service::inventory_service service(
        browsing, personal,
        [&](const shop::core::request& asked) { return user_service.ask(asked); });
    serve(chosen, answering(service), bell);
}

}  // namespace

int main(int argc, char** argv) {
    const auto parsed = shop::parse_options(argc, argv);
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    const auto& chosen = std::get<shop::options>(parsed);
    log_to_stderr(chosen);
    try {
        run(chosen);
    } catch (const std::exception& error) {
        std::cerr << "shop: " << error.what() << '\n';
        return could_not_start;
    }
    return 0;
}
