// draft: a configuration while it is read: what is said, with the places that later complaints
// need. settle() makes the config of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/load.hpp"

namespace weir::config {

/// Everything found wrong in one file, so that it can all be mended at once.
class findings {
public:
    explicit findings(std::string file) : file_(std::move(file)) {}

    void refuse(place at, std::string message, std::string hint = {}) {
        errors_.push_back({file_, at.line, at.column, std::move(message), std::move(hint)});
    }
    void refuse(complaint c) { errors_.push_back(std::move(c)); }
    void warn(place at, std::string message, std::string hint = {}) {
        warnings_.push_back({file_, at.line, at.column, std::move(message), std::move(hint)});
    }
    void warn(complaint c) { warnings_.push_back(std::move(c)); }

    std::vector<complaint>& errors() { return errors_; }
    std::vector<complaint>& warnings() { return warnings_; }

private:
    std::string file_;
    std::vector<complaint> errors_;
    std::vector<complaint> warnings_;
};

struct placed_text {
    std::string text;
    place at;
};

/// `1 = "host:port"`
struct peer_draft {
    std::string name;
    place at;  // of the name
    placed_text address;
};

struct node_draft {
    place at;
    std::optional<std::string> conninfo;  // nothing: unreadable, already noted
    std::string name;
    std::string group;
    std::uint32_t weight = 1;
};

struct cluster_draft {
    place at;
    cluster_settings settings;
    std::vector<node_draft> nodes;
    std::vector<placed_text> patroni;
};

struct database_draft {
    place at;
    database_settings settings;
};

struct rule_draft {
    place at;
    routing::rule rule;
    std::string rate;  // "100/s"
    std::int64_t rate_burst = 0;  // 0: not said
    routing::rate_scope rate_scope = routing::rate_scope::user;
};

struct draft {
    config made;
    std::optional<std::vector<placed_text>> listen;  // nothing: not said
    std::optional<placed_text> http;
    std::vector<peer_draft> peers;
    std::vector<cluster_draft> clusters;
    std::vector<database_draft> databases;
    std::vector<rule_draft> rules;
    std::map<std::string, place> places;  // "auth.users_file", "cluster.main.nodes" -> its value

    bool said(const std::string& path) const { return places.contains(path); }
    place where(const std::string& path) const {
        const auto found = places.find(path);
        return found == places.end() ? place{} : found->second;
    }
};

/// Addresses, files, names that must exist or be unique: all that takes more than one key to judge.
void settle(draft& d, const surroundings& world, findings& found);

}  // namespace weir::config
