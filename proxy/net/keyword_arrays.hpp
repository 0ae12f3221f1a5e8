// keyword_arrays: connection parameters as libpq's PQconnect...Params() take them.
#pragma once

#include <vector>

#include "net/conninfo.hpp"

namespace weir::net {

/// Points into the parameters, which must outlive it.
struct keyword_arrays {
    explicit keyword_arrays(const connection_parameters& parameters) {
        for (const auto& [keyword, value] : parameters) {
            keywords.push_back(keyword.c_str());
            values.push_back(value.c_str());
        }
        keywords.push_back(nullptr);
        values.push_back(nullptr);
    }

    std::vector<const char*> keywords;
    std::vector<const char*> values;
};

}  // namespace weir::net
