// store: how a row of the table of keys says where its value goes: a settings object in the draft,
// and a member of it.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>
#include <string_view>
#include <utility>
#include <vector>

#include "config/draft.hpp"

namespace weir::config {

/// Of: draft& -> the settings; Member: pointer to one of their members.
template <auto Of, auto Member>
void put_text(draft& d, std::string text) {
    Of(d).*Member = std::move(text);
}

/// The row's range has been kept, so the number fits.
template <auto Of, auto Member>
void put_number(draft& d, std::int64_t number) {
    auto& member = Of(d).*Member;
    member = static_cast<std::remove_reference_t<decltype(member)>>(number);
}

// Words of which the reader has seen to it that they are among the key's choices.
inline const std::vector<std::string_view> consistency_levels{"eventual", "bounded", "session", "global",
                                                              "strong"};
inline pool_mode pool_mode_of(std::string_view word) {
    return word == "session" ? pool_mode::session : pool_mode::transaction;
}
inline routing::transaction_policy transaction_policy_of(std::string_view word) {
    using policy = routing::transaction_policy;
    return word == "split" ? policy::split : policy::safe;
}

inline server_settings& server_of(draft& d) { return d.made.server; }
inline auth_settings& auth_of(draft& d) { return d.made.auth; }
inline pool_settings& pool_of(draft& d) { return d.made.pool; }
inline routing::policy_settings& routing_of(draft& d) { return d.made.routing; }
inline client_tls_settings& client_tls_of(draft& d) { return d.made.tls_client; }
inline node_tls_settings& node_tls_of(draft& d) { return d.made.tls_server; }
inline log_settings& log_of(draft& d) { return d.made.log; }
// The one that was opened last: the reader fills it before it opens the next.
inline cluster_settings& cluster_of(draft& d) { return d.clusters.back().settings; }
inline node_draft& node_of(draft& d) { return d.clusters.back().nodes.back(); }
inline database_settings& database_of(draft& d) { return d.databases.back().settings; }
inline user_settings& user_of(draft& d) { return d.made.user_overrides.back(); }
inline routing::rule& rule_of(draft& d) { return d.rules.back().rule; }

}  // namespace weir::config
