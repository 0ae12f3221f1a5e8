// passed_sockets: listening sockets that another process has opened: systemd (sd_listen_fds(3)), or the Weir
// whose place this one takes.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <vector>

#include "base/fault.hpp"

namespace weir::net {

/// "127.0.0.1:6432", "[::1]:6432", a path; what a log or a comparison can do with.
std::string name_of(const sockaddr* address, socklen_t length);

class passed_sockets {
public:
    passed_sockets() = default;
    /// `kept`: whoever passed them on keeps the files of Unix sockets, and removes them.
    passed_sockets(std::vector<int> descriptors, bool kept);
    ~passed_sockets();  // closes what nobody has taken
    passed_sockets(passed_sockets&& other) noexcept;
    passed_sockets& operator=(passed_sockets&& other) noexcept;

    /// Of LISTEN_PID and LISTEN_FDS, which are taken out of the environment; none where they are not this
    /// process's. A fault: what was passed is no listening socket.
    static result<passed_sockets> of_systemd();

    /// The one that is bound there, non-blocking, not to be inherited by others.
    std::optional<int> take(const std::string& name);
    bool kept() const { return kept_; }
    /// Of those that nobody has taken.
    std::vector<std::string> names_left() const;

private:
    struct one {
        int descriptor;
        std::string name;
    };
    std::vector<one> all_;
    bool kept_ = false;
};

}  // namespace weir::net
