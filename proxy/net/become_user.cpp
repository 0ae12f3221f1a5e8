#include "net/become_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir::net {
namespace {

fault cannot(const std::string& name, const std::string& why) {
    return {sqlstate::config_file_error, "could not become user \"" + name + "\": " + why, "",
            "See user in the [server] section of the configuration."};
}

}  // namespace

result<void> become_user(const std::string& name) {
    const bool is_root = ::geteuid() == 0;
    if (name.empty()) {
        if (is_root) spdlog::warn("running as root: set user in the [server] section");
        return {};
    }
    errno = 0;
    const passwd* found = ::getpwnam(name.c_str());
    if (found == nullptr) return cannot(name, errno == 0 ? "there is no such user" : std::strerror(errno));
    if (found->pw_uid == ::geteuid()) return {};
    if (!is_root) return cannot(name, "only root can");
    // The groups first: afterwards there is no right to.
    if (::initgroups(name.c_str(), found->pw_gid) != 0 || ::setgid(found->pw_gid) != 0 || ::setuid(found->pw_uid) != 0)
        return cannot(name, std::strerror(errno));
    if (::setuid(0) == 0) return cannot(name, "the privileges can be taken back");
    spdlog::info("running as user {}", name);
    return {};
}

}  // namespace weir::net
