// catalog_load: the questions by which a database's catalog is read, and by which a change of it is noticed.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/snapshot.hpp"
#include "net/catalog_connection.hpp"

namespace weir::net {

struct loaded_catalog {
    catalog::snapshot_ptr snapshot;
    std::string fingerprint;
};

/// All of it, as of one moment. limit_bytes: more is refused before it is held.
result<loaded_catalog> load_catalog(catalog_connection& from, const std::string& database,
                                    std::uint64_t version, std::size_t limit_bytes);

/// Differs where something that a snapshot holds has changed; temporary objects do not count. It reads the
/// catalogs: about 1 ms for 1,000 objects.
result<std::string> ask_fingerprint(catalog_connection& from, milliseconds within);

/// PostgreSQL's counts of the rows of the catalogs that were changed: a few microseconds. It tells of a
/// change late where one connection makes several within a second, and of temporary objects, too.
result<std::string> ask_counters(catalog_connection& from, milliseconds within);

}  // namespace weir::net
