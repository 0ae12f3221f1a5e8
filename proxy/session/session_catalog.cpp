// What names stand for in a session: the catalog of its database, its search_path, and who it is.
#include "session/session.hpp"

namespace weir::session {

/// Nothing where it is not known for sure in which search_path the server would look: then syntax alone
/// decides.
query::name_view session::names_now() {
    if (!catalog_ || !catalog_->known || start_path_ == nullptr) return {};
    const auto* path = find(settings_, usual::search_path);
    if (path == nullptr && *start_path_) path = &**start_path_;
    if (path == nullptr) return {};
    const auto* user = find(settings_, usual::role);
    if (user == nullptr || *user == "none") user = find(settings_, usual::session_authorization);
    if (user == nullptr) user = &who_->user;
    if (!scope_ || scope_->in != catalog_->known || scope_->search_path != *path || scope_->user != *user)
        scope_ = env_.scopes.find(catalog_->known, *path, *user);
    return {scope_.get(), catalog_->is_current()};
}

/// From here to the end of its transaction nobody is answered from what the catalog was before.
void session::begin_catalog_change() {
    if (catalog_ && !catalog_change_)
        catalog_change_ = std::make_unique<query::catalog_change>(catalog_->board);
}

/// The role's or the database's search_path was changed after this connection was opened, or before the
/// others were: names stand for something else here than what they were judged by.
bool session::starts_elsewhere() const {
    return scope_ && find(settings_, usual::search_path) == nullptr && start_path_ != nullptr && *start_path_ &&
           link_->start.is_known() && link_->start.search_path != **start_path_;
}

}  // namespace weir::session
