#include "auth/seats.hpp"

namespace weir::auth {

std::size_t seats::count_in(const counts& of, const std::string& name) {
    const auto found = of.find(name);
    return found == of.end() ? 0 : found->second;
}

void seats::leave(counts& of, const std::string& name) {
    const auto found = of.find(name);
    if (found != of.end() && --found->second == 0) of.erase(found);
}

std::optional<fault> seats::take(const std::string& user, const std::string& database) {
    const auto refuse = [](const std::string& whom, const std::string& section) {
        return fault{sqlstate::too_many_connections, "too many connections for " + whom, "",
                     "See max_clients in the [" + section + "] section of Weir's configuration."};
    };
    const auto of_user = limits_.users.find(user);
    if (of_user != limits_.users.end() && count_in(users_, user) >= of_user->second)
        return refuse("role \"" + user + "\"", "user." + user);
    auto of_database = limits_.databases.find(database);
    if (of_database == limits_.databases.end()) of_database = limits_.databases.find("*");
    if (of_database != limits_.databases.end() && count_in(databases_, database) >= of_database->second)
        return refuse("database \"" + database + "\"", "database." + of_database->first);
    ++users_[user];
    ++databases_[database];
    return std::nullopt;
}

void seats::give_back(const std::string& user, const std::string& database) {
    leave(users_, user);
    leave(databases_, database);
}

}  // namespace weir::auth
