#include "net/node_login.hpp"

#include <algorithm>
#include <boost/asio.hpp>

#include "net/deadline_guard.hpp"
#include "wire/backend.hpp"
#include "wire/frontend.hpp"
#include "wire/startup.hpp"

namespace weir::net {
namespace {

namespace asio = boost::asio;
namespace backend = wire::backend;
namespace frontend = wire::frontend;
using asio::use_awaitable;

constexpr milliseconds pause_without_descriptors{100};
constexpr std::size_t longest_message = 1 << 20;  // no server has reason to say more before it is asked
constexpr std::uint32_t cleartext_password = 3;
constexpr std::uint32_t md5_password = 5;
constexpr std::uint32_t sasl = 10;
constexpr std::uint32_t sasl_continue = 11;
constexpr std::uint32_t sasl_final = 12;

/// Ends the dialog; caught once in log_in_at_node().
struct login_ended {
    node_login_failure failure;
};

[[noreturn]] void give_up(std::string state, std::string message, bool unreachable,
                          std::string hint = {}) {
    throw login_ended{{fault{std::move(state), std::move(message), {}, std::move(hint)}, unreachable}};
}

bool means_unreachable(std::string_view state) {
    // Starting up, shutting down, crashed: the node will be back, or another takes its place.
    return state == sqlstate::cannot_connect_now || state == sqlstate::admin_shutdown ||
           state == sqlstate::crash_shutdown;
}

class dialog {
public:
    dialog(node_login_request& request, node_connection& made) : request_(request), made_(made) {}

    asio::awaitable<void> run() {
        if (request_.address.host.empty() || request_.address.host[0] != '/') co_await negotiate_tls();
        std::vector<wire::startup_parameter> parameters;
        parameters.push_back({"user", request_.whose.user});
        parameters.push_back({"database", request_.whose.database});
        for (const auto& [name, value] : request_.whose.parameters) parameters.push_back({name, value});
        bytes out;
        wire::append_startup(out, 0, parameters);
        co_await write(out);
        while (!ready_) {
            auto piece = co_await read_message();
            co_await take(piece.type, piece.body);
        }
        const bool walsender = std::any_of(request_.whose.parameters.begin(), request_.whose.parameters.end(),
                                           [](const auto& p) { return p.first == "replication"; });
        if (!walsender) co_await ask_about_start();
    }

private:
    struct message {
        char type;
        bytes body;
    };

    asio::awaitable<void> negotiate_tls() {
        if (request_.tls == config::node_tls::disable) co_return;
        bytes out;
        wire::append_ssl_request(out);
        co_await write(out);
        char answer = 0;
        co_await read_some(&answer, 1);
        if (answer == 'S') {
            auto secure = std::make_unique<tls_stream>(std::move(*made_.transport), request_.tls_with, request_.tls_name,
                                                       request_.tls);
            auto* handshaking = secure.get();
            made_.transport = std::move(secure);
            for (;;) {
                const auto state = handshaking->handshake();
                if (state == io_state::done) {
                    end_point_ = handshaking->node_end_point();
                    break;
                }
                if (state == io_state::closed)
                    give_up(sqlstate::connection_failure,
                            "TLS handshake with the node failed: " + handshaking->handshake_error(),
                            true);
                co_await handshaking->wait_readable(use_awaitable);
            }
        } else if (request_.tls != config::node_tls::prefer) {
            give_up(sqlstate::connection_failure, "the node does not offer TLS", false,
                    "Set ssl = on at the node, or mode = \"prefer\" in the [tls.server] section.");
        }
    }

    asio::awaitable<void> write(const bytes& data) {
        std::size_t sent = 0;
        while (sent < data.size()) {
            const iovec part{const_cast<char*>(data.data()) + sent, data.size() - sent};
            const auto wrote = made_.transport->try_write(&part, 1);
            if (wrote.state == io_state::closed)
                give_up(sqlstate::connection_failure, "the node closed the connection", true);
            sent += wrote.bytes;
            if (wrote.state == io_state::blocked)
                co_await made_.transport->wait_writable(use_awaitable);
        }
    }

    asio::awaitable<std::size_t> read_some(char* to, std::size_t size) {
        for (;;) {
            const auto read = made_.transport->try_read(to, size);
            if (read.state == io_state::done) co_return read.bytes;
            if (read.state == io_state::closed)
                give_up(sqlstate::connection_failure, "the node closed the connection", true);
            co_await made_.transport->wait_readable(use_awaitable);
        }
    }

    asio::awaitable<message> read_message() {
        message whole{0, {}};
        for (;;) {
            auto piece = made_.link.splitter.next(rest_);
            if (!piece)
                give_up(sqlstate::protocol_violation, piece.error().message, false);
            if (*piece) {
                whole.type = (*piece)->type;
                whole.body.append((*piece)->body);
                if (whole.body.size() > longest_message)
                    give_up(sqlstate::protocol_violation, "a message of the node at login is too long", false);
                if ((*piece)->last) co_return whole;
                continue;
            }
            const auto n = co_await read_some(buffer_, sizeof buffer_);
            rest_ = bytes_view(buffer_, n);
        }
    }

    /// A node that does not say what was asked is not believed to be what it was when it was probed.
    asio::awaitable<void> ask_about_start() {
        bytes out;
        frontend::append_query(out, session::start_question());
        co_await write(out);
        for (;;) {
            auto piece = co_await read_message();
            if (piece.type == backend::ready_for_query) co_return;
            if (piece.type == backend::parameter_status) made_.link.note(piece.type, piece.body);
            if (piece.type != backend::data_row) continue;
            auto start = session::read_start(piece.body);
            if (!start) give_up(sqlstate::protocol_violation, start.error().message, false);
            made_.link.start = std::move(*start);
        }
    }

    asio::awaitable<void> take(char type, const bytes& body) {
        switch (type) {
            case backend::authentication: co_await authenticate(body); break;
            case backend::parameter_status: made_.link.note(type, body); break;
            case backend::backend_key_data:
                if (auto key = backend::decode_key(body)) {
                    made_.pid = key->pid;
                    made_.secret = bytes(key->secret);
                }
                break;
            case backend::error_response: refuse(body); break;
            case backend::ready_for_query:
                if (!authenticated_)
                    give_up(sqlstate::protocol_violation, "the node skipped the login", false);
                ready_ = true;
                break;
            case backend::notice_response:
            case backend::negotiate_protocol_version: break;
            default:
                give_up(sqlstate::protocol_violation,
                        std::string("unexpected message '") + type + "' from the node at login", false);
        }
    }

    [[noreturn]] void refuse(const bytes& body) {
        auto error = backend::decode_error(body);
        if (!error) give_up(sqlstate::protocol_violation, error.error().message, false);
        throw login_ended{{fault{std::string(error->sqlstate), std::string(error->message),
                                 std::string(error->detail), std::string(error->hint)},
                           means_unreachable(error->sqlstate)}};
    }

    [[noreturn]] void no_secret() {
        give_up(sqlstate::invalid_password,
                "Weir has no password for user \"" + request_.whose.user + "\" to log in at the node",
                false,
                "Add the user with its password or SCRAM secret to users_file in the [auth] section.");
    }

    asio::awaitable<void> authenticate(const bytes& body) {
        auto request = backend::decode_authentication(body);
        if (!request) give_up(sqlstate::protocol_violation, request.error().message, false);
        const bytes data(request->data);
        bytes out;
        switch (request->code) {
            case 0:
                if (scram_ && !scram_verified_)
                    give_up(sqlstate::invalid_authorization,
                            "the node did not prove that it knows the secret", false);
                authenticated_ = true;
                co_return;
            case cleartext_password:
                if (!made_.transport->encrypted() && !is_local())
                    give_up(sqlstate::invalid_authorization,
                            "the node asks for a clear-text password over an unencrypted connection",
                            false, "Use TLS towards the node, or scram-sha-256 in its pg_hba.conf.");
                if (request_.credentials.password.empty()) no_secret();
                frontend::append_password(out, request_.credentials.password + '\0');
                break;
            case md5_password:
                if (request_.credentials.password.empty()) no_secret();
                frontend::append_password(
                    out, wire::md5_response(request_.credentials.password, request_.whose.user, data) +
                             '\0');
                break;
            case sasl: begin_scram(data, out); break;
            case sasl_continue: {
                if (!scram_) give_up(sqlstate::protocol_violation, "SASL out of turn", false);
                auto answer = scram_->final(data);
                if (!answer) give_up(answer.error().sqlstate, answer.error().message, false);
                frontend::append_password(out, *answer);
                break;
            }
            case sasl_final: {
                if (!scram_) give_up(sqlstate::protocol_violation, "SASL out of turn", false);
                auto verified = scram_->verify(data);
                if (!verified) give_up(verified.error().sqlstate, verified.error().message, false);
                scram_verified_ = true;
                co_return;
            }
            default:
                give_up(sqlstate::feature_not_supported,
                        "the node asks for an authentication method that Weir does not have (code " +
                            std::to_string(request->code) + ")",
                        false, "Use scram-sha-256, md5 or trust in the node's pg_hba.conf.");
        }
        co_await write(out);
    }

    void begin_scram(const bytes& offered, bytes& out) {
        const auto offers = [&](bytes_view mechanism) {
            return bytes_view(offered).find(bytes(mechanism) + '\0') != bytes_view::npos;
        };
        // What ends in -PLUS does not end in a NUL behind the shorter name.
        const bool binds = !end_point_.empty() && offers("SCRAM-SHA-256-PLUS");
        if (!binds && !offers("SCRAM-SHA-256"))
            give_up(sqlstate::feature_not_supported, "the node offers no SCRAM-SHA-256", false);
        auto nonce = wire::base64_encode(request_.random(18));
        if (request_.credentials.keys) {
            scram_.emplace(*request_.credentials.keys, nonce);
        } else if (!request_.credentials.password.empty()) {
            scram_.emplace(request_.credentials.password, nonce);
        } else {
            no_secret();
        }
        if (binds) {
            scram_->bind_to(end_point_);
        } else if (!end_point_.empty()) {
            scram_->could_bind();
        }
        frontend::append_sasl_initial(out, binds ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256", scram_->first());
    }

    bool is_local() const {
        const auto& host = request_.address.host;
        return host.empty() || host[0] == '/' || host == "127.0.0.1" || host == "::1" ||
               host == "localhost";
    }

    node_login_request& request_;
    node_connection& made_;
    char buffer_[8192];
    bytes_view rest_;
    bytes end_point_;  // of the node's certificate; empty: plain text
    std::optional<wire::scram_client> scram_;
    bool scram_verified_ = false;
    bool authenticated_ = false;
    bool ready_ = false;
};

asio::awaitable<void> connect_tcp(asio::io_context& io, const cluster::node_address& address,
                                  stream_socket& socket) {
    asio::ip::tcp::resolver resolver(io);
    auto found =
        co_await resolver.async_resolve(address.host, std::to_string(address.port), use_awaitable);
    boost::system::error_code last = asio::error::host_not_found;
    for (const auto& entry : found) {
        asio::generic::stream_protocol::endpoint target(entry.endpoint());
        boost::system::error_code error;
        socket.close(error);
        socket.open(target.protocol(), error);
        if (!error) {
            auto token = asio::redirect_error(use_awaitable, error);
            co_await socket.async_connect(target, token);
        }
        if (!error) co_return;
        last = error;
        if (error == asio::error::operation_aborted) break;
    }
    throw boost::system::system_error(last);
}

asio::awaitable<void> connect_unix(const cluster::node_address& address, stream_socket& socket) {
    asio::local::stream_protocol::endpoint path(address.host + "/.s.PGSQL." +
                                                std::to_string(address.port));
    asio::generic::stream_protocol::endpoint target(path);
    co_await socket.async_connect(target, use_awaitable);
}

asio::awaitable<boost::system::error_code> try_to_connect(asio::io_context& io,
                                                          const cluster::node_address& address,
                                                          stream_socket& socket) {
    try {
        if (!address.host.empty() && address.host[0] == '/') {
            co_await connect_unix(address, socket);
        } else {
            co_await connect_tcp(io, address, socket);
        }
        prepare_socket(socket.native_handle());
    } catch (const boost::system::system_error& e) {
        co_return e.code();
    }
    co_return boost::system::error_code();
}

/// Of Weir's, not the node's.
bool is_want_of_descriptors(boost::system::error_code error) {
    return error == boost::system::errc::too_many_files_open ||
           error == boost::system::errc::too_many_files_open_in_system;
}

}  // namespace

asio::awaitable<std::unique_ptr<stream>> connect_to_node(asio::io_context& io,
                                                         const cluster::node_address& address,
                                                         milliseconds timeout, std::string& why) {
    stream_socket socket(io);
    deadline_guard guard(io, timeout, [&socket] {
        boost::system::error_code ignored;
        socket.close(ignored);
    });
    auto failed = co_await try_to_connect(io, address, socket);
    if (is_want_of_descriptors(failed)) {
        // Whoever is told of it asks again at once; this is what keeps them from going round in a loop.
        asio::steady_timer pause(io, pause_without_descriptors);
        co_await pause.async_wait(use_awaitable);
        if (!guard.late()) failed = co_await try_to_connect(io, address, socket);
    }
    if (!failed) co_return std::make_unique<plain_stream>(std::move(socket));
    why = guard.late() && !is_want_of_descriptors(failed) ? "no answer in time" : failed.message();
    co_return nullptr;
}

asio::awaitable<node_login_outcome> log_in_at_node(asio::io_context& io, node_login_request request) {
    node_connection made;
    std::string why;
    const std::string where = "node " + request.address.name + ": ";
    made.transport = co_await connect_to_node(io, request.address, request.timeout, why);
    node_login_failure failure;
    if (!made.transport) {
        failure = {{sqlstate::connection_failure, where + why}, true};
        co_return node_login_outcome(std::move(failure));
    }
    watch_host(made.transport->descriptor(), request.tcp);
    deadline_guard guard(io, request.timeout, [&made] { made.transport->close(); });
    try {
        dialog talk(request, made);
        co_await talk.run();
        co_return node_login_outcome(std::move(made));
    } catch (const login_ended& e) {
        failure = e.failure;
    } catch (const boost::system::system_error& e) {
        failure = {{sqlstate::connection_failure, e.code().message()}, true};
    }
    if (guard.late()) failure = {{sqlstate::connection_failure, "the login took too long"}, true};
    if (failure.why.sqlstate == sqlstate::connection_failure)
        failure.why.message = where + failure.why.message;
    co_return node_login_outcome(std::move(failure));
}

}  // namespace weir::net
