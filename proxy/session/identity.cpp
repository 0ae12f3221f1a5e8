#include "session/identity.hpp"

#include <algorithm>
#include <functional>

namespace weir::session {

std::size_t identity::hash() const {
    const std::hash<std::string> of;
    std::size_t sum = of(user);
    const auto mix = [&](const std::string& text) { sum = sum * 0x9e3779b97f4a7c15u + of(text); };
    mix(database);
    mix(application_name);
    for (const auto& p : parameters) {
        mix(p.name);
        mix(p.value);
    }
    return sum;
}

identity identity::without_secrets() const {
    auto bare = *this;
    bare.password.clear();
    bare.keys.reset();
    return bare;
}

const identity_ptr& nobody() {
    static const auto none = std::make_shared<const identity>();
    return none;
}

identity_ptr identity_store::intern(identity made) {
    const auto key = made.hash();
    const auto [first, last] = known_.equal_range(key);
    for (auto it = first; it != last; ++it)
        if (auto alive = it->second.lock(); alive && *alive == made) return alive;
    if (known_.size() >= purge_at_) {
        std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
        purge_at_ = std::max<std::size_t>(1024, known_.size() * 2);
    }
    auto fresh = std::make_shared<const identity>(std::move(made));
    known_.emplace(key, fresh);
    return fresh;
}

}  // namespace weir::session
