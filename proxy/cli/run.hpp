// run: from the command line to an exit status. Main gives it the one thing that it cannot do
// itself, serving; tests give it streams.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace weir::cli {

struct streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool is_terminal = false;  // `in`: ask for a password there, without echo
};

/// Serves until told to stop; the exit status. `reload` reads the same configuration once more.
using serve_function =
    std::function<int(config::config initial, std::function<config::load_result()> reload)>;

int run(const std::vector<std::string>& arguments, const streams& with,
        const serve_function& serve);

}  // namespace weir::cli
