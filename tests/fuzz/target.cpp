#include "fuzz/target.hpp"

#include <cstdio>
#include <cstdlib>

namespace weir::fuzz {

const std::map<std::string_view, target>& targets() {
    static const std::map<std::string_view, target> all = {
        {"startup", startup},
        {"frontend", frontend},
        {"backend", backend},
        {"splitter", splitter},
        {"scram_server", scram_server},
        {"scram_client", scram_client},
        {"stored_secret", stored_secret},
        {"users_file", users_file},
        {"configuration", configuration},
        {"digest", digest},
        {"statement_facts", statement_facts},
        {"token", token},
        {"timeline_history", timeline_history},
        {"own_statement", own_statement},
        {"copy_text", copy_text},
        {"session", session},
        {"hba", hba},
        {"name_map", name_map},
        {"client_address", client_address},
        {"console_command", console_command},
    };
    return all;
}

void insist(bool kept, const char* promise) {
    if (kept) return;
    std::fprintf(stderr, "broken: %s\n", promise);
    std::abort();
}

}  // namespace weir::fuzz
