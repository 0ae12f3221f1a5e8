#include "simulation/session_model.hpp"

#include <utility>

namespace weir::simulation {
namespace {

void move_to(std::vector<std::string>& to, std::vector<std::string>& from) {
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
}

}  // namespace

void session_model::end() {
    is_ = transaction::none;
    read_only_ = repeatable_ = has_read_ = false;
}

void session_model::done(const deed& what, std::string_view tag) {
    if (what.reads()) has_read_ = true;
    switch (what.does) {
        case verb::update: written_.push_back(what.value); break;
        case verb::begin:
            is_ = transaction::open;
            read_only_ = what.read_only;
            repeatable_ = what.repeatable;
            has_read_ = false;
            break;
        case verb::commit:
        case verb::rollback:
            if (tag == "COMMIT") {
                move_to(ended_.committed, written_);
                settings_before_ = settings_;
            } else {
                move_to(ended_.rolled_back, written_);
                settings_ = settings_before_;
            }
            end();
            break;
        case verb::set:
            settings_[what.name] = what.value;
            if (what.name.find('.') != std::string::npos) custom_.insert(what.name);
            break;
        case verb::reset: settings_.erase(what.name); break;
        case verb::reset_all: settings_.clear(); break;
        case verb::discard_all:
            settings_.clear();
            prepared_.clear();
            break;
        default: break;
    }
}

void session_model::failed() {
    if (is_ == transaction::none) {
        implicit_failed_ = true;
    } else {
        is_ = transaction::failed;
    }
}

void session_model::commit_failed() {
    move_to(ended_.rolled_back, written_);
    settings_ = settings_before_;
    end();
}

session_model::outcome session_model::ready() {
    if (is_ == transaction::none) {
        if (std::exchange(implicit_failed_, false)) {
            move_to(ended_.rolled_back, written_);
            settings_ = settings_before_;
        } else {
            move_to(ended_.committed, written_);
            settings_before_ = settings_;
        }
        has_read_ = false;
    }
    return std::exchange(ended_, {});
}

std::optional<std::string> session_model::shown(const std::string& name) const {
    const auto found = settings_.find(name);
    if (found != settings_.end()) return found->second;
    if (name == "work_mem") return "4096";
    if (name == "application_name" || custom_.contains(name)) return "";
    return std::nullopt;
}

}  // namespace weir::simulation
