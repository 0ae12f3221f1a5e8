#include "database/rows.hpp"

namespace shop::database {

std::string rows::text(int row, int column) const {
    return {PQgetvalue(result_.get(), row, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t rows::number(int row, int column) const { return std::stoll(text(row, column)); }

}  // namespace shop::database
