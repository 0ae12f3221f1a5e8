// Categories and products with their stock, read only. Served through connections that never
// write, so that nothing ties these reads to the primary.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/product.hpp"
#include "database/connection_pool.hpp"

namespace shop::records {

class catalogue {
public:
    explicit catalogue(database::connection_pool& pool) : pool_(pool) {}

    // no_older_than: a token of Weir's, "" for none: what is read then shows all that the token's owner had seen.
    std::vector<core::category> categories(const std::string& no_older_than = {});
    core::product_list list(const core::product_filter& filter, const std::string& no_older_than = {});
    std::optional<core::product> find(std::int64_t id, const std::string& no_older_than = {});

private:
    database::rows read(const std::string& no_older_than, const std::string& text,
                        const database::parameters& values = {});

    database::connection_pool& pool_;
};

}  // namespace shop::records
