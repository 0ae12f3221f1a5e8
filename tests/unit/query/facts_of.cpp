// facts_of: what Weir's analysis says of statements, for tests that are not written in C++. Standard
// input: statements that each end with a NUL. Output, a line for each: kind, route, why_not, pins,
// tells_time, as in tests/cases.
#include <iostream>
#include <string>

#include "case_file.hpp"
#include "query/analyze.hpp"

int main() {
    using namespace weir::query;
    std::ios::sync_with_stdio(false);
    for (std::string text; std::getline(std::cin, text, '\0');) {
        const facts f = analyze(text, 1 << 20);
        std::cout << testing::name_of(f.kind) << '\t' << (f.read_only ? "replica" : "primary")
                  << '\t' << testing::name_of(f.why_not) << '\t' << testing::names_of(f.pins)
                  << '\t' << (f.tells_time ? "tells_time" : "-") << '\n';
    }
}
