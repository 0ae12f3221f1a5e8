#include "http/server.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <memory>

namespace shop::http {
namespace {

constexpr std::chrono::seconds grace{5};
constexpr std::chrono::seconds last_grace{2};
constexpr std::chrono::milliseconds pause_after_failed_accept{100};

// The end of the signal_set brings the default action back: one more SIGTERM would then kill a
// program that is ending well. This is the last thread, so blocking it there blocks all.
void ignore_further_signals() {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr);
}

}  // namespace

server::server(const server_setting& setting, handler answer, std::function<void()> hurry)
    : most_connections_(setting.most_connections),
      hurry_(std::move(hurry)),
      workers_(setting.threads),
      shared_{std::move(answer), workers_, setting.body_limit_bytes, false} {
    const asio::ip::tcp::endpoint where(asio::ip::make_address(setting.listen.host),
                                        setting.listen.port);
    acceptor_.open(where.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(where);
    acceptor_.listen();
}

core::host_port server::address() const {
    const auto where = acceptor_.local_endpoint();
    return {where.address().to_string(), where.port()};
}

void server::run() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error) return;
        spdlog::info("signal {}: closing", signal);
        begin_end();
    });
    accept();
    io_.run();
    workers_.join();
    ignore_further_signals();
}

void server::accept() {
    if (is_accepting_ || !acceptor_.is_open() || connections_.size() >= most_connections_) return;
    is_accepting_ = true;
    acceptor_.async_accept([this](boost::system::error_code error, asio::ip::tcp::socket socket) {
        is_accepting_ = false;
        on_accept(error, std::move(socket));
    });
}

void server::on_accept(boost::system::error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {
        // Out of descriptors: trying again at once would spin.
        spdlog::warn("accept: {}", error.message());
        accept_pause_.expires_after(pause_after_failed_accept);
        accept_pause_.async_wait([this](boost::system::error_code) { accept(); });
        return;
    }
    const auto connection = std::make_shared<client_connection>(
        std::move(socket), shared_, [this](client_connection* gone) { on_gone(gone); });
    connections_.insert(connection.get());
    connection->read_request();
    accept();
}

void server::on_gone(client_connection* gone) {
    connections_.erase(gone);
    if (!shared_.is_closing) return accept();
    if (connections_.empty()) patience_.cancel();
}

void server::begin_end() {
    shared_.is_closing = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();
    if (connections_.empty()) return;
    patience_.expires_after(grace);
    patience_.async_wait([this](boost::system::error_code error) {
        if (!error) lose_patience();
    });
    const auto open = connections_;
    for (auto* connection : open) connection->close_if_idle();
}

void server::lose_patience() {
    spdlog::warn("{} requests still unanswered: giving them up", connections_.size());
    hurry_();
    patience_.expires_after(last_grace);
    patience_.async_wait([this](boost::system::error_code error) {
        if (!error) io_.stop();
    });
}

}  // namespace shop::http
