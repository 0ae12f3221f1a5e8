#include "cli/loading.hpp"

#include <ostream>
#include <variant>

namespace weir::cli {

void tell(const std::vector<config::complaint>& complaints, const streams& with) {
    for (const config::complaint& each : complaints) with.err << to_string(each) << "\n";
}

std::optional<config::config> load_or_tell(const std::string& file, const config::surroundings& world,
                                           const streams& with) {
    auto loaded = config::load(file, world);
    if (const auto* complaints = std::get_if<std::vector<config::complaint>>(&loaded)) {
        tell(*complaints, with);
        return std::nullopt;
    }
    return std::get<config::config>(std::move(loaded));
}

}  // namespace weir::cli
