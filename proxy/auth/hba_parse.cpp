// The checks are those of parse_hba_line() in PostgreSQL's hba.c, in its words where it has some.
#include <algorithm>
#include <array>
#include <map>

#include "auth/hba_rules.hpp"

namespace weir::auth {
namespace {

constexpr auto known_methods = "trust, reject, scram-sha-256, md5, password, cert, peer";

const std::map<std::string_view, connection_type> types = {
    {"local", connection_type::local},           {"host", connection_type::host},
    {"hostssl", connection_type::hostssl},       {"hostnossl", connection_type::hostnossl},
    {"hostgssenc", connection_type::hostgssenc}, {"hostnogssenc", connection_type::hostnogssenc}};

const std::map<std::string_view, method> methods = {
    {"trust", method::trust}, {"reject", method::reject}, {"password", method::password}, {"md5", method::md5},
    {"scram-sha-256", method::scram_sha_256}, {"cert", method::cert}, {"peer", method::peer}};

constexpr std::array methods_of_others{"gss", "sspi", "ident", "ldap", "radius", "pam", "bsd", "oauth"};

class line_parser {
public:
    line_parser(const token_line& from, hba_parsed& out) : from_(from), out_(out) {
        line_.file = from.file;
        line_.number = from.number;
    }

    void parse() {
        if (take_type() && take_names("database", line_.databases) && take_names("role", line_.users) &&
            (line_.type == connection_type::local || take_address()) && take_method() && take_options() && check())
            out_.lines.push_back(std::move(line_));
    }

private:
    complaint note(std::string message, std::string hint = {}) const {
        return {from_.file, from_.number, std::move(message), std::move(hint)};
    }
    bool wrong(std::string message, std::string hint = {}) {
        out_.faults.push_back(note(std::move(message), std::move(hint)));
        return false;
    }
    const field* next() { return at_ < from_.fields.size() ? &from_.fields[at_++] : nullptr; }

    bool take_type();
    bool take_names(const char* what, std::vector<name_pattern>& to);
    bool take_address();
    bool take_range(const std::string& text);
    bool take_method();
    bool take_options();
    bool take_option(const std::string& name, const std::string& value);
    bool check();

    const token_line& from_;
    hba_parsed& out_;
    hba_line line_;
    std::size_t at_ = 0;
    bool said_certificate_ = false;
};

bool line_parser::take_type() {
    const field& first = *next();
    if (first.size() > 1) return wrong("multiple values specified for connection type", "One type a line.");
    const auto found = types.find(first.front().text);
    if (found == types.end())
        return wrong("invalid connection type \"" + first.front().text + "\"",
                     "local, host, hostssl, hostnossl, hostgssenc or hostnogssenc");
    line_.type = found->second;
    if (line_.type == connection_type::hostgssenc)
        out_.warnings.push_back(note("hostgssenc fits no connection: Weir does not encrypt by GSSAPI"));
    return true;
}

bool line_parser::take_names(const char* what, std::vector<name_pattern>& to) {
    const field* names = next();
    if (names == nullptr) return wrong(std::string("end-of-line before ") + what + " specification");
    const bool users = &to == &line_.users;
    for (const auto& each : *names) {
        auto made = name_pattern::make(each);
        if (const auto* bad = std::get_if<std::string>(&made)) return wrong(*bad);
        auto& pattern = std::get<name_pattern>(made);
        // Who is a member of what is known by the nodes alone.
        const bool by_role = users ? pattern.is_role()
                                   : pattern.is_keyword("samerole") || pattern.is_keyword("samegroup");
        if (by_role)
            return wrong("\"" + each.text + "\": Weir does not know who is a member of which role",
                         "Name the users, or use a regular expression.");
        to.push_back(std::move(pattern));
    }
    return true;
}

bool line_parser::take_range(const std::string& text) {
    line_.from.is = address_rule::kind::range;
    const auto slash = text.find('/');
    if (slash != std::string::npos) {
        line_.from.range = client_range::parse_any(text);
        if (line_.from.range) return true;
        return client_range::parse_any(text.substr(0, slash))
                   ? wrong("invalid CIDR mask in address \"" + text + "\"")
                   : wrong("specifying both host name and CIDR mask is invalid: \"" + text + "\"");
    }
    const field* mask = next();
    if (mask == nullptr)
        return wrong("end-of-line before netmask specification",
                     "Specify an address range in CIDR notation, or provide a separate netmask.");
    if (mask->size() > 1) return wrong("multiple values specified for netmask");
    line_.from.range = client_range::parse_masked(text, mask->front().text);
    return line_.from.range || wrong("invalid IP mask \"" + mask->front().text + "\" for \"" + text + "\"");
}

bool line_parser::take_address() {
    const field* said = next();
    if (said == nullptr) return wrong("end-of-line before IP address specification");
    if (said->size() > 1)
        return wrong("multiple values specified for host address", "Specify one address range per line.");
    const token& address = said->front();
    auto& is = line_.from.is;
    const auto keyword = [&](std::string_view word) { return !address.quoted && address.text == word; };
    if (keyword("all")) {
        is = address_rule::kind::all;
    } else if (keyword("samehost")) {
        is = address_rule::kind::same_host;
    } else if (keyword("samenet")) {
        is = address_rule::kind::same_net;
    } else if (address.text.find('/') != std::string::npos || client_range::parse_any(address.text)) {
        return take_range(address.text);
    } else {
        is = address_rule::kind::host;
        line_.from.host = address.text;
        if (address.text.empty()) return wrong("an empty host name");
    }
    return true;
}

bool line_parser::take_method() {
    const field* said = next();
    if (said == nullptr) return wrong("end-of-line before authentication method");
    if (said->size() > 1)
        return wrong("multiple values specified for authentication type", "Specify exactly one authentication type per line.");
    const std::string& name = said->front().text;
    // As PostgreSQL: ident over a Unix socket is peer.
    const bool is_peer = name == "ident" && line_.type == connection_type::local;
    const auto found = methods.find(is_peer ? "peer" : name);
    if (found != methods.end()) {
        line_.wants.by = found->second;
        return true;
    }
    const bool elsewhere = std::find(methods_of_others.begin(), methods_of_others.end(), name) != methods_of_others.end();
    return wrong(elsewhere ? "authentication method \"" + name + "\" is not supported by Weir"
                           : "invalid authentication method \"" + name + "\"",
                 known_methods);
}

bool line_parser::take_options() {
    while (const field* option = next()) {
        for (const auto& each : *option) {
            const auto equals = each.text.find('=');
            if (equals == std::string::npos)
                return wrong("authentication option not in name=value format: " + each.text);
            if (!take_option(each.text.substr(0, equals), each.text.substr(equals + 1))) return false;
        }
    }
    return true;
}

bool line_parser::take_option(const std::string& name, const std::string& value) {
    auto& wants = line_.wants;
    if (name == "map") {
        if (wants.by != method::peer && wants.by != method::cert)
            return wrong("authentication option \"map\" is only valid for authentication methods peer and cert");
        wants.map = value;
        out_.maps.emplace_back(value, note("map=" + value));
        return true;
    }
    if (name != "clientcert" && name != "clientname") return wrong("unrecognized authentication option name: \"" + name + "\"");
    if (line_.type != connection_type::hostssl) return wrong(name + " can only be configured for \"hostssl\" rows");
    if (name == "clientname") {
        wants.by_distinguished_name = value == "DN";
        return value == "DN" || value == "CN" ||
               wrong("invalid value for clientname: \"" + value + "\"", "CN or DN");
    }
    said_certificate_ = true;
    if (value == "verify-full") {
        wants.certificate = client_certificate::verify_full;
    } else if (value == "verify-ca" && wants.by != method::cert) {
        wants.certificate = client_certificate::verify_ca;
    } else {
        return wrong(wants.by == method::cert
                         ? "clientcert only accepts \"verify-full\" when using \"cert\" authentication"
                         : "invalid value for clientcert: \"" + value + "\"",
                     "verify-ca or verify-full");
    }
    return true;
}

bool line_parser::check() {
    const auto by = line_.wants.by;
    if (by == method::peer && line_.type != connection_type::local)
        return wrong("peer authentication is only supported on local sockets");
    if (by == method::cert && line_.type != connection_type::hostssl)
        return wrong("cert authentication is only supported on hostssl connections");
    return true;
}

}  // namespace

hba_parsed parse_hba(const token_lines& from) {
    hba_parsed made;
    made.faults = from.faults;
    for (const auto& line : from.lines) line_parser(line, made).parse();
    if (made.faults.empty() && made.lines.empty())
        made.warnings.push_back({from.lines.empty() ? "" : from.lines.front().file, 0, "no line lets anybody in", ""});
    return made;
}

}  // namespace weir::auth
