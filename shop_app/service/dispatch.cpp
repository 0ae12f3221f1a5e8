#include "service/dispatch.hpp"

#include <spdlog/spdlog.h>

#include "core/seen_token.hpp"
#include "database/failure.hpp"
#include "database/sight.hpp"
#include "storefront/frame.hpp"

namespace shop::service {
namespace {

core::api_error error_of(const database::failure& failed) {
    switch (failed.kind()) {
        case database::failure_kind::unreachable:
        case database::failure_kind::lost:
        case database::failure_kind::too_slow:
            return core::unavailable("database_unavailable",
                                     "the shop cannot reach its data, try again");
        case database::failure_kind::conflict:
            return core::unavailable("busy", "too many at once, try again");
        case database::failure_kind::unknown:
            return core::unavailable("outcome_unknown",
                                     "it may have been done or not: look before trying again");
        case database::failure_kind::refused:
            break;
    }
    return {500, "internal", "the shop made a mistake"};
}

}  // namespace

answer guarded(const std::function<answer()>& act) {
    try {
        return act();
    } catch (const database::failure& failed) {
        const auto error = error_of(failed);
        spdlog::warn("{}: {} ({})", error.code, failed.what(), failed.sqlstate());
        return error;
    } catch (const peer_unreachable& failed) {
        spdlog::warn("user service: {}", failed.what());
        return core::unavailable("user_service_unavailable",
                                 "log-in is not possible now, try again");
    } catch (const std::exception& failed) {
        spdlog::error("internal: {}", failed.what());
        return core::api_error{500, "internal", "the shop made a mistake"};
    }
}

core::response told(const core::api_error& error, bool as_page) {
    return as_page ? storefront::error_page(error) : core::to_response(error);
}

core::response seen_by_visitor(const core::request& asked, const std::function<core::response()>& act) {
    const database::sight sees(core::seen_tokens_in(asked));
    auto done = act();
    if (sees.has_gained()) done.headers.emplace_back("Set-Cookie", core::cookie_with_seen(sees.tokens()));
    return done;
}

}  // namespace shop::service
