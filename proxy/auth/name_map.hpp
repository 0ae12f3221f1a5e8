// name_map: pg_ident.conf: which names of the system, or of certificates, may log in as which user of the database
// (manual, 21.2, with PostgreSQL 16's `all` and regular expressions for users).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/name_pattern.hpp"
#include "auth/token_lines.hpp"

namespace weir::auth {

class name_map {
public:
    struct line {
        std::string map;
        name_pattern outside;   // of the system, or of a certificate
        name_pattern database;  // "\1" in it stands for the first group of `outside`

        bool lets(std::string_view outside_name, std::string_view user) const;
    };

    explicit name_map(std::vector<line> lines = {}) : lines_(std::move(lines)) {}

    bool knows(std::string_view map) const;
    /// An empty map: the names must be the same.
    bool lets(std::string_view map, std::string_view outside, std::string_view user) const;

private:
    std::vector<line> lines_;
};

struct name_map_parsed {
    name_map map;
    std::vector<complaint> faults;
};

name_map_parsed parse_name_map(const token_lines& from);

}  // namespace weir::auth
