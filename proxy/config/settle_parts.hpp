// settle_parts: the parts of settle() that have a file of their own. Only settle() calls them, in
// the order in which they stand here.
#pragma once

#include "config/draft.hpp"

namespace weir::config {

void settle_peers(draft& d, findings& found);
void settle_auth(draft& d, const surroundings& world, findings& found);
void settle_clusters(draft& d, const surroundings& world, findings& found);
void settle_databases(draft& d, findings& found);
void settle_rules(draft& d, findings& found);
/// Warns of what is of no use in it. Rules before it stand in d.made.rules.
void lint_rule(const draft& d, const rule_draft& said, const std::string& path, findings& found);

}  // namespace weir::config
