#include "assembly.hpp"

#include <optional>
#include <string_view>
#include <vector>

#include "cache/cached_catalogue.hpp"
#include "database/connection_pool.hpp"
#include "http/peer.hpp"
#include "service/face.hpp"
#include "service/inventory_service.hpp"
#include "service/order_service.hpp"
#include "service/storefront_service.hpp"
#include "service/user_service.hpp"

namespace shop {
namespace {

database::address address_of(const options& chosen, const std::string& database, int interrupt) {
    return {database, std::chrono::seconds(5), chosen.query_timeout, interrupt};
}

std::string line_of(std::string_view name, std::string_view help, std::uint64_t value) {
    return std::string("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(
               " counter\n").append(name).append(" ").append(std::to_string(value)).append("\n");
}

std::string_view name_of(service_kind kind) {
    switch (kind) {
        case service_kind::all:
            return "all";
        case service_kind::user:
            return "user";
        case service_kind::inventory:
            return "inventory";
        case service_kind::order:
            return "order";
        case service_kind::storefront:
            return "storefront";
    }
    return "";
}

}  // namespace

// Each part that this process has; what a part asks and is not here, is asked over the network.
struct assembly::parts {
    parts(const options& chosen, int interrupt);

    bool has(service_kind kind) const { return kind_ == service_kind::all || kind_ == kind; }
    service::call ask_users();
    service::call ask_inventory();
    service::call ask_orders();
    void make_users(const options& chosen, int interrupt);
    void make_goods(const options& chosen, int interrupt);
    service::face::handler behind();
    std::vector<std::string_view> openapi() const;
    std::string metrics() const;

    service_kind kind_;
    std::optional<http::peer> far_users, far_inventory, far_orders;
    std::optional<database::connection_pool> accounts_pool, browsing, writing;
    std::optional<cache::redis> store;
    std::optional<records::catalogue> catalogue;
    std::optional<cache::cached_catalogue> cached;
    std::optional<service::user_service> users;
    std::optional<service::inventory_service> inventory;
    std::optional<service::order_service> orders;
    std::optional<service::storefront_service> storefront;
    std::optional<service::face> face;
};

assembly::parts::parts(const options& chosen, int interrupt) : kind_(chosen.kind) {
    if (chosen.users) far_users.emplace(*chosen.users);
    if (chosen.inventory) far_inventory.emplace(*chosen.inventory);
    if (chosen.orders) far_orders.emplace(*chosen.orders);
    if (has(service_kind::user)) make_users(chosen, interrupt);
    if (has(service_kind::inventory) || has(service_kind::order)) make_goods(chosen, interrupt);
    if (has(service_kind::storefront)) storefront.emplace(service::neighbours{ask_users(), ask_inventory(), ask_orders()});
    face.emplace(std::string(name_of(kind_)), behind(), openapi(), [this] { return metrics(); });
}

void assembly::parts::make_users(const options& chosen, int interrupt) {
    accounts_pool.emplace(address_of(chosen, chosen.user_database, interrupt), chosen.connections);
    users.emplace(*accounts_pool, chosen.public_url);
}

void assembly::parts::make_goods(const options& chosen, int interrupt) {
    const auto to = address_of(chosen, chosen.database, interrupt);
    browsing.emplace(to, chosen.connections);
    writing.emplace(to, chosen.connections);
    if (chosen.cache) store.emplace(*chosen.cache);
    catalogue.emplace(*browsing);
    cached.emplace(*catalogue, store ? &*store : nullptr);
    if (has(service_kind::inventory)) inventory.emplace(*cached, *writing, ask_users());
    if (!has(service_kind::order)) return;
    orders.emplace(*writing, [this](const auto& ids, const auto& token) { cached->note_sold(ids, token); }, ask_users());
}

service::call assembly::parts::ask_users() {
    if (far_users) return [this](const auto& asked) { return far_users->ask(asked); };
    return [this](const auto& asked) { return (*users)(asked); };
}

service::call assembly::parts::ask_inventory() {
    if (far_inventory) return [this](const auto& asked) { return far_inventory->ask(asked); };
    return [this](const auto& asked) { return (*inventory)(asked); };
}

service::call assembly::parts::ask_orders() {
    if (far_orders) return [this](const auto& asked) { return far_orders->ask(asked); };
    return [this](const auto& asked) { return (*orders)(asked); };
}

// The storefront is the way to all of them where it is there.
service::face::handler assembly::parts::behind() {
    if (storefront) return [this](const auto& asked) { return (*storefront)(asked); };
    if (users) return ask_users();
    if (inventory) return ask_inventory();
    return ask_orders();
}

std::vector<std::string_view> assembly::parts::openapi() const {
    std::vector<std::string_view> names;
    if (has(service_kind::user)) names.push_back("user");
    if (has(service_kind::inventory)) names.push_back("inventory");
    if (has(service_kind::order)) names.push_back("order");
    return names;
}

std::string assembly::parts::metrics() const {
    if (!store) return {};
    return line_of("shop_cache_hits_total", "Catalogue reads that were answered from the cache.", cached->hits()) +
           line_of("shop_cache_misses_total", "Catalogue reads that went to the database.", cached->misses()) +
           line_of("shop_cache_failures_total", "Times that the cache did not answer.", store->failures());
}

assembly::assembly(const options& chosen, int interrupt) : parts_(std::make_unique<parts>(chosen, interrupt)) {}

assembly::~assembly() = default;

core::response assembly::operator()(const core::request& asked) { return (*parts_->face)(asked); }

}  // namespace shop
