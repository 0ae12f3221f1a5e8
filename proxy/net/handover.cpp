#include "net/handover.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <sstream>
#include <utility>

#include "net/accept_trouble.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;

constexpr std::size_t most_sockets = 64;
constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_cancels = 64;  // under way; whoever can connect can ask for one
constexpr std::string_view refusal = "no ";
constexpr timeval patience{5, 0};

fault broken(const std::string& path, const std::string& detail) {
    return {sqlstate::connection_failure, "the Weir at " + path + " has not handed over its sockets", detail,
            "It goes on as it was. End it with SIGTERM, or start this one without server.handover."};
}

/// The user at the other end; -1: not known.
uid_t peer_of(int descriptor, pid_t& process) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return static_cast<uid_t>(-1);
    process = who.pid;
    return who.uid;
}

bool is_trusted(uid_t user) { return user == ::geteuid() || user == 0; }

/// One line, with these descriptors. Small enough to be taken at once.
bool send_with(int to, const std::string& line, const std::vector<int>& descriptors) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_sockets)> room{};
    iovec text{const_cast<char*>(line.data()), line.size()};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
        message.msg_control = room.data();
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
        auto* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
        std::memcpy(CMSG_DATA(head), descriptors.data(), sizeof(int) * descriptors.size());
    }
    return ::sendmsg(to, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
}

/// What was sent by send_with(), in full; nothing where the other end has closed or says nothing for too long.
std::string receive_with(int from, std::vector<int>& descriptors) {
    ::setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * most_sockets)> room{};
    std::array<char, 512> line{};
    iovec text{line.data(), line.size()};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = room.data();
    message.msg_controllen = room.size();
    const auto got = ::recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    for (auto* head = CMSG_FIRSTHDR(&message); got > 0 && head != nullptr; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        descriptors.resize((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        std::memcpy(descriptors.data(), CMSG_DATA(head), descriptors.size() * sizeof(int));
    }
    return {line.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

std::string hex_of(bytes_view data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned char c : data) text += {digits[c >> 4], digits[c & 15]};
    return text;
}

bytes from_hex(std::string_view text) {
    bytes data;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        unsigned char c = 0;
        std::from_chars(text.data() + i, text.data() + i + 2, c, 16);
        data.push_back(static_cast<char>(c));
    }
    return data;
}

asio::awaitable<bool> read_line(local::socket& from, std::string& buffer, std::string& line) {
    boost::system::error_code error;
    const auto size = co_await asio::async_read_until(from, asio::dynamic_buffer(buffer, longest_line), '\n',
                                                      asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return false;
    line = buffer.substr(0, size - 1);
    buffer.erase(0, size);
    co_return true;
}

}  // namespace

// ---- the new one's side ----

result<std::shared_ptr<predecessor>> predecessor::find(asio::io_context& io, const std::string& path) {
    local::socket connected(io);
    boost::system::error_code error;
    connected.connect(local::endpoint(path), error);
    if (error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory)
        return std::shared_ptr<predecessor>();
    if (error) return broken(path, error.message());
    pid_t process = 0;
    if (!is_trusted(peer_of(connected.native_handle(), process)))
        return broken(path, "It runs as another user, process " + std::to_string(process) + ".");
    std::shared_ptr<predecessor> found(new predecessor(io, std::move(connected)));
    if (auto received = found->receive_sockets(); !received) return broken(path, received.error().message);
    spdlog::info("taking over from process {}", process);
    asio::co_spawn(io, listen(found), asio::detached);
    return found;
}

result<void> predecessor::receive_sockets() {
    const auto line = receive_with(socket_.native_handle(), sockets_);
    const fault other{sqlstate::connection_failure, "It does not speak this version's language."};
    if (line.empty()) return fault{sqlstate::connection_failure, "It has said nothing, and perhaps takes others for root."};
    if (line.starts_with(refusal)) return fault{sqlstate::object_not_in_state, line.substr(refusal.size(), line.size() - 1 - refusal.size())};
    std::istringstream words(line);
    std::string weir, whose;
    unsigned version = 0;
    std::size_t count = 0;
    if (!(words >> weir >> version >> count >> whose) || weir != "weir" || version != 1 || count != sockets_.size())
        return other;
    kept_ = whose == "kept";
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
    return {};
}

passed_sockets predecessor::take_sockets() { return {std::exchange(sockets_, {}), kept_}; }

void predecessor::relieve() { say("ready\n"); }

void predecessor::pass_on(const cancel_key& key, cancel_done done) {
    if (!socket_.is_open() || asked_.size() >= most_cancels) return done();
    const auto number = ++numbers_;
    asked_.emplace(number, std::move(done));
    const auto patience_ends = std::make_shared<asio::steady_timer>(io_, cancel_within);
    patience_ends->async_wait([self = weak_from_this(), number, patience_ends](boost::system::error_code) {
        if (auto there = self.lock()) there->is_dealt_with(number);
    });
    if (!say("cancel " + std::to_string(number) + ' ' + std::to_string(key.pid) + ' ' + hex_of(key.secret) + '\n'))
        is_dealt_with(number);
}

void predecessor::is_dealt_with(std::uint64_t number) {
    if (auto found = asked_.extract(number)) found.mapped()();
}

/// False: it could not be said. Where the other end is gone, listen() finds out.
bool predecessor::say(const std::string& line) {
    return socket_.is_open() && send_with(socket_.native_handle(), line, {});
}

void predecessor::has_gone() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    for (auto& [number, done] : std::exchange(asked_, {})) done();
}

asio::awaitable<void> predecessor::listen(std::shared_ptr<predecessor> self) {
    std::string buffer;
    std::string line;
    while (co_await read_line(self->socket_, buffer, line)) {
        std::istringstream words(line);
        std::string word;
        std::uint64_t number = 0;
        if (!(words >> word >> number) || word != "done") break;
        self->is_dealt_with(number);
    }
    if (self->socket_.is_open()) spdlog::info("the Weir that was here before has ended");
    self->has_gone();
}

// ---- the old one's side ----

struct handover_desk::machinery {
    machinery(asio::io_context& on, std::string at, duties what)
        : io(on), acceptor(on), path(std::move(at)), does(std::move(what)) {}

    result<void> listen();
    void close();
    static asio::awaitable<void> accept_all(std::shared_ptr<machinery> self);
    static asio::awaitable<void> serve(std::shared_ptr<machinery> self, std::shared_ptr<local::socket> with);

    asio::io_context& io;
    local::acceptor acceptor;
    std::string path;
    duties does;
    bool taken = false;     // somebody has the sockets, and may yet be ready
    bool relieved = false;  // its file is the successor's
};

handover_desk::handover_desk(asio::io_context& io, std::string path, duties does)
    : machinery_(std::make_shared<machinery>(io, std::move(path), std::move(does))) {}

handover_desk::~handover_desk() { machinery_->close(); }

result<void> handover_desk::open() {
    auto listening = machinery_->listen();
    if (listening) asio::co_spawn(machinery_->io, machinery::accept_all(machinery_), asio::detached);
    return listening;
}

/// Under a name of its own first: whoever looks finds the one or the other, never nobody.
result<void> handover_desk::machinery::listen() {
    const auto own = path + '.' + std::to_string(::getpid());
    ::unlink(own.c_str());
    boost::system::error_code error;
    acceptor.open(local(), error);
    if (!error) acceptor.bind(local::endpoint(own), error);
    if (!error) acceptor.listen(4, error);
    if (!error && (::chmod(own.c_str(), 0600) != 0 || ::rename(own.c_str(), path.c_str()) != 0))
        error = {errno, boost::system::system_category()};
    if (!error) return {};
    ::unlink(own.c_str());
    return fault{sqlstate::config_file_error, "cannot listen on " + path + ": " + error.message(), "",
                 "See server.handover in the configuration: its directory must exist and be writable; \"\" is none."};
}

void handover_desk::machinery::close() {
    boost::system::error_code ignored;
    if (acceptor.is_open() && !relieved) ::unlink(path.c_str());
    acceptor.close(ignored);
}

asio::awaitable<void> handover_desk::machinery::accept_all(std::shared_ptr<machinery> self) {
    asio::steady_timer pause(self->io);
    accept_trouble trouble;
    while (self->acceptor.is_open()) {
        boost::system::error_code error;
        auto with = std::make_shared<local::socket>(self->io);
        co_await self->acceptor.async_accept(*with, asio::redirect_error(asio::use_awaitable, error));
        if (!self->acceptor.is_open()) co_return;
        if (error && error != asio::error::connection_aborted) {
            trouble.note(self->path, error.message());
            pause.expires_after(accept_trouble::pause);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        if (!error) asio::co_spawn(self->io, serve(self, std::move(with)), asio::detached);
    }
}

asio::awaitable<void> handover_desk::machinery::serve(std::shared_ptr<machinery> self,
                                                      std::shared_ptr<local::socket> with) {
    pid_t who = 0;
    if (const auto user = peer_of(with->native_handle(), who); !is_trusted(user)) {
        spdlog::warn("process {} of user {} wants the listening sockets: refused", who, user);
        co_return;
    }
    auto objection = self->does.objection();
    if (self->taken) objection = "Another process is about to take them.";
    const auto sockets = self->does.sockets();
    if (sockets.size() > most_sockets) objection = "There are too many.";
    if (!objection.empty()) {
        spdlog::warn("process {} wants the listening sockets: refused: {}", who, objection);
        send_with(with->native_handle(), std::string(refusal) + objection + '\n', {});
        co_return;
    }
    if (!send_with(with->native_handle(),
                   "weir 1 " + std::to_string(sockets.size()) + (self->does.kept ? " kept\n" : " own\n"), sockets))
        co_return;
    self->taken = true;
    spdlog::info("process {} has been given the listening sockets", who);
    std::string buffer;
    std::string line;
    while (co_await read_line(*with, buffer, line)) {
        if (line == "ready" && !std::exchange(self->relieved, true)) {
            self->close();
            self->does.relieved(who);
            continue;
        }
        std::istringstream words(line);
        std::string word, secret;
        std::uint64_t number = 0;
        cancel_key key;
        if (!(words >> word >> number >> key.pid >> secret) || word != "cancel") break;
        key.secret = from_hex(secret);
        // Told on any thread.
        self->does.cancel(std::move(key), [self, with, number] {
            asio::post(self->io, [with, number] {
                if (with->is_open()) send_with(with->native_handle(), "done " + std::to_string(number) + '\n', {});
            });
        });
    }
    if (self->relieved) co_return;
    self->taken = false;
    spdlog::warn("process {} has not taken over after all: this one goes on", who);
}

}  // namespace weir::net
