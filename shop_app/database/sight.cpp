#include "database/sight.hpp"

#include <algorithm>

#include "core/seen_token.hpp"
#include "database/failure.hpp"

namespace shop::database {
namespace {

thread_local sight* in_force = nullptr;

constexpr auto no_such_setting = "42704";

std::string ask(connection& on) {
    try {
        auto told = on.run("SHOW weir.token").text(0, 0);
        if (!core::is_seen_token(told)) return {};
        on.cluster = core::cluster_of(told);
        return told;
    } catch (const failure& error) {
        if (error.sqlstate() != no_such_setting) throw;
        on.knows_sights = false;  // PostgreSQL itself
        return {};
    }
}

}  // namespace

sight::sight(std::vector<std::string> tokens) : tokens_(std::move(tokens)) { in_force = this; }

sight::~sight() { in_force = nullptr; }

void sight::bring_to(connection& on) {
    if (in_force == nullptr) return;
    for (const auto& token : in_force->tokens_) bring(on, token);
}

void sight::bring(connection& on, const std::string& token) {
    const std::string cluster(core::cluster_of(token));
    const bool is_foreign = !on.cluster.empty() && on.cluster != cluster;
    if (!on.knows_sights || is_foreign || on.foreign_clusters.contains(cluster)) return;
    try {
        // Of letters, digits and hyphens: SET takes no parameters.
        on.run(("SET weir.token = '" + token + "'").c_str());
        on.cluster = cluster;
    } catch (const failure& error) {
        if (error.kind() != failure_kind::refused) throw;
        constexpr std::size_t many = 16;  // made up ones must not fill the memory
        if (on.foreign_clusters.size() < many) on.foreign_clusters.insert(cluster);
    }
}

std::string sight::note(connection& on) noexcept {
    if (!on.knows_sights) return {};
    try {
        auto told = ask(on);
        if (in_force != nullptr && !told.empty()) in_force->keep(told);
        return told;
    } catch (const std::exception&) {
        // The visitor may see a little less than there is. A broken connection is noticed by its pool.
        return {};
    }
}

void sight::keep(const std::string& token) {
    const auto of_one_cluster = [&](const auto& other) { return core::cluster_of(other) == core::cluster_of(token); };
    const auto known = std::find_if(tokens_.begin(), tokens_.end(), of_one_cluster);
    if (known != tokens_.end())
        *known = token;
    else
        tokens_.push_back(token);
    has_gained_ = true;
}

}  // namespace shop::database
