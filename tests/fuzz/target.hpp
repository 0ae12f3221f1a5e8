// target: something that takes any bytes whatever, and must neither crash nor hang nor break what it promises.
#pragma once

#include <map>
#include <string_view>

#include "base/bytes.hpp"

namespace weir::fuzz {

using target = void (*)(bytes_view);

/// By name, which is that of its folder in corpora/.
const std::map<std::string_view, target>& targets();

/// A promise is broken: says which, and aborts, so that a fuzzer keeps the input.
void insist(bool kept, const char* promise);

// One function each; targets() knows them.
void startup(bytes_view in);
void frontend(bytes_view in);
void backend(bytes_view in);
void splitter(bytes_view in);
void scram_server(bytes_view in);
void scram_client(bytes_view in);
void stored_secret(bytes_view in);
void users_file(bytes_view in);
void configuration(bytes_view in);
void digest(bytes_view in);
void statement_facts(bytes_view in);
void token(bytes_view in);
void timeline_history(bytes_view in);
void own_statement(bytes_view in);
void copy_text(bytes_view in);
void session(bytes_view in);
void hba(bytes_view in);
void name_map(bytes_view in);
void client_address(bytes_view in);
void console_command(bytes_view in);

}  // namespace weir::fuzz
