#include "cache/cached_catalogue.hpp"

#include <boost/json/serialize.hpp>

#include "core/json_fields.hpp"

namespace shop::cache {
namespace json = boost::json;
namespace {

// A product is void from its next change on. A list is kept for as long as its stock may be a little old; a price that
// was changed makes it void, too.
constexpr std::chrono::seconds product_kept{300};
constexpr std::chrono::seconds list_kept{5};

}  // namespace

cached_catalogue::names cached_catalogue::names_of(std::int64_t product) {
    const auto id = std::to_string(product);
    return {"shop:product:" + id, "shop:product-generation:" + id, "shop:product-seen:" + id};
}

cached_catalogue::names cached_catalogue::names_of(const core::product_filter& filter) {
    return {"shop:list:" + filter.as_query() + "#" + std::to_string(filter.window.page) + "#" +
                std::to_string(filter.window.per_page),
            "shop:lists-generation", "shop:lists-seen"};
}

// An entry is "GENERATION BODY".
std::optional<json::object> cached_catalogue::body(const names& of, std::chrono::seconds kept, const reader& read) {
    const auto found = store_->get({of.generation, of.entry, of.last_write});
    if (!found) {
        ++misses_;
        return read("");
    }
    const auto prefix = (*found)[0].value_or("0") + " ";
    if (const auto& entry = (*found)[1]; entry && entry->starts_with(prefix)) {
        if (auto told = core::object_in(std::string_view(*entry).substr(prefix.size()))) {
            ++hits_;
            return told;
        }
    }
    ++misses_;
    auto told = read((*found)[2].value_or(""));
    if (told) store_->put(of.entry, prefix + json::serialize(*told), kept);
    return told;
}

core::product_list cached_catalogue::list(const core::product_filter& filter) {
    if (store_ == nullptr) return source_.list(filter);
    const auto told = body(names_of(filter), list_kept, [&](const std::string& no_older_than) {
        return core::to_json(source_.list(filter, no_older_than), filter.window);
    });
    return core::product_list_in(*told);
}

std::optional<core::product> cached_catalogue::find(std::int64_t id) {
    if (store_ == nullptr) return source_.find(id);
    const auto told = body(names_of(id), product_kept,
                           [&](const std::string& no_older_than) -> std::optional<json::object> {
                               const auto found = source_.find(id, no_older_than);
                               if (!found) return std::nullopt;
                               return core::to_json(*found);
                           });
    return told ? core::product_in(*told) : std::nullopt;
}

void cached_catalogue::raise(const std::vector<names>& changed, const std::string& token) {
    redis::texts counters;
    redis::texts seen;
    for (const auto& of : changed) {
        counters.push_back(of.generation);
        if (!token.empty()) seen.insert(seen.end(), {of.last_write, token});
    }
    store_->raise(counters, seen);
}

void cached_catalogue::note_sold(const std::vector<std::int64_t>& products, const std::string& token) {
    if (store_ == nullptr) return;
    std::vector<names> changed;
    for (const auto id : products) changed.push_back(names_of(id));
    raise(changed, token);
}

void cached_catalogue::note_edited(const std::vector<std::int64_t>& products, const std::string& token) {
    if (store_ == nullptr) return;
    std::vector<names> changed{names_of(core::product_filter{})};
    for (const auto id : products) changed.push_back(names_of(id));
    raise(changed, token);
}

}  // namespace shop::cache
