#include "net/door_desk.hpp"

#include "auth/client_host.hpp"

namespace weir::net {
namespace {

constexpr std::size_t cancels_at_once_of_a_second = 5;

}  // namespace

void door_desk::use(const config::config& all) {
    auth::seat_limits seats;
    for (const auto& user : all.user_overrides)
        if (user.max_clients > 0) seats.users[user.name] = user.max_clients;
    for (const auto& database : all.databases)
        if (database.max_clients > 0) seats.databases[database.name] = database.max_clients;
    const auto& from = all.server;
    const std::lock_guard lock(guard_);
    seats_.use(std::move(seats));
    limits_ = {from.max_logging_in, from.max_logging_in_per_address};
    failed_login_delay_ = from.failed_login_delay;
    if (cancels_per_second_ == from.cancels_per_second) return;
    cancels_per_second_ = from.cancels_per_second;
    cancels_.reset();
    if (cancels_per_second_ == 0) return;
    routing::rate_limit limit;
    limit.count = static_cast<std::uint32_t>(cancels_per_second_);
    limit.burst = static_cast<std::uint32_t>(cancels_per_second_ * cancels_at_once_of_a_second);
    limit.window = std::chrono::seconds(1);
    cancels_ = std::make_shared<routing::token_buckets>(limit);
}

auth::waiting_room::entry door_desk::enter(std::string_view address, unsigned worker, instant now) {
    const std::lock_guard lock(guard_);
    return room_.enter(auth::client_host(address), worker, limits_, now);
}

void door_desk::leave(std::uint64_t ticket) {
    const std::lock_guard lock(guard_);
    room_.leave(ticket);
}

milliseconds door_desk::turn_of(std::string_view address, std::string_view user, instant now) {
    const std::lock_guard lock(guard_);
    return failed_.turn_of(auth::client_host(address), user, failed_login_delay_, now);
}

void door_desk::note_failure(std::string_view address, std::string_view user, instant now) {
    const std::lock_guard lock(guard_);
    failed_.note_failure(auth::client_host(address), user, now);
}

void door_desk::note_success(std::string_view address, std::string_view user) {
    const std::lock_guard lock(guard_);
    failed_.note_success(auth::client_host(address), user);
}

bool door_desk::may_cancel(std::string_view address, instant now) {
    std::shared_ptr<routing::token_buckets> buckets;
    {
        const std::lock_guard lock(guard_);
        buckets = cancels_;
    }
    return !buckets || buckets->take(std::hash<std::string>()(auth::client_host(address)), now) == duration::zero();
}

std::optional<fault> door_desk::take_seat(const std::string& user, const std::string& database) {
    const std::lock_guard lock(guard_);
    return seats_.take(user, database);
}

void door_desk::give_seat_back(const std::string& user, const std::string& database) {
    const std::lock_guard lock(guard_);
    seats_.give_back(user, database);
}

}  // namespace weir::net
