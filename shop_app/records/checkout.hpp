// The statements of one purchase, between BEGIN and COMMIT that the caller sends.
#pragma once

#include "core/basket.hpp"
#include "database/connection.hpp"
#include "records/purchase.hpp"

namespace shop::records {

// Locks the stock of all products in the order of their keys, so that no two purchases wait for
// each other, and looks at it only then: what it sees nobody else can take until the end of the
// transaction. Anything but an order leaves the transaction to be rolled back.
purchase check_out(database::connection& on, std::int64_t user_id, const core::basket& chosen);

}  // namespace shop::records
