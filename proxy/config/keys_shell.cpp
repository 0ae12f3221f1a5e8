// The keys of [tls.client], [tls.server] and [log].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

client_tls client_mode_of(const std::string& text) {
    if (text == "verify-full") return client_tls::verify_full;
    if (text == "verify-ca") return client_tls::verify_ca;
    if (text == "require") return client_tls::require;
    return text == "allow" ? client_tls::allow : client_tls::off;
}

node_tls node_mode_of(const std::string& text) {
    if (text == "verify-full") return node_tls::verify_full;
    if (text == "verify-ca") return node_tls::verify_ca;
    if (text == "require") return node_tls::require;
    return text == "disable" ? node_tls::disable : node_tls::prefer;
}

std::vector<key> client_tls_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = R"("off")",
         .says = "`allow`: clients may encrypt; `require`: they must (not on Unix sockets); `verify-ca`: and show a "
                 "certificate that `ca` signs; `verify-full`: whose common name is the user.",
         .choices = {"off", "allow", "require", "verify-ca", "verify-full"},
         .store = [](draft& d, std::string v) { client_tls_of(d).mode = client_mode_of(v); }},
        {.name = "cert",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Certificate chain that Weir shows, PEM, its own certificate first.",
         .store = put_text<client_tls_of, &client_tls_settings::cert>},
        {.name = "key",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Private key of `cert`, PEM.",
         .store = put_text<client_tls_of, &client_tls_settings::key>},
        {.name = "ca",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Certificates that sign those of clients, PEM. Said: clients are asked for one.",
         .store = put_text<client_tls_of, &client_tls_settings::ca>},
    };
}

std::vector<key> node_tls_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = R"("prefer")",
         .says = "`prefer`: encrypt where the node can; `require`: refuse a node that cannot. Unix "
                 "sockets are never encrypted. `verify-ca`: refuse one whose certificate `ca` does not sign; "
                 "`verify-full`: or is not of the host that its connection string names.",
         .choices = {"disable", "prefer", "require", "verify-ca", "verify-full"},
         .store = [](draft& d, std::string v) { d.made.tls_server.mode = node_mode_of(v); }},
        {.name = "ca",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Certificates that sign those of the nodes, PEM.",
         .store = put_text<node_tls_of, &node_tls_settings::ca>},
        {.name = "cert",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Certificate that Weir shows to nodes, PEM.",
         .store = put_text<node_tls_of, &node_tls_settings::cert>},
        {.name = "key",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Private key of `cert`, PEM.",
         .store = put_text<node_tls_of, &node_tls_settings::key>},
    };
}

std::vector<key> log_keys() {
    return {
        {.name = "level",
         .form = shape::choice,
         .fallback = R"("info")",
         .says = "The least important lines to write.",
         .choices = {log_levels.begin(), log_levels.end()},
         .store = put_text<log_of, &log_settings::level>},
        {.name = "format",
         .form = shape::choice,
         .fallback = R"("text")",
         .says = "`json`: one object a line.",
         .choices = {"text", "json"},
         .store =
             [](draft& d, std::string v) {
                 log_of(d).format = v == "json" ? log_format::json : log_format::text;
             }},
        {.name = "file",
         .form = shape::path,
         .fallback = R"("")",
         .says = "Where lines go; SIGUSR1 opens it anew by its name, as logrotate wants. Empty: standard error.",
         .store = put_text<log_of, &log_settings::file>},
        {.name = "slow_statement_ms",
         .form = shape::duration,
         .fallback = "0",
         .says = "A statement that took this long is a line, with its digest and where it ran. 0: none is.",
         .store = put_number<log_of, &log_settings::slow_statement>},
        {.name = "connections",
         .form = shape::truth,
         .fallback = "false",
         .says = "Each client that is let in, and that goes, is a line.",
         .store = [](draft& d, bool v) { log_of(d).connections = v; }},
        {.name = "literals",
         .form = shape::truth,
         .fallback = "false",
         .says = "Lines about slow statements have their text with its literals. Else nothing that Weir writes or shows has any.",
         .store = [](draft& d, bool v) { log_of(d).literals = v; }},
    };
}

}  // namespace

section client_tls_section() {
    return {.title = "tls.client",
            .says = "Encryption between clients and Weir.",
            .keys = client_tls_keys()};
}

section node_tls_section() {
    return {.title = "tls.server",
            .says = "Encryption between Weir and the nodes.",
            .keys = node_tls_keys()};
}

section log_section() {
    return {.title = "log", .says = "The log.", .keys = log_keys()};
}

}  // namespace weir::config
