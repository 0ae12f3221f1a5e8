#include "query/catalog_view.hpp"

#include <algorithm>

#include "catalog/search_path.hpp"

namespace weir::query {

std::shared_ptr<const name_scope> scope_store::find(const catalog::snapshot_ptr& in,
                                                    const std::string& search_path,
                                                    const std::string& user) {
    auto key = std::to_string(in->version()) + ' ' + search_path;
    key.append(1, '\0').append(user);
    if (const auto found = known_.find(key); found != known_.end())
        if (auto alive = found->second.lock()) return alive;
    auto made = make_scope(in, search_path, user);
    if (!made) return nullptr;
    if (known_.size() >= purge_at_) {
        std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
        purge_at_ = std::max<std::size_t>(256, known_.size() * 2);
    }
    auto shared = std::make_shared<const name_scope>(std::move(*made));
    known_[std::move(key)] = shared;
    return shared;
}

}  // namespace weir::query
