#include "session/lease_state.hpp"

#include <algorithm>

namespace weir::session {

void lease_state::touch_setting(const std::string& custom_name) {
    suspected_ = suspected_ | cause::settings;
    if (std::find(custom_names_.begin(), custom_names_.end(), custom_name) == custom_names_.end())
        custom_names_.push_back(custom_name);
}

}  // namespace weir::session
