#include "net/passed_sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace weir::net {
namespace {

constexpr int first_passed = 3;  // SD_LISTEN_FDS_START

std::string bound_to(int descriptor) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
    return name_of(reinterpret_cast<const sockaddr*>(&address), length);
}

long number_in_environment(const char* name) {
    const char* text = std::getenv(name);
    long value = -1;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
    return value;
}

bool listens(int descriptor) {
    int value = 0;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &size) == 0 && value == 1;
}

}  // namespace

std::string name_of(const sockaddr* address, socklen_t length) {
    if (address->sa_family == AF_UNIX) {
        const auto* local = reinterpret_cast<const sockaddr_un*>(address);
        const std::size_t most = length > offsetof(sockaddr_un, sun_path) ? length - offsetof(sockaddr_un, sun_path) : 0;
        return {local->sun_path, ::strnlen(local->sun_path, most)};
    }
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(address, length, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return {};
    const bool six = address->sa_family == AF_INET6;
    return (six ? "[" + std::string(host) + "]" : std::string(host)) + ":" + port;
}

passed_sockets::passed_sockets(std::vector<int> descriptors, bool kept) : kept_(kept && !descriptors.empty()) {
    for (int descriptor : descriptors) {
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
        all_.push_back({descriptor, bound_to(descriptor)});
    }
}

passed_sockets::~passed_sockets() {
    for (const auto& each : all_) ::close(each.descriptor);
}

passed_sockets::passed_sockets(passed_sockets&& other) noexcept
    : all_(std::exchange(other.all_, {})), kept_(other.kept_) {}

passed_sockets& passed_sockets::operator=(passed_sockets&& other) noexcept {
    std::swap(all_, other.all_);
    std::swap(kept_, other.kept_);
    return *this;
}

result<passed_sockets> passed_sockets::of_systemd() {
    const bool mine = number_in_environment("LISTEN_PID") == static_cast<long>(::getpid());
    const long count = mine ? number_in_environment("LISTEN_FDS") : 0;
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    std::vector<int> descriptors;
    for (int i = 0; i < count; ++i) {
        const int descriptor = first_passed + i;
        if (!listens(descriptor))
            return fault{sqlstate::config_file_error,
                         "descriptor " + std::to_string(descriptor) + " of LISTEN_FDS is not a listening stream socket",
                         "", "The systemd socket unit must have ListenStream= and Accept=no."};
        descriptors.push_back(descriptor);
    }
    return passed_sockets(std::move(descriptors), true);
}

std::optional<int> passed_sockets::take(const std::string& name) {
    const auto found = std::find_if(all_.begin(), all_.end(), [&](const one& each) { return each.name == name; });
    if (found == all_.end()) return std::nullopt;
    const int descriptor = found->descriptor;
    all_.erase(found);
    return descriptor;
}

std::vector<std::string> passed_sockets::names_left() const {
    std::vector<std::string> names;
    for (const auto& each : all_) names.push_back(each.name);
    return names;
}

}  // namespace weir::net
