#include "config/reference.hpp"

#include <cstdlib>

#include "config/key.hpp"

namespace weir::config {

namespace {

constexpr std::string_view introduction = R"(# Configuration

<!-- Made from the table of keys in proxy/config/. After a change there:
     weir --print-configuration-reference > docs/configuration.md -->

Weir reads one TOML file: `weir serve -c weir.toml`. `weir check -c weir.toml` reads it too and
says everything that is wrong with it, each with file, line and column. SIGHUP reads it again; a
file with an error in it is refused as a whole. The smallest file that works:

```toml
[auth]
users_file = "users.txt"

[cluster.main]
nodes = ["host=127.0.0.1 port=5432", "host=127.0.0.1 port=5433"]
probe_user = "weir"
probe_password_file = "probe-password.txt"
```

`weir serve --node postgresql://user:password@host:5432/ [--node ...]` needs no file: clients log in
at 127.0.0.1:6432 with the users and passwords of the URIs. Where no URI has a password, anybody on
this machine may log in.

* A key that Weir does not know is an error that names the nearest known one. A key that this
  version does not carry out yet is an error too, unless it is set to its default; each section
  lists its own.
* Durations end in `_ms`: a whole number of milliseconds, or a string with a unit: `"250ms"`,
  `"5s"`, `"2min"`, `"1h"`, `"1d"`.
* Sizes end in `_bytes`: a whole number of bytes, or a string with a unit: `"512B"`, `"64KiB"`,
  `"64MiB"`, `"1GiB"`.
* `${NAME}` in any string is the environment variable NAME; it must be set. `$${` stands for `${`. A
  whole number may be written as such a string too: `workers = "${WEIR_WORKERS}"`.
* A secret can also be read from a file, with `_file` behind the key's name.
* Relative paths start at the folder of the configuration file.
)";

std::string row(const key& k) {
    std::string name = "`" + std::string(k.name) + "`";
    if (k.form == shape::secret) name += ", `" + std::string(k.name) + "_file`";
    const std::string fallback = k.fallback.empty() ? "" : "`" + std::string(k.fallback) + "`";
    return "| " + name + " | " + value_words(k) + " | " + fallback + " | " + std::string(k.says) +
           " | " + std::string(k.since) + " |\n";
}

/// What the section knows and this version does not carry out.
std::string not_yet(const section& s) {
    std::string out;
    for (const key& k : s.keys) {
        if (k.form == shape::later) {
            out += "* `" + std::string(k.name) + "`: " + std::string(k.says) + "\n";
        }
        for (const std::string_view each : k.later_choices) {
            out += "* `" + std::string(k.name) + " = \"" + std::string(each) + "\"`\n";
        }
    }
    return out.empty() ? out : "\nNot available in this version:\n\n" + out;
}

std::string part(const section& s, const std::string& title) {
    std::string rows;
    for (const key& k : s.keys) {
        if (k.form != shape::later) rows += row(k);
    }
    std::string out = "\n" + title + "\n\n" + std::string(s.says) + "\n";
    if (!rows.empty()) {
        out += "\n| Key | Value | Default | Meaning | Since |\n|---|---|---|---|---|\n" + rows;
    }
    return out + not_yet(s);
}

}  // namespace

namespace {

std::string range_of(const key& k) {
    const std::string least = std::to_string(k.range.least);
    return k.range.most == 0 ? "from " + least : least + " to " + std::to_string(k.range.most);
}

}  // namespace

std::string value_words(const key& k) {
    switch (k.form) {
        case shape::text:
            return "string";
        case shape::secret:
            return "string";
        case shape::path:
            return "path";
        case shape::whole:
            return "whole number, " + range_of(k);
        case shape::duration:
            return "duration, " + range_of(k);
        case shape::size:
            return "size, " + range_of(k);
        case shape::address:
            return "address";
        case shape::addresses:
            return "list of addresses";
        case shape::texts:
            return "list of strings";
        case shape::nodes:
            return "list of strings or tables";
        case shape::peers:
            return "table of strings";
        case shape::truth:
            return "`true`, `false`";
        case shape::choice:
            break;
        case shape::later:
            std::abort();  // not in the table of what can be set
    }
    std::string out;
    for (const std::string_view each : k.choices) {
        out += (out.empty() ? "`\"" : ", `\"") + std::string(each) + "\"`";
    }
    return out;
}

std::string reference_markdown() {
    std::string out(introduction);
    for (const section& s : sections()) {
        out += part(s, "## `" + heading(s) + "`");
        if (s.title == "cluster") out += part(node_table(), "### A node as a table");
    }
    return out;
}

}  // namespace weir::config
