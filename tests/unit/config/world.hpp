// world: what a configuration meets outside of itself, in memory: files, environment, nodes.
#pragma once

#include <gtest/gtest.h>

#include <charconv>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace weir::config {

struct world {
    std::map<std::string, std::string> files;
    std::map<std::string, std::string> variables;
    std::set<std::string> readable_by_others;
    unsigned cores = 2;

    /// "host=H port=P user=U password=W", words in any order; anything else is wrong.
    static std::variant<node_settings, std::string> parse_node(const std::string& conninfo) {
        node_settings out;
        out.conninfo = conninfo;
        std::string_view rest = conninfo;
        while (!rest.empty()) {
            const std::string_view word = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
            const auto equals = word.find('=');
            if (equals == std::string_view::npos)
                return "missing \"=\" in \"" + std::string(word) + "\"";
            const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
            if (name == "host") out.address.host = value;
            if (name == "user") out.user = value;
            if (name == "password") out.password = value;
            if (name == "port") {
                std::from_chars(value.data(), value.data() + value.size(), out.address.port);
            }
        }
        return out;
    }

    surroundings around() const {
        surroundings out;
        out.read_file = [this](const std::string& path) -> std::variant<std::string, complaint> {
            const auto found = files.find(path);
            if (found == files.end())
                return complaint{path, 0, 0, "cannot be read: no such file", {}};
            return found->second;
        };
        out.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
        out.parse_node = parse_node;
        out.cores = cores;
        out.others_may_read = [this](const std::string& path) {
            return readable_by_others.contains(path);
        };
        return out;
    }

    load_result load(const std::string& text) {
        files["/etc/weir/weir.toml"] = text;
        return weir::config::load("/etc/weir/weir.toml", around());
    }
};

/// The shortest text that is a whole configuration; what a test says comes in front.
inline const std::string rest = R"(
[auth]
method = "trust"
[cluster.main]
nodes = ["host=127.0.0.1 port=5432"]
)";

inline std::string all_of(const std::vector<complaint>& complaints) {
    std::string out;
    for (const complaint& c : complaints) out += to_string(c) + "\n";
    return out;
}

/// The configuration, or a failure of the test with every complaint and an empty one.
inline config good(const load_result& result) {
    if (const auto* made = std::get_if<config>(&result)) return *made;
    ADD_FAILURE() << all_of(std::get<std::vector<complaint>>(result));
    return {};
}

/// The complaints, one a line, without the path of the configuration's folder.
inline std::string bad(const load_result& result) {
    const auto* complaints = std::get_if<std::vector<complaint>>(&result);
    if (complaints == nullptr) return "";
    std::string out = all_of(*complaints);
    for (const std::string folder = "/etc/weir/"; out.find(folder) != std::string::npos;) {
        out.erase(out.find(folder), folder.size());
    }
    return out;
}

}  // namespace weir::config
