// snapshot: the catalog of one database at one time: an immutable value that all workers share. It finds
// objects by name and by oid and judges none.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/object.hpp"

namespace weir::catalog {

/// What a builder collects.
struct contents {
    int server_version = 0;  // as libpq tells it
    std::string database;
    std::vector<std::pair<oid, std::string>> schemas;
    std::vector<function> functions;
    std::vector<operation> operations;
    std::vector<cast> casts;
    std::vector<type> types;
    std::vector<relation> relations;
};

class snapshot {
public:
    /// version: differs from that of every other snapshot of the process.
    snapshot(contents all, std::uint64_t version);

    std::uint64_t version() const { return version_; }
    const contents& all() const { return all_; }  // each kind by name
    /// About what it occupies.
    std::size_t bytes() const { return bytes_; }
    std::size_t objects() const;

    /// 0: there is no such schema.
    oid schema(std::string_view name) const;

    // In all schemas.
    std::span<const function> functions(std::string_view name) const;
    std::span<const operation> operations(std::string_view name) const;
    std::span<const type> types(std::string_view name) const;
    std::span<const relation> relations(std::string_view name) const;
    /// To that type.
    std::span<const cast> casts(oid target) const;
    /// Casts that PostgreSQL applies unasked.
    const std::vector<cast>& implicit_casts() const { return implicit_casts_; }

    // Null: there is none.
    const function* find_function(oid id) const;
    const operation* find_operation(oid id) const;
    const type* find_type(oid id) const;
    const relation* find_relation(oid id) const;

private:
    using oid_index = std::vector<std::pair<oid, std::uint32_t>>;

    void measure();

    contents all_;
    std::uint64_t version_;
    std::size_t bytes_ = 0;
    std::vector<cast> implicit_casts_;
    oid_index function_at_, operation_at_, type_at_, relation_at_;
};

using snapshot_ptr = std::shared_ptr<const snapshot>;

}  // namespace weir::catalog
