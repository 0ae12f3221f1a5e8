// peer_user: who is at the other end of a Unix socket.
#pragma once

#include <pwd.h>
#include <sys/socket.h>

#include <array>
#include <string>

namespace weir::net {

/// The name of the user of the system; empty where there is none.
inline std::string user_at(int fd) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return {};
    std::array<char, 4096> text;
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(who.uid, &entry, text.data(), text.size(), &found) != 0 || found == nullptr) return {};
    return entry.pw_name;
}

}  // namespace weir::net
