#include "config/manual.hpp"

#include "config/key.hpp"
#include "config/reference.hpp"

namespace weir::config {

std::string as_roff(std::string_view text) {
    std::string out;
    bool bold = false, begins = true;
    for (const char c : text) {
        if (c == '`') {
            out += bold ? "\\fR" : "\\fB";
            bold = !bold;
            begins = false;
            continue;
        }
        if (begins && (c == '.' || c == '\'')) out += "\\&";
        begins = c == '\n';
        c == '\\' ? out += "\\e" : c == '-' ? out += "\\-" : out += c;
    }
    return out;
}

namespace {

std::string entry(const key& k) {
    std::string out = ".TP\n" + as_roff("`" + std::string(k.name) + "`");
    if (k.form == shape::secret) out += as_roff(", `" + std::string(k.name) + "_file`");
    out += " (" + as_roff(value_words(k));
    if (!k.fallback.empty()) out += as_roff("; default `" + std::string(k.fallback) + "`");
    return out + ")\n" + as_roff(k.says) + "\n";
}

std::string part(const section& s, const std::string& title) {
    std::string out = ".SS " + as_roff(title) + "\n" + as_roff(s.says) + "\n";
    for (const key& k : s.keys)
        if (k.form != shape::later) out += entry(k);
    return out;
}

}  // namespace

std::string configuration_manual(std::string_view version) {
    std::string out = ".TH WEIR.TOML 5 \"\" \"Weir " + std::string(version) + "\" \"Weir\"\n";
    out += ".SH NAME\nweir.toml \\- configuration of weir(1)\n.SH DESCRIPTION\n";
    out += as_roff(R"(A TOML file. `weir check -c FILE` says everything that is wrong with it, with file, line and column; SIGHUP reads it
again, and one with an error is refused as a whole. A key that Weir does not know is an error. Durations end in `_ms`
and take units (`"5s"`), sizes in `_bytes` (`"64MiB"`). `${NAME}` in a string is an environment variable. A secret can be
read from a file, with `_file` behind the key's name. Relative paths start at the folder of the file.
)");
    out += ".SH SECTIONS\n";
    for (const section& s : sections()) {
        out += part(s, heading(s));
        if (s.title == "cluster") out += part(node_table(), "A node as a table");
    }
    return out + ".SH SEE ALSO\nweir(1)\n";
}

}  // namespace weir::config
