// seats: how many clients are logged in of each user and each database, and how many may be.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace weir::auth {

struct seat_limits {
    using by_name = std::map<std::string, std::size_t, std::less<>>;
    by_name users;      // who is not in it has no limit
    by_name databases;  // as clients say it; "*": of each that is not in it
};

class seats {
public:
    void use(seat_limits limits) { limits_ = std::move(limits); }
    /// In PostgreSQL's words where there is none left.
    std::optional<fault> take(const std::string& user, const std::string& database);
    void give_back(const std::string& user, const std::string& database);

private:
    using counts = std::map<std::string, std::size_t, std::less<>>;

    static std::size_t count_in(const counts& of, const std::string& name);
    static void leave(counts& of, const std::string& name);

    seat_limits limits_;
    counts users_;
    counts databases_;
};

}  // namespace weir::auth
