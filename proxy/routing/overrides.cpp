#include "routing/overrides.hpp"

namespace weir::routing {

overrides override_table::settle(std::string_view user, std::string_view database) const {
    overrides made;
    auto of_database = databases_.find(database);
    if (of_database == databases_.end()) of_database = databases_.find("*");
    if (of_database != databases_.end()) made = of_database->second;
    if (const auto of_user = users_.find(user); of_user != users_.end()) {
        const auto& said = of_user->second;
        if (said.mode) made.mode = said.mode;
        if (said.level) made.level = said.level;
        if (said.transactions) made.transactions = said.transactions;
        if (said.commit_outcome) made.commit_outcome = said.commit_outcome;
    }
    return made;
}

}  // namespace weir::routing
