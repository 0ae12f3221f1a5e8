// The keys of [tls.client], [tls.server] and [log].
#include "config/key.hpp"
#include "config/store.hpp"

namespace weir::config {

namespace {

client_tls client_mode_of(const std::string& text) {
    if (text == "require") return client_tls::require;
    return text == "allow" ? client_tls::allow : client_tls::off;
}

node_tls node_mode_of(const std::string& text) {
    if (text == "require") return node_tls::require;
    return text == "disable" ? node_tls::disable : node_tls::prefer;
}

std::vector<key> client_tls_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = R"("off")",
         .says = "`allow`: clients may encrypt; `require`: they must (not on Unix sockets).",
         .choices = {"off", "allow", "require"},
         .later_choices = {"verify-ca", "verify-full"},
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
         .form = shape::later,
         .fallback = R"("")",
         .says = "Certificates that sign those of clients, PEM."},
    };
}

std::vector<key> node_tls_keys() {
    return {
        {.name = "mode",
         .form = shape::choice,
         .fallback = R"("prefer")",
         .says = "`prefer`: encrypt where the node can; `require`: refuse a node that cannot. Unix "
                 "sockets are never encrypted.",
         .choices = {"disable", "prefer", "require"},
         .later_choices = {"verify-ca", "verify-full"},
         .store = [](draft& d, std::string v) { d.made.tls_server = node_mode_of(v); }},
        {.name = "ca",
         .form = shape::later,
         .fallback = R"("")",
         .says = "Certificates that sign those of the nodes, PEM."},
        {.name = "cert",
         .form = shape::later,
         .fallback = R"("")",
         .says = "Certificate that Weir shows to nodes, PEM."},
        {.name = "key",
         .form = shape::later,
         .fallback = R"("")",
         .says = "Private key of `cert`, PEM."},
    };
}

std::vector<key> log_keys() {
    return {
        {.name = "level",
         .form = shape::choice,
         .fallback = R"("info")",
         .says = "The least important lines to write.",
         .choices = {"trace", "debug", "info", "warn", "error", "off"},
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
    return {.title = "log", .says = "Lines on standard error.", .keys = log_keys()};
}

}  // namespace weir::config
