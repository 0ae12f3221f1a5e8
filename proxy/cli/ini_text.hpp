// ini_text: the files of other poolers as keys and values: pgbouncer.ini with its sections, pgpool.conf without.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

struct ini_entry {
    std::string section;  // empty: none
    std::string key;
    std::string value;  // without its quotes
    unsigned line = 0;
};

/// Comments begin with ; or # (not within quotes). A line that is neither is an entry without a value.
std::vector<ini_entry> read_ini(std::string_view text);

}  // namespace weir::cli
