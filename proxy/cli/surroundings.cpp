#include "cli/surroundings.hpp"

#include <sched.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "net/conninfo.hpp"

namespace weir::cli {

namespace {

/// A configuration, a users file, a certificate: what is larger is none of them.
constexpr std::size_t largest_file = std::size_t{64} << 20;

config::complaint unreadable(const std::string& path, const std::string& why) {
    return {path, 0, 0, "cannot be read: " + why, {}};
}

std::variant<std::string, config::complaint> read_file(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return unreadable(path, std::strerror(errno));
    std::string text;
    char piece[65536];
    while (file.read(piece, sizeof piece), file.gcount() > 0) {
        text.append(piece, static_cast<std::size_t>(file.gcount()));
        if (text.size() > largest_file) return unreadable(path, "it is larger than 64 MiB");
    }
    if (file.bad()) return unreadable(path, std::strerror(errno));  // a directory, for one
    return text;
}

std::variant<std::vector<std::string>, config::complaint> list_files(const std::string& path) {
    std::error_code error;
    std::vector<std::string> names;
    for (std::filesystem::directory_iterator at(path, error), end; !error && at != end; at.increment(error))
        names.push_back(at->path().filename().string());
    if (error) return unreadable(path, error.message());
    return names;
}

std::optional<std::string> first_line(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    return line;
}

/// The least quota of this process's cgroup and those around it; 0: no limit, or no cgroup v2.
unsigned cgroup_quota() {
    std::ifstream file("/proc/self/cgroup");
    std::string line;
    unsigned least = 0;
    while (std::getline(file, line)) {
        if (!line.starts_with("0::/")) continue;
        const std::filesystem::path root("/sys/fs/cgroup");
        for (std::filesystem::path inner = line.substr(4);; inner = inner.parent_path()) {
            const auto max = first_line(root / inner / "cpu.max");
            const unsigned quota = max ? quota_of(*max) : 0;
            if (quota != 0) least = least == 0 ? quota : std::min(least, quota);
            if (inner.empty()) break;
        }
    }
    return least;
}

unsigned usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    const bool known = sched_getaffinity(0, sizeof set, &set) == 0;
    const unsigned cores = known ? static_cast<unsigned>(CPU_COUNT(&set)) : 1;
    const unsigned quota = cgroup_quota();
    return std::max(1U, quota == 0 ? cores : std::min(cores, quota));
}

bool others_may_read(const std::string& path) {
    struct stat info {};
    return stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

}  // namespace

unsigned quota_of(std::string_view max) {
    std::int64_t quota = 0, period = 0;
    const char* end = max.data() + max.size();
    const auto first = std::from_chars(max.data(), end, quota);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') return 0;
    const auto second = std::from_chars(first.ptr + 1, end, period);
    if (second.ec != std::errc{} || quota <= 0 || period <= 0) return 0;
    return static_cast<unsigned>((quota - 1) / period + 1);
}

config::surroundings real_surroundings() {
    config::surroundings world;
    world.read_file = read_file;
    world.list_files = list_files;
    world.environment = [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr) return std::nullopt;
        return value;
    };
    world.parse_node = net::parse_node;
    world.cores = usable_cores();
    world.others_may_read = others_may_read;
    return world;
}

}  // namespace weir::cli
