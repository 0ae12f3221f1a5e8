#include "config/inventory.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "config/key.hpp"

namespace weir::config {
namespace {

constexpr std::string_view hidden = "\"***\"";

constexpr std::array restart_keys = {
    std::string_view("server.workers"),  std::string_view("server.peer_id"), std::string_view("server.handover"),
    std::string_view("server.user"),     std::string_view("server.verdict_cache_bytes"),
    std::string_view("server.catalog_cache_bytes"), std::string_view("server.parse_limit_bytes")};

constexpr std::array restart_keys_of_clusters = {
    std::string_view("probe_user"),       std::string_view("probe_password"), std::string_view("probe_password_file"),
    std::string_view("probe_database"),   std::string_view("probe_timeout_ms"), std::string_view("catalog_probe_ms"),
    std::string_view("patroni"),          std::string_view("patroni_interval_ms")};

bool is_one_of(const auto& keys, std::string_view name) { return std::find(keys.begin(), keys.end(), name) != keys.end(); }

bool is_secret(std::string_view name) {
    const auto holds = [&](const section& s) {
        return std::any_of(s.keys.begin(), s.keys.end(),
                           [&](const key& k) { return k.name == name && k.form == shape::secret; });
    };
    return std::any_of(sections().begin(), sections().end(), holds) || holds(node_table());
}

/// password=... of a connection string, and ://user:...@ of a URI.
std::string without_password(std::string text) {
    constexpr std::string_view word = "password";
    for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) {
        const auto equals = text.find_first_not_of(' ', at + word.size());
        if (equals == text.npos || text[equals] != '=') continue;
        const auto begin = std::min(text.find_first_not_of(' ', equals + 1), text.size());
        const bool quoted = begin < text.size() && text[begin] == '\'';
        auto end = quoted ? text.find('\'', begin + 1) : text.find_first_of(" &", begin);
        end = end == text.npos ? text.size() : end + quoted;
        text.replace(begin, end - begin, "***");
    }
    const auto scheme = text.find("://");
    const auto host = scheme == text.npos ? text.npos : text.rfind('@');
    const auto colon = scheme == text.npos ? text.npos : text.find(':', scheme + 3);
    if (host != text.npos && colon < host) text.replace(colon + 1, host - colon - 1, "***");
    return text;
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : without_password(text)) {
        if (c == '"' || c == '\\') out += '\\';
        c == '\n' ? out += "\\n" : out += c;
    }
    return out + '"';
}

std::string written(const item& of) {
    if (const auto* truth = of.as<bool>()) return *truth ? "true" : "false";
    if (const auto* whole = of.as<std::int64_t>()) return std::to_string(*whole);
    if (const auto* real = of.as<double>()) return std::to_string(*real);
    if (const auto* text = of.as<std::string>()) return quoted(*text);
    std::string out;
    if (const auto* list = of.as<item::list>()) {
        for (const auto& each : *list) out += (out.empty() ? "" : ", ") + written(each);
        return "[" + out + "]";
    }
    if (const auto* table = of.as<item::table>()) {
        for (const auto& each : *table)
            out += (out.empty() ? "" : ", ") + each.name + " = " +
                   (is_secret(each.name) ? std::string(hidden) : written(each.held));
        return "{" + out + "}";
    }
    return "?";
}

void walk(const item::table& table, const std::string& path, std::vector<said_value>& out) {
    for (const auto& each : table) {
        const std::string name = path.empty() ? each.name : path + "." + each.name;
        const auto* list = each.held.as<item::list>();
        const bool sections_listed = list != nullptr && path.empty();
        if (const auto* inner = each.held.as<item::table>()) {
            walk(*inner, name, out);
        } else if (sections_listed) {
            for (std::size_t i = 0; i < list->size(); ++i)
                if (const auto* one = (*list)[i].as<item::table>()) walk(*one, name + "[" + std::to_string(i + 1) + "]", out);
        } else {
            out.push_back({name, is_secret(each.name) ? std::string(hidden) : written(each.held)});
        }
    }
}

}  // namespace

std::vector<said_value> said_in(const item::table& document) {
    std::vector<said_value> out;
    walk(document, "", out);
    return out;
}

bool takes_restart(std::string_view key) {
    if (!key.starts_with("cluster.")) return is_one_of(restart_keys, key);
    return is_one_of(restart_keys_of_clusters, key.substr(key.rfind('.') + 1));
}

std::vector<inventory_line> inventory(const std::vector<said_value>& said) {
    std::map<std::string, std::string> left;
    for (const auto& one : said) left[one.key] = one.value;
    std::vector<inventory_line> lines;
    for (const auto& s : sections()) {
        if (s.form != repetition::once) continue;
        for (const auto& k : s.keys) {
            if (k.form == shape::later) continue;
            const std::string name = std::string(s.title) + "." + std::string(k.name);
            const auto found = left.extract(name);
            lines.push_back({name, found ? found.mapped() : std::string(k.fallback), std::string(k.fallback),
                             takes_restart(name)});
        }
    }
    for (const auto& one : said)
        if (left.contains(one.key)) lines.push_back({one.key, one.value, "", takes_restart(one.key)});
    return lines;
}

std::vector<std::string> difference(const std::vector<said_value>& before, const std::vector<said_value>& after) {
    std::map<std::string, std::pair<std::string, std::string>> both;
    for (const auto& one : before) both[one.key].first = one.value;
    for (const auto& one : after) both[one.key].second = one.value;
    std::vector<std::string> lines;
    for (const auto& [key, values] : both) {
        if (values.first == values.second) continue;
        if (!values.first.empty()) lines.push_back("- " + key + " = " + values.first);
        if (!values.second.empty()) lines.push_back("+ " + key + " = " + values.second);
    }
    return lines;
}

}  // namespace weir::config
