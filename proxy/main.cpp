// Arguments -> configuration -> serve. Nothing is decided here.
#include <unistd.h>

#include <iostream>

#include "admin/desk.hpp"
#include "cli/run.hpp"
#include "net/serve.hpp"

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const weir::cli::streams with{std::cin, std::cout, std::cerr, isatty(STDIN_FILENO) == 1};
    return weir::cli::run(arguments, with,
                          [](weir::config::config initial,
                             std::function<weir::config::load_result()> reload) {
                              weir::admin::desk answers;
                              return weir::net::serve(std::move(initial), std::move(reload), answers);
                          });
}
