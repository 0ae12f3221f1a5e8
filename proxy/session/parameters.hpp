// parameters: what a server reports by ParameterStatus, as a value with a digest, so that two clients'
// views are compared at the cost of a number.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace weir::session {

/// Tells a replica from a primary; clients are told what the primary would say.
inline constexpr std::string_view role_parameter = "in_hot_standby";

class parameter_map {
public:
    using table = std::map<std::string, std::string, std::less<>>;

    parameter_map() = default;
    parameter_map(std::initializer_list<table::value_type> values) {
        for (const auto& [name, value] : values) insert_or_assign(name, value);
    }

    void insert_or_assign(std::string_view name, std::string_view value) {
        auto found = values_.find(name);
        if (found == values_.end()) {
            found = values_.emplace(std::string(name), std::string(value)).first;
        } else {
            digest_ -= digest_of(*found);
            found->second = value;
        }
        digest_ += digest_of(*found);
        if (name == "default_transaction_read_only") reads_only_ = value == "on";
    }

    /// Transactions that say nothing are READ ONLY, as PostgreSQL 14 and newer tell.
    bool reads_only_by_default() const { return reads_only_; }

    table::const_iterator begin() const { return values_.begin(); }
    table::const_iterator end() const { return values_.end(); }
    table::const_iterator find(std::string_view name) const { return values_.find(name); }
    const std::string& at(std::string_view name) const { return values_.find(name)->second; }
    std::size_t size() const { return values_.size(); }
    bool empty() const { return values_.empty(); }
    bool operator==(const parameter_map&) const = default;
    /// Equal where clients would be told the same.
    std::uint64_t digest() const { return digest_; }

private:
    static std::uint64_t digest_of(const table::value_type& v) {
        if (v.first == role_parameter) return 0;
        const std::hash<std::string_view> hash;
        return (hash(v.first) * 0x9e3779b97f4a7c15u + 1) * (hash(v.second) | 1);
    }

    table values_;
    std::uint64_t digest_ = 0;
    bool reads_only_ = false;
};

/// Equal views of the clients of a worker are one value.
class parameter_store {
public:
    std::shared_ptr<const parameter_map> intern(parameter_map made) {
        auto& slot = known_[made.digest()];
        if (auto alive = slot.lock(); alive && *alive == made) return alive;
        auto fresh = std::make_shared<const parameter_map>(std::move(made));
        slot = fresh;
        if (known_.size() >= purge_at_) {
            std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
            purge_at_ = known_.size() * 2 + 1024;
        }
        return fresh;
    }

private:
    std::unordered_map<std::uint64_t, std::weak_ptr<const parameter_map>> known_;
    std::size_t purge_at_ = 1024;
};

}  // namespace weir::session
