// dry_run: where a statement would go under a configuration, without a server: every replica is there and
// fresh, every bucket is full. It knows neither files nor streams.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "query/resolve.hpp"
#include "routing/explain.hpp"

namespace weir::cli {

/// Text -> what it does. What resolves names against a catalog is put in here.
using facts_source = std::function<query::facts(std::string_view text)>;

/// By PostgreSQL's grammar alone.
facts_source facts_by_grammar(const config::config& made);
/// ... and by what names stand for.
facts_source facts_by_catalog(const config::config& made, query::name_scope names);

/// Who says it, and in what state of its session.
struct dry_client {
    std::string user = "postgres";
    std::string database = "postgres";
    std::string application_name = {};
    std::string address = "127.0.0.1";
    routing::transaction_kind transaction = routing::transaction_kind::none;
    routing::held_lease holds = routing::held_lease::none;
};

struct dry_route {
    std::string route;   // "primary", "replicas", "group:NAME", "reject" or "local"
    std::string reason;  // routing::to_string()
    std::string rule;    // its name; empty: none
    std::vector<std::string> shadows;  // names of shadow rules that match
    routing::explanation explained;
};

class dry_run {
public:
    dry_run(const config::config& made, facts_source facts);

    dry_route route(std::string_view text, const dry_client& who) const;
    /// The transaction that this client is in after this statement.
    routing::transaction_kind after(std::string_view text, const dry_client& who) const;

private:
    const config::config& made_;
    facts_source facts_;
    routing::rule_set rules_;
    routing::override_table overrides_;
};

/// The statements of a script, each without its semicolon; what cannot be tokenised is one statement.
std::vector<std::string> split_statements(std::string_view script);

}  // namespace weir::cli
