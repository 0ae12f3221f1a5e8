#include "catalog/snapshot.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace weir::catalog {
namespace {

using oid_index = std::vector<std::pair<oid, std::uint32_t>>;

template <class Object>
oid_index by_name(std::vector<Object>& objects) {
    std::sort(objects.begin(), objects.end(), [](const Object& a, const Object& b) {
        return std::tie(a.name, a.schema, a.id) < std::tie(b.name, b.schema, b.id);
    });
    objects.shrink_to_fit();
    oid_index index;
    index.reserve(objects.size());
    for (const auto& o : objects) index.emplace_back(o.id, static_cast<std::uint32_t>(index.size()));
    std::sort(index.begin(), index.end());
    return index;
}

template <class Object>
std::span<const Object> named(const std::vector<Object>& objects, std::string_view name) {
    const auto first = std::lower_bound(objects.begin(), objects.end(), name,
                                        [](const Object& o, std::string_view n) { return o.name < n; });
    const auto last = std::upper_bound(first, objects.end(), name,
                                       [](std::string_view n, const Object& o) { return n < o.name; });
    return {objects.data() + (first - objects.begin()), static_cast<std::size_t>(last - first)};
}

template <class Object>
const Object* at(const oid_index& index, const std::vector<Object>& objects, oid id) {
    const auto it = std::lower_bound(index.begin(), index.end(), std::pair<oid, std::uint32_t>{id, 0});
    return it != index.end() && it->first == id ? &objects[it->second] : nullptr;
}

std::size_t heap_bytes(const std::string& s) { return s.capacity() > 15 ? s.capacity() + 1 : 0; }
template <class Item>
std::size_t heap_bytes(const std::vector<Item>& v) {
    return v.capacity() * sizeof(Item);
}

}  // namespace

snapshot::snapshot(contents all, std::uint64_t version) : all_(std::move(all)), version_(version) {
    function_at_ = by_name(all_.functions);
    operation_at_ = by_name(all_.operations);
    type_at_ = by_name(all_.types);
    relation_at_ = by_name(all_.relations);
    std::sort(all_.schemas.begin(), all_.schemas.end(),
              [](const auto& a, const auto& b) { return a.second < b.second; });
    std::sort(all_.casts.begin(), all_.casts.end(),
              [](const cast& a, const cast& b) { return std::tie(a.target, a.source) < std::tie(b.target, b.source); });
    std::copy_if(all_.casts.begin(), all_.casts.end(), std::back_inserter(implicit_casts_),
                 [](const cast& c) { return c.implicit; });
    measure();
}

std::size_t snapshot::objects() const {
    return all_.schemas.size() + all_.functions.size() + all_.operations.size() + all_.casts.size() +
           all_.types.size() + all_.relations.size();
}

void snapshot::measure() {
    bytes_ = sizeof *this + heap_bytes(all_.schemas) + heap_bytes(all_.functions) +
             heap_bytes(all_.operations) + heap_bytes(all_.casts) + heap_bytes(all_.types) +
             heap_bytes(all_.relations) + heap_bytes(implicit_casts_) + heap_bytes(function_at_) +
             heap_bytes(operation_at_) + heap_bytes(type_at_) + heap_bytes(relation_at_);
    for (const auto& s : all_.schemas) bytes_ += heap_bytes(s.second);
    for (const auto& f : all_.functions) {
        bytes_ += heap_bytes(f.name) + heap_bytes(f.language) + heap_bytes(f.reaches);
        if (f.search_path) bytes_ += heap_bytes(*f.search_path);
        if (f.body) bytes_ += heap_bytes(*f.body);
    }
    for (const auto& o : all_.operations) bytes_ += heap_bytes(o.name);
    for (const auto& t : all_.types) bytes_ += heap_bytes(t.name) + heap_bytes(t.reaches);
    for (const auto& r : all_.relations)
        bytes_ += heap_bytes(r.name) + heap_bytes(r.reaches) + heap_bytes(r.children);
}

oid snapshot::schema(std::string_view name) const {
    const auto it = std::lower_bound(all_.schemas.begin(), all_.schemas.end(), name,
                                     [](const auto& s, std::string_view n) { return s.second < n; });
    return it != all_.schemas.end() && it->second == name ? it->first : 0;
}

std::span<const function> snapshot::functions(std::string_view name) const {
    return named(all_.functions, name);
}
std::span<const operation> snapshot::operations(std::string_view name) const {
    return named(all_.operations, name);
}
std::span<const type> snapshot::types(std::string_view name) const { return named(all_.types, name); }
std::span<const relation> snapshot::relations(std::string_view name) const {
    return named(all_.relations, name);
}
std::span<const cast> snapshot::casts(oid target) const {
    const auto first = std::lower_bound(all_.casts.begin(), all_.casts.end(), target,
                                        [](const cast& c, oid t) { return c.target < t; });
    const auto last = std::upper_bound(first, all_.casts.end(), target,
                                       [](oid t, const cast& c) { return t < c.target; });
    return {all_.casts.data() + (first - all_.casts.begin()), static_cast<std::size_t>(last - first)};
}

const function* snapshot::find_function(oid id) const { return at(function_at_, all_.functions, id); }
const operation* snapshot::find_operation(oid id) const {
    return at(operation_at_, all_.operations, id);
}
const type* snapshot::find_type(oid id) const { return at(type_at_, all_.types, id); }
const relation* snapshot::find_relation(oid id) const { return at(relation_at_, all_.relations, id); }

}  // namespace weir::catalog
