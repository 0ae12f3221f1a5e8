#include "load/options.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

namespace shop::load {
namespace {

constexpr int wrong_use = 2;
constexpr double a_day = 86400;

}  // namespace

std::variant<options, int> parse_options(int argc, char** argv) {
    CLI::App app{
        "A stream of shoppers: they register, browse, search, buy, and look at their orders at once. Prints one JSON "
        "summary. Exit status: 0 when nothing failed, every order was there when its buyer looked, and the books balance; "
        "1 when not, 2 for wrong use."};
    options out;
    std::vector<std::string> urls;
    double seconds = out.seconds.count();
    double warm_up = 0;
    long think_ms = 0;
    out.seed = static_cast<std::uint64_t>(getpid());
    app.add_option("--url", urls, "of the storefront, as http://127.0.0.1:8080; of several, each shopper keeps to one")->required();
    app.add_option("--seconds", seconds, "how long")->check(CLI::Range(0.1, a_day))->capture_default_str();
    app.add_option("--warm-up", warm_up, "seconds before these, of which nothing is counted")
        ->check(CLI::Range(0.0, a_day))
        ->capture_default_str();
    app.add_option("--checkouts", out.checkouts, "it is over after so many, too");
    app.add_option("--shoppers", out.shoppers, "at the same time, at most")->check(CLI::Range(1, 10000))->capture_default_str();
    app.add_option("--rate", out.rate, "steps a second of all together; 0 is as fast as it goes")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    app.add_option("--arrivals", out.arrivals, "visits that begin a second, whether the shop keeps up or not (open loop)")
        ->check(CLI::Range(0.0, 1e6))
        ->capture_default_str();
    app.add_option("--think-ms", think_ms, "between two steps of a shopper, on average")
        ->check(CLI::Range(0, 3600000))
        ->capture_default_str();
    app.add_option("--buys", out.buys, "part of the visits that buy")->check(CLI::Range(0.0, 1.0))->capture_default_str();
    app.add_flag("--only-reads", out.only_reads, "lists and searches of the catalogue, nothing else");
    app.add_option("--search", out.search, "words that are looked for each time, in place of others each time");
    app.add_option("--books", out.books, "connection string of the primary: at the end its books must balance");
    app.add_option("--seed", out.seed, "repeats the same choices");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : wrong_use;
    }
    for (const auto& url : urls) {
        const auto where = core::parse_base_url(url);
        if (!where) {
            std::cerr << "shoppers: --url takes a URL as http://127.0.0.1:8080\n";
            return wrong_use;
        }
        out.where.push_back(*where);
    }
    out.seconds = std::chrono::duration<double>(seconds);
    out.warm_up = std::chrono::duration<double>(warm_up);
    out.think = std::chrono::milliseconds(think_ms);
    return out;
}

}  // namespace shop::load
