// prober_fake_node: a server on loopback that speaks just enough of protocol 3 to be probed, and
// that can hang, drop or refuse where a test says so.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.hpp"
#include "base/lsn.hpp"

namespace weir::net::test {

struct fake_state {
    enum class manners { answer, hang_at_login, refuse_login, hang_at_query };
    manners how = manners::answer;
    bool in_recovery = false;
    std::uint32_t timeline = 1;
    lsn at{0x1000};
    lsn inserted{};  // where it is more than that: not flushed yet
    std::int64_t started = 1000;
    std::uint64_t identifier = 7;
};

class fake_node {
public:
    explicit fake_node(fake_state state) : state_(state) {
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
        if (listen(listener_, 64) != 0) std::abort();
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }
    ~fake_node() {
        shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        close(listener_);
        change([](fake_state& s) { s.how = fake_state::manners::answer; });
        drop_connections();
        for (auto& talk : talks_) talk.join();
    }
    fake_node(const fake_node&) = delete;
    fake_node& operator=(const fake_node&) = delete;

    std::string conninfo(const std::string& host = "127.0.0.1") const {
        return "host=" + host + " port=" + std::to_string(port_) + " sslmode=disable";
    }
    template <class F>
    void change(F f) {
        std::lock_guard lock(guard_);
        f(state_);
        changed_.notify_all();
    }
    int queries() {
        std::lock_guard lock(guard_);
        return queries_;
    }
    int logins() {
        std::lock_guard lock(guard_);
        return logins_;
    }
    /// Queries that have come and hang.
    int held() {
        std::lock_guard lock(guard_);
        return held_;
    }
    void drop_connections() {
        std::lock_guard lock(guard_);
        for (int peer : peers_) shutdown(peer, SHUT_RDWR);
        ++dropped_;
        changed_.notify_all();
    }

private:
    void accept_all() {
        for (;;) {
            int peer = accept(listener_, nullptr, nullptr);
            if (peer < 0) return;
            {
                std::lock_guard lock(guard_);
                peers_.insert(peer);
            }
            talks_.emplace_back([this, peer] {
                talk(peer);
                std::lock_guard lock(guard_);
                peers_.erase(peer);
                close(peer);
            });
        }
    }

    static bool read_all(int peer, char* to, std::size_t size) {
        while (size > 0) {
            ssize_t got = recv(peer, to, size, 0);
            if (got <= 0) return false;
            to += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    }
    static bool read_body(int peer, bytes& body) {
        char length[4];
        if (!read_all(peer, length, 4) || load_u32(length) < 4) return false;
        body.resize(load_u32(length) - 4);
        return read_all(peer, body.data(), body.size());
    }
    static void add(bytes& out, char type, const bytes& body) {
        out.push_back(type);
        append_u32(out, static_cast<std::uint32_t>(body.size() + 4));
        out += body;
    }
    static void send_all(int peer, const bytes& data) {
        ssize_t sent = send(peer, data.data(), data.size(), MSG_NOSIGNAL);
        (void)sent;
    }

    /// Waits while the node hangs in this way; false where it was told to drop its connections.
    bool hang_while(fake_state::manners how) {
        std::unique_lock lock(guard_);
        int before = dropped_;
        ++held_;
        changed_.wait(lock, [&] { return state_.how != how || dropped_ != before; });
        --held_;
        return dropped_ == before;
    }

    void talk(int peer) {
        using manners = fake_state::manners;
        bytes body;
        if (!read_body(peer, body)) return;
        {
            std::lock_guard lock(guard_);
            ++logins_;
        }
        if (how() == manners::hang_at_login && !hang_while(manners::hang_at_login)) return;
        bytes out;
        if (how() == manners::refuse_login) {
            using namespace std::string_literals;
            add(out, 'E', "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0"s);
            return send_all(peer, out);
        }
        add(out, 'R', bytes(4, '\0'));
        add(out, 'S',
            bytes("server_version\0"
                  "15.4\0",
                  20));
        add(out, 'Z', "I");
        send_all(peer, out);
        out.clear();
        for (char type = 0; read_all(peer, &type, 1) && read_body(peer, body);) {
            if (type == 'X') return;
            if (type == 'P') add(out, '1', "");
            if (type == 'E') {
                if (how() == manners::hang_at_query && !hang_while(manners::hang_at_query)) return;
                add_row(out);
            }
            if (type == 'Q') flush(out);
            if (type != 'S' && type != 'Q') continue;
            add(out, 'Z', "I");
            send_all(peer, out);
            out.clear();
        }
    }

    void flush(bytes& out) {
        std::lock_guard lock(guard_);
        state_.at = std::max(state_.at, state_.inserted);
        add(out, 'C', bytes("SELECT 1\0", 9));
    }

    fake_state::manners how() {
        std::lock_guard lock(guard_);
        return state_.how;
    }

    void add_row(bytes& out) {
        std::lock_guard lock(guard_);
        ++queries_;
        char file[32];
        std::snprintf(file, sizeof file, "%08X0000000000000001", state_.timeline);
        bool replica = state_.in_recovery;
        const std::vector<std::string> values = {replica ? "t" : "f",
                                                 std::to_string(state_.identifier),
                                                 replica ? "" : file,
                                                 replica ? std::to_string(state_.timeline) : "",
                                                 to_string(state_.at),
                                                 replica ? to_string(state_.at) : "",
                                                 std::to_string(state_.started),
                                                 "",
                                                 replica ? "" : to_string(std::max(state_.at, state_.inserted)),
                                                 "8192",
                                                 "16777216"};
        bytes description, row;
        append_u16(description, static_cast<std::uint16_t>(values.size()));
        append_u16(row, static_cast<std::uint16_t>(values.size()));
        for (const auto& value : values) {
            description += bytes("c\0", 2) + bytes(6, '\0');
            append_u32(description, 25);  // text
            description += bytes(8, '\0');
            append_u32(row, value.empty() ? 0xffffffffu : static_cast<std::uint32_t>(value.size()));
            row += value;
        }
        add(out, '2', "");
        add(out, 'T', description);
        add(out, 'D', row);
        add(out, 'C', bytes("SELECT 1\0", 9));
    }

    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::thread acceptor_;
    std::list<std::thread> talks_;  // the acceptor's while it runs
    std::mutex guard_;
    std::condition_variable changed_;
    fake_state state_;
    std::set<int> peers_;
    int queries_ = 0;
    int logins_ = 0;
    int held_ = 0;
    int dropped_ = 0;
};

}  // namespace weir::net::test
