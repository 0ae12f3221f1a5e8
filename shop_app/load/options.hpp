// The command line of the shoppers, as a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/host_port.hpp"

namespace shop::load {

struct options {
    std::vector<core::host_port> where;  // storefronts, or what balances them; each shopper keeps to one of them
    std::chrono::duration<double> seconds{20};
    std::chrono::duration<double> warm_up{0};  // before that, of which nothing is counted
    std::uint64_t checkouts = 0;               // after so many it is over, too; 0: however many
    std::size_t shoppers = 8;      // at the same time
    double rate = 0;               // steps a second of all together, at most; 0: as fast as it goes
    double arrivals = 0;           // open loop: visits that begin a second; 0: each shopper's visits follow each other
    std::chrono::milliseconds think{0};  // between two steps, on average
    double buys = 0.4;             // of the visits
    bool only_reads = false;       // the catalogue, without logging in
    std::string search;            // what is looked for each time; "": something else each time
    std::string books;             // libpq connection string of the primary: its books are looked at at the end; "": not
    std::uint64_t seed = 0;
};

// The options, or the status to exit with once it has been said why.
std::variant<options, int> parse_options(int argc, char** argv);

}  // namespace shop::load
