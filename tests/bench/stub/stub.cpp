// bench_stub PORT NODE_PORT: a node whose answers cost next to nothing, so that what is measured is what stands in front
// of it. It answers pgbench's SELECT itself, always with the same row; all else is the node's behind it.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

constexpr std::string_view answered = "SELECT abalance";
constexpr std::uint32_t ssl_request = 80877103;

std::uint32_t number_at(std::string_view data, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(data[at + i]);
    return value;
}

std::string message(char type, std::string_view body) {
    const auto size = static_cast<std::uint32_t>(body.size() + 4);
    std::string whole(1, type);
    for (int shift = 24; shift >= 0; shift -= 8) whole.push_back(static_cast<char>(size >> shift));
    return whole.append(body);
}

using namespace std::string_view_literals;
// abalance, of no table, int4, text.
const std::string row_description = message('T', "\0\1abalance\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0\0"sv);
const std::string row = message('D', "\0\1\0\0\0\1\x30"sv);
const std::string complete = message('C', "SELECT 1\0"sv);
const std::string ready = message('Z', "I");

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return -1;
    return fd;
}

bool send_all(int to, std::string_view data) {
    while (!data.empty()) {
        const auto n = ::send(to, data.data(), data.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        data.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

/// One connection in front, and the one behind it that what is not answered here goes to.
class pair_of_ends {
public:
    pair_of_ends(int front, std::uint16_t node_port) : front_(front), behind_(connect_to(node_port)) {
        for (int fd : {front_, behind_}) {
            const int one = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        }
    }
    ~pair_of_ends() {
        ::close(front_);
        if (behind_ >= 0) ::close(behind_);
    }

    void run() {
        while (behind_ >= 0 && wait()) {}
    }

private:
    /// While the node owes nothing only the client is waited for: one call less.
    bool wait() {
        if (!relays_) return take_from_front();
        pollfd both[2] = {{front_, POLLIN, 0}, {behind_, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0) return false;
        if (both[1].revents != 0) {
            const auto n = ::recv(behind_, buffer_, sizeof buffer_, 0);
            if (n <= 0 || !send_all(front_, {buffer_, static_cast<std::size_t>(n)})) return false;
        }
        return both[0].revents == 0 || take_from_front();
    }

    bool take_from_front() {
        const auto n = ::recv(front_, buffer_, sizeof buffer_, 0);
        if (n <= 0) return false;
        input_.append(buffer_, static_cast<std::size_t>(n));
        std::size_t used = 0;
        for (auto size = next(used); size > 0; size = next(used)) {
            if (!take(std::string_view(input_).substr(used, size))) return false;
            used += size;
        }
        input_.erase(0, used);
        if (output_.empty()) return true;
        const bool sent = send_all(front_, output_);
        output_.clear();
        return sent;
    }

    /// The size of the whole message there; 0: it is not whole.
    std::size_t next(std::size_t at) const {
        const std::size_t head = started_ ? 1 : 0;
        if (input_.size() < at + head + 4) return 0;
        const auto size = number_at(input_, at + head) + head;
        return input_.size() < at + size ? 0 : size;
    }

    bool take(std::string_view whole) {
        if (!started_) {
            if (number_at(whole, 4) == ssl_request) return send_all(front_, "N");
            started_ = true;
            return relay(whole);
        }
        const char type = whole[0];
        const auto body = whole.substr(5);
        if (type == 'Q') {
            if (!body.starts_with(answered)) return relay(whole);
            return answer(row_description + row + complete + ready);
        }
        if (type == 'P') own_ = body.substr(body.find('\0') + 1).starts_with(answered);
        if (!own_) return relay(whole);
        switch (type) {
            case 'P': return answer(message('1', {}));
            case 'B': return answer(message('2', {}));
            case 'C': return answer(message('3', {}));
            case 'D': return answer((body[0] == 'S' ? message('t', "\0\1\0\0\0\x17"sv) : "") + row_description);
            case 'E': return answer(row + complete);
            case 'S': return answer(ready);
            case 'H': return true;
            default: return relay(whole);
        }
    }

    bool answer(std::string_view what) {
        relays_ = false;
        output_.append(what);
        return true;
    }

    bool relay(std::string_view what) {
        relays_ = true;
        return send_all(behind_, what);
    }

    int front_;
    int behind_;
    bool started_ = false;
    bool relays_ = true;
    bool own_ = false;  // the last Parse was answered here, and so is what follows it
    std::string input_;
    std::string output_;
    char buffer_[65536];
};

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: bench_stub PORT NODE_PORT\n");
        return 2;
    }
    const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
    const auto node_port = static_cast<std::uint16_t>(std::atoi(arguments[2]));
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) != 0 || ::listen(listener, 1024) != 0) {
        std::perror("bench_stub");
        return 1;
    }
    for (;;) {
        const int front = ::accept(listener, nullptr, nullptr);
        if (front < 0) return 1;
        std::thread([front, node_port] { pair_of_ends(front, node_port).run(); }).detach();
    }
}
