// named_set: which statements are prepared on one backend connection under the names that clients gave
// them, as SQL's PREPARE and EXECUTE need it. All others have names of Weir's (prepared_set).
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::session {

class named_set {
public:
    /// A Close is on its way, and nothing that would give the name again.
    static constexpr std::uint64_t going = ~std::uint64_t{0};

    /// Nothing: no such name there, certainly. 0: it is not known what it stands for, if for anything.
    std::optional<std::uint64_t> find(std::string_view name) const {
        auto found = ids_.find(name);
        return found == ids_.end() ? std::nullopt : std::optional(found->second);
    }
    void set(std::string_view name, std::uint64_t id) { ids_.insert_or_assign(std::string(name), id); }
    void erase(std::string_view name) {
        if (auto found = ids_.find(name); found != ids_.end()) ids_.erase(found);
    }
    /// A Close has been sent; closed(): it was done, the oldest of them.
    void close(std::string_view name) {
        set(name, going);
        closing_.emplace_back(name);
    }
    void closed(bool done) {
        if (closing_.empty()) return;
        const std::string name = std::move(closing_.front());
        closing_.pop_front();
        // Given again and closed again behind it: only the later Close says whether it is gone.
        const bool again = std::find(closing_.begin(), closing_.end(), name) != closing_.end();
        auto found = ids_.find(name);
        if (done && !again && found != ids_.end() && found->second == going) ids_.erase(found);
    }
    void forget_closing() { closing_.clear(); }
    void doubt(std::string_view name) { set(name, 0); }
    void doubt_all() {
        for (auto& [name, id] : ids_) id = 0;
    }
    void clear() {
        ids_.clear();
        closing_.clear();
    }
    /// Those for which `unwanted(name, id)`.
    template <class Predicate>
    std::vector<std::string> select(Predicate unwanted) const {
        std::vector<std::string> names;
        for (const auto& [name, id] : ids_)
            if (unwanted(name, id)) names.push_back(name);
        return names;
    }
    bool empty() const { return ids_.empty(); }
    std::size_t size() const { return ids_.size(); }

private:
    std::map<std::string, std::uint64_t, std::less<>> ids_;
    std::deque<std::string> closing_;
};

}  // namespace weir::session
