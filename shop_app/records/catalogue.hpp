// Categories and products with their stock, read only. Served through connections that never
// write, so that nothing ties these reads to the primary.
#pragma once

#include <optional>
#include <vector>

#include "core/product.hpp"
#include "database/connection_pool.hpp"

namespace shop::records {

class catalogue {
public:
    explicit catalogue(database::connection_pool& pool) : pool_(pool) {}

    std::vector<core::category> categories();
    core::product_list list(const core::product_filter& filter);
    std::optional<core::product> find(std::int64_t id);

private:
    database::connection_pool& pool_;
};

}  // namespace shop::records
