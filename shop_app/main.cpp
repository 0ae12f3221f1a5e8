// The shop: arguments to services that serve. No logic of its own.
#include <exception>
#include <iostream>

#include "assembly.hpp"
#include "database/interrupt.hpp"
#include "descriptor_limit.hpp"
#include "http/server.hpp"
#include "log_lines.hpp"
#include "options.hpp"

namespace {

constexpr int could_not_start = 3;
constexpr std::size_t most_descriptors = 8192;

void serve(const shop::options& chosen) {
    shop::database::interrupt bell;
    shop::assembly services(chosen, bell.descriptor());
    // Half of what may be open is for visitors: the database and the log must never be shut out.
    const auto most_visitors = shop::raise_descriptor_limit(most_descriptors) / 2;
    shop::http::server server(
        {chosen.listen, chosen.threads, chosen.body_limit_bytes, most_visitors},
        [&services](const shop::core::request& asked) { return services(asked); }, [&bell] { bell.ring(); });
    std::cout << "listening on " << shop::core::to_text(server.address()) << std::endl;
    server.run();
}

}  // namespace

int main(int argc, char** argv) {
    const auto parsed = shop::parse_options(argc, argv);
    if (const auto* status = std::get_if<int>(&parsed)) return *status;
    const auto& chosen = std::get<shop::options>(parsed);
    shop::set_up_logging(chosen.log_level, chosen.logs_json);
    try {
        serve(chosen);
    } catch (const std::exception& error) {
        std::cerr << "shop: " << error.what() << '\n';
        return could_not_start;
    }
    return 0;
}
