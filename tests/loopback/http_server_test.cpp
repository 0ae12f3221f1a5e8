// The HTTP server on a socket: what it answers, what it refuses, and that it ends when told to.
#include "net/http/http_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

namespace weir::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// Answers with the path it was asked for.
struct echo final : status::admin_port {
    result<status::table> console(std::string_view, status::console_right, status::control&) override { return {}; }
    result<std::vector<std::string>> columns(std::string_view) override { return std::vector<std::string>(); }
    status::http_reply get(std::string_view path, std::string_view query, status::control&) override {
        if (path == "/throws") throw std::runtime_error("on purpose");
        status::http_reply reply;
        reply.status = path == "/missing" ? 404 : 200;
        reply.body = path == "/large" ? std::string(8'000'000, 'x') : "at " + std::string(path) + (query.empty() ? "" : " with " + std::string(query));
        return reply;
    }
};

struct idle_control final : status::control {
    status::report gather(status::extent) override { return {}; }
    result<void> set(const std::string&, const std::string&) override { return {}; }
    void forget_learned() override {}
    void forget_digests() override {}
    result<status::table> explain(const std::string&, const std::string&, const std::string&) override {
        return status::table{};
    }
    result<std::vector<std::string>> reload() override { return std::vector<std::string>{}; }
    result<bool> pause(const std::string&) override { return true; }
    result<void> resume(const std::string&) override { return {}; }
    result<bool> drain(const std::string&) override { return true; }
    result<void> undrain(const std::string&) override { return {}; }
    result<std::size_t> kill(const std::string&) override { return std::size_t{0}; }
    result<void> kill_client(std::uint32_t) override { return {}; }
};

config::listen_address on_port(std::uint16_t port) {
    config::listen_address where;
    where.host = "127.0.0.1";
    where.port = port;
    return where;
}

struct http_case : ::testing::Test {
    passed_sockets none;

    http_case() {
        EXPECT_TRUE(server.start(none));
        port = server.port();
        thread = std::thread([this] { server_io.run(); });
    }
    ~http_case() override { end(); }

    void end() {
        if (!thread.joinable()) return;
        asio::post(server_io, [this] { server.stop(); });
        thread.join();
    }
    tcp::socket connect() {
        tcp::socket socket(client_io);
        socket.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port));
        const timeval patience{20, 0};
        ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return socket;
    }
    /// Until the server closes.
    static std::string read_all(tcp::socket& socket) {
        std::string got;
        boost::system::error_code ended;
        asio::read(socket, asio::dynamic_buffer(got), ended);
        EXPECT_EQ(ended, asio::error::eof);
        return got;
    }
    std::string ask(const std::string& request) {
        auto socket = connect();
        boost::system::error_code ignored;  // it may be refused before all of it is sent
        asio::write(socket, asio::buffer(request), ignored);
        socket.shutdown(tcp::socket::shutdown_send, ignored);
        return read_all(socket);
    }

    asio::io_context client_io;
    asio::io_context server_io{1};
    echo answers;
    idle_control running;
    http_server server{server_io, on_port(0), answers, running};
    std::uint16_t port = 0;
    std::thread thread;
};

std::string with_token(const std::string& path, const std::string& shown) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: " + shown + "\r\n\r\n";
}

TEST_F(http_case, a_token_is_asked_for_where_there_is_one) {
    asio::post(server_io, [this] { server.use_token("open sesame"); });
    const std::string plain = " HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_THAT(ask("GET /page" + plain), AllOf(StartsWith("HTTP/1.1 401 "), HasSubstr("WWW-Authenticate: Basic")));
    for (const auto* open : {"/livez", "/readyz?x"})
        EXPECT_THAT(ask("GET " + std::string(open) + plain), Not(StartsWith("HTTP/1.1 401 "))) << open;
    EXPECT_THAT(ask(with_token("/page", "Bearer open sesame")), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask(with_token("/page", "bearer   open sesame")), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(ask(with_token("/page", "Basic YW5uOm9wZW4gc2VzYW1l")), StartsWith("HTTP/1.1 200 ")) << "ann:open sesame";
    for (const auto* wrong : {"Bearer open sesam", "Bearer", "Bearer ", "Basic !!!", "Basic YW5u", "Digest open sesame", ""})
        EXPECT_THAT(ask(with_token("/page", wrong)), StartsWith("HTTP/1.1 401 ")) << wrong;
}

TEST_F(http_case, answers_a_get) {
    EXPECT_THAT(ask("GET /page?query#x HTTP/1.1\r\nHost: x\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 19\r\n"),
                      EndsWith("\r\n\r\nat /page with query")));
    EXPECT_THAT(ask("GET /missing HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(http_case, answers_head_without_the_body) {
    EXPECT_THAT(ask("HEAD /page HTTP/1.1\r\nHost: x\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 8\r\n"),
                      EndsWith("\r\n\r\n")));
}

TEST_F(http_case, a_name_of_elsewhere_that_leads_here_is_refused) {
    for (const auto* host : {"127.0.0.1:9432", "localhost", "weir:9432", "[::1]:9432"})
        EXPECT_THAT(ask("GET /page HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"), StartsWith("HTTP/1.1 200 ")) << host;
    EXPECT_THAT(ask("GET /page HTTP/1.1\r\nHost: evil.example\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
    EXPECT_THAT(ask("GET /livez HTTP/1.1\r\nHost: evil.example\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(http_case, takes_the_absolute_form) {
    EXPECT_THAT(ask("GET http://weir:9432/page HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("at /page"));
    EXPECT_THAT(ask("GET http://weir?x HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("at / with x"));
}

TEST_F(http_case, keeps_the_connection_for_the_next_request) {
    EXPECT_THAT(ask("GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\n"
                    "Connection: close\r\n\r\nGET /three HTTP/1.1\r\nHost: x\r\n\r\n"),
                AllOf(HasSubstr("at /one"), EndsWith("at /two")));
    EXPECT_THAT(ask("GET /one HTTP/1.0\r\n\r\nGET /two HTTP/1.0\r\n\r\n"), EndsWith("at /one"));
}

TEST_F(http_case, a_large_page_arrives_whole) {
    EXPECT_GT(ask("GET /large HTTP/1.1\r\nHost: x\r\n\r\n").size(), 8'000'000u);
}

TEST_F(http_case, no_other_method) {
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
        EXPECT_THAT(ask(std::string(method) + " /page HTTP/1.1\r\nHost: x\r\n\r\n"),
                    AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")));
    }
}

TEST_F(http_case, a_body_is_refused_unread) {
    EXPECT_THAT(ask("POST /page HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"),
                StartsWith("HTTP/1.1 405 "));
    EXPECT_THAT(
        ask("GET /page HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x')),
        StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(ask("GET /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
                StartsWith("HTTP/1.1 413 "));
}

TEST_F(http_case, nonsense_is_told_so_and_ends) {
    for (const auto& data : {std::string("\r\n\r\n"), std::string(1000, '\0'),
                             std::string("GET\r\n\r\n"), std::string("GET /page HTTP/9.9\r\n\r\n")})
        EXPECT_THAT(ask(data), StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask("GET /" + std::string(100000, 'a') + " HTTP/1.1\r\n\r\n"),
                StartsWith("HTTP/1.1 431 "));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"),
                StartsWith("HTTP/1.1 431 "));
}

TEST_F(http_case, half_a_request_is_not_answered) {
    EXPECT_THAT(ask("GET"), IsEmpty());
    EXPECT_THAT(ask("GET /page HTTP/1.1\r\nHost: x\r\n"), IsEmpty());
    EXPECT_THAT(ask(""), IsEmpty());
}

TEST_F(http_case, an_error_of_ours_is_a_500_and_not_the_end) {
    EXPECT_THAT(ask("GET /throws HTTP/1.1\r\nHost: x\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 500 "), Not(HasSubstr("on purpose"))));
    EXPECT_THAT(ask("GET /page HTTP/1.1\r\nHost: x\r\n\r\n"), EndsWith("at /page"));
}

TEST_F(http_case, connections_that_say_nothing_are_bounded_and_block_nobody_for_ever) {
    std::vector<tcp::socket> silent;
    for (int i = 0; i < 300; ++i) silent.push_back(connect());
    char byte = 0;
    boost::system::error_code ended;
    silent.back().read_some(asio::buffer(&byte, 1), ended);
    EXPECT_EQ(ended, asio::error::eof) << "one too many is closed at once";
    silent.clear();
    // The places that they held are free as soon as the server has seen them go.
    std::string got;
    for (int tries = 0; tries < 1000 && got.empty(); ++tries) {
        auto socket = connect();
        asio::write(socket, asio::buffer(std::string("GET /page HTTP/1.0\r\n\r\n")), ended);
        asio::read(socket, asio::dynamic_buffer(got), ended);
    }
    EXPECT_THAT(got, EndsWith("at /page"));
}

TEST_F(http_case, stop_ends_every_connection) {
    auto silent = connect();
    auto half = connect();
    asio::write(half, asio::buffer(std::string("GET /page HTTP/1.1\r\n")));
    auto slow = connect();
    asio::write(slow, asio::buffer(std::string("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")));
    char byte = 0;
    slow.read_some(asio::buffer(&byte, 1));  // its answer is on the way
    end();                                   // returns only when nothing is left to wait for
    EXPECT_THAT(read_all(silent), IsEmpty());
    EXPECT_THAT(read_all(half), IsEmpty());
}

TEST_F(http_case, an_address_in_use_is_a_fault_that_says_what_to_do) {
    asio::io_context io;
    http_server second(io, on_port(port), answers, running);
    const auto started = second.start(none);
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().message,
                AllOf(HasSubstr("127.0.0.1:" + std::to_string(port)), HasSubstr("in use")));
    EXPECT_THAT(started.error().hint, HasSubstr("server.http"));
}

TEST_F(http_case, an_address_that_is_not_ours_is_a_fault) {
    asio::io_context io;
    auto elsewhere = on_port(0);
    elsewhere.host = "192.0.2.1";
    http_server server_there(io, elsewhere, answers, running);
    const auto started = server_there.start(none);
    ASSERT_TRUE(started.has_error());
    EXPECT_THAT(started.error().hint, HasSubstr("No interface"));
}

}  // namespace
}  // namespace weir::net
