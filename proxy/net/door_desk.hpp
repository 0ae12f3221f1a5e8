// door_desk: what all workers know together of those who come: how many are logging in, who has failed to, who sends
// cancel requests, how many of a user or a database are there. Thread-safe; asked once or twice a connection, never on
// the path of a query.
#pragma once

#include <mutex>
#include <string_view>

#include "auth/attempt_book.hpp"
#include "auth/seats.hpp"
#include "auth/waiting_room.hpp"
#include "config/config.hpp"
#include "routing/token_buckets.hpp"

namespace weir::net {

class door_desk {
public:
    void use(const config::config& all);

    auth::waiting_room::entry enter(std::string_view address, unsigned worker, instant now);
    void leave(std::uint64_t ticket);

    milliseconds turn_of(std::string_view address, std::string_view user, instant now);
    void note_failure(std::string_view address, std::string_view user, instant now);
    void note_success(std::string_view address, std::string_view user);
    bool may_cancel(std::string_view address, instant now);

    /// A client has proved who it is: why it may not stay, if so. Given back once where it may.
    std::optional<fault> take_seat(const std::string& user, const std::string& database);
    void give_seat_back(const std::string& user, const std::string& database);

private:
    std::mutex guard_;
    // under guard_
    auth::waiting_room::limits limits_;
    milliseconds failed_login_delay_{0};
    std::size_t cancels_per_second_ = 0;
    std::shared_ptr<routing::token_buckets> cancels_;  // null: no limit
    auth::waiting_room room_;
    auth::attempt_book failed_;
    auth::seats seats_;
};

}  // namespace weir::net
