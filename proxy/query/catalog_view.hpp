// catalog_view: what a worker knows of one database's catalog, and whether that is what a statement would
// find now; the store of the scopes that its sessions look names up in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "catalog/change_board.hpp"
#include "query/resolve.hpp"

namespace weir::query {

/// Changed by its worker alone, when a snapshot has been loaded.
struct catalog_view {
    catalog::snapshot_ptr known;  // null: nothing is known
    std::uint64_t covers = 0;     // so many changes of the board
    std::shared_ptr<catalog::change_board> board;  // never null

    bool is_current() const { return board->is_current(covers); }
};

/// Held from the sending of a command that changes the catalog to the end of its transaction.
using catalog_change = catalog::pending_change;

/// Equal scopes of the sessions of a worker are one value.
class scope_store {
public:
    /// Null: the search_path cannot be read.
    std::shared_ptr<const name_scope> find(const catalog::snapshot_ptr& in, const std::string& search_path,
                                           const std::string& user);
    std::size_t size() const { return known_.size(); }

private:
    std::unordered_map<std::string, std::weak_ptr<const name_scope>> known_;
    std::size_t purge_at_ = 256;
};

}  // namespace weir::query
