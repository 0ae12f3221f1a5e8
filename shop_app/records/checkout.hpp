// The statements of one purchase, between BEGIN and COMMIT that the caller sends.
#pragma once

#include <string>

#include "core/basket.hpp"
#include "database/connection.hpp"
#include "records/purchase.hpp"

namespace shop::records {

// Locks the stock of all products and looks at it only then: what it sees nobody else can take until the end of the
// transaction. An empty `chosen` is the user's cart, and empties it. Anything but an order leaves the transaction to be
// rolled back. key: of a request that may come twice, "" for none.
purchase check_out(database::connection& on, std::int64_t user_id, const core::basket& chosen, const std::string& key);

}  // namespace shop::records
