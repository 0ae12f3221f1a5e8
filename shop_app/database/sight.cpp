#include "database/sight.hpp"

#include "core/seen_token.hpp"
#include "database/failure.hpp"

namespace shop::database {
namespace {

thread_local sight* in_force = nullptr;

constexpr auto no_such_setting = "42704";

}  // namespace

sight::sight(std::string token) : token_(std::move(token)) { in_force = this; }

sight::~sight() { in_force = nullptr; }

void sight::bring_to(connection& on) {
    if (in_force != nullptr && !in_force->token_.empty() && on.knows_sights) in_force->bring(on);
}

void sight::bring(connection& on) {
    try {
        // Of letters, digits and hyphens: SET takes no parameters.
        on.run(("SET weir.token = '" + token_ + "'").c_str());
    } catch (const failure& error) {
        if (error.kind() != failure_kind::refused) throw;
        token_.clear();  // of another cluster, or made up
    }
}

void sight::note(connection& on) noexcept {
    if (in_force == nullptr || !on.knows_sights) return;
    try {
        in_force->ask(on);
    } catch (const std::exception&) {
        // The visitor may see a little less than there is. A broken connection is noticed by its pool.
    }
}

void sight::ask(connection& on) {
    try {
        const auto told = on.run("SHOW weir.token").text(0, 0);
        if (!core::is_seen_token(told)) return;
        token_ = gained_ = told;
    } catch (const failure& error) {
        if (error.sqlstate() != no_such_setting) throw;
        on.knows_sights = false;  // PostgreSQL itself
    }
}

}  // namespace shop::database
