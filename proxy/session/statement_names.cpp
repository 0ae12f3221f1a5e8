#include "session/statement_names.hpp"

namespace weir::session {

statement_ptr statement_names::find(std::string_view name) const {
    auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
}

void statement_names::note(std::string_view name) {
    unsettled_.push_back({std::string(name), find(name)});
}

void statement_names::add(std::string_view name, statement_ptr what) {
    note(name);
    names_.insert_or_assign(std::string(name), std::move(what));
}

void statement_names::remove(std::string_view name) {
    note(name);
    auto found = names_.find(name);
    if (found != names_.end()) names_.erase(found);
}

void statement_names::remove_all() {
    auto unnamed = find("");
    unsettled_.push_back({"", nullptr, std::move(names_)});
    names_.clear();
    if (unnamed) names_.emplace("", std::move(unnamed));
}

void statement_names::forget_unnamed() {
    if (auto found = names_.find(""); found != names_.end()) names_.erase(found);
}

std::map<std::string, statement_ptr, std::less<>> statement_names::before() const {
    statement_names then = *this;
    then.undo_all();
    then.forget_unnamed();
    return std::move(then.names_);
}

void statement_names::settle_oldest() {
    if (!unsettled_.empty()) unsettled_.pop_front();
}

void statement_names::undo_all() {
    while (!unsettled_.empty()) {
        auto& last = unsettled_.back();
        if (last.all) {
            names_ = std::move(*last.all);
        } else if (last.before) {
            names_.insert_or_assign(std::move(last.name), std::move(last.before));
        } else {
            auto found = names_.find(last.name);
            if (found != names_.end()) names_.erase(found);
        }
        unsettled_.pop_back();
    }
}

}  // namespace weir::session
