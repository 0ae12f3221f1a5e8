#include "net/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>

#include <algorithm>
#include <climits>

namespace weir::net {
namespace {

fault last_error(const std::string& what) {
    char reason[256] = "unknown reason";
    if (const auto code = ERR_get_error()) ERR_error_string_n(code, reason, sizeof reason);
    ERR_clear_error();
    return {sqlstate::config_file_error, what, reason};
}

SSL_CTX* make_context(const SSL_METHOD* method) {
    auto* context = SSL_CTX_new(method);
    if (context == nullptr) return nullptr;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    return context;
}

bool is_numeric(const std::string& host) {
    unsigned char ignored[16];
    return inet_pton(AF_INET, host.c_str(), ignored) == 1 ||
           inet_pton(AF_INET6, host.c_str(), ignored) == 1;
}

}  // namespace

result<std::shared_ptr<tls_context>> tls_context::for_clients(const std::string& cert,
                                                              const std::string& key) {
    std::shared_ptr<tls_context> made(new tls_context(make_context(TLS_server_method())));
    auto* context = made->get();
    if (context == nullptr) return last_error("TLS could not be set up");
    if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1)
        return last_error("the certificate file \"" + cert + "\" cannot be used");
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return last_error("the key file \"" + key + "\" cannot be used");
    if (SSL_CTX_check_private_key(context) != 1)
        return last_error("the key \"" + key + "\" does not belong to the certificate \"" + cert + "\"");
    return made;
}

result<std::shared_ptr<tls_context>> tls_context::for_nodes() {
    std::shared_ptr<tls_context> made(new tls_context(make_context(TLS_client_method())));
    if (made->get() == nullptr) return last_error("TLS could not be set up");
    return made;
}

tls_stream::tls_stream(stream_socket socket, std::shared_ptr<tls_context> context, side which,
                       const std::string& server_name)
    : stream(std::move(socket)), context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    SSL_set_fd(ssl_.get(), descriptor());
    if (which == side::server) {
        SSL_set_accept_state(ssl_.get());
    } else {
        SSL_set_connect_state(ssl_.get());
        if (!server_name.empty() && server_name[0] != '/' && !is_numeric(server_name))
            SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
    }
}

io_state tls_stream::handshake() {
    ERR_clear_error();
    const int n = SSL_do_handshake(ssl_.get());
    if (n == 1) {
        read_wants_write_ = write_wants_read_ = false;
        return io_state::done;
    }
    const int why = SSL_get_error(ssl_.get(), n);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        read_wants_write_ = why == SSL_ERROR_WANT_WRITE;
        return io_state::blocked;
    }
    error_ = ERR_peek_last_error();
    return io_state::closed;
}

std::string tls_stream::handshake_error() const {
    if (error_ == 0) return "the peer ended the TLS handshake";
    char reason[256];
    ERR_error_string_n(error_, reason, sizeof reason);
    return reason;
}

io_result tls_stream::try_read(char* to, std::size_t size) {
    ERR_clear_error();
    read_wants_write_ = false;
    const int n = SSL_read(ssl_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (n > 0) return {static_cast<std::size_t>(n), io_state::done};
    const int why = SSL_get_error(ssl_.get(), n);
    if (why == SSL_ERROR_WANT_READ) return {0, io_state::blocked};
    if (why == SSL_ERROR_WANT_WRITE) {
        read_wants_write_ = true;
        return {0, io_state::blocked};
    }
    return {0, io_state::closed};
}

io_result tls_stream::try_write(const iovec* parts, int count) {
    std::size_t written = 0;
    for (int i = 0; i < count; ++i) {
        auto* data = static_cast<const char*>(parts[i].iov_base);
        auto left = parts[i].iov_len;
        while (left > 0) {
            ERR_clear_error();
            write_wants_read_ = false;
            const int n =
                SSL_write(ssl_.get(), data, static_cast<int>(std::min<std::size_t>(left, INT_MAX)));
            if (n > 0) {
                data += n;
                left -= static_cast<std::size_t>(n);
                written += static_cast<std::size_t>(n);
                continue;
            }
            const int why = SSL_get_error(ssl_.get(), n);
            write_wants_read_ = why == SSL_ERROR_WANT_READ;
            const bool blocked = why == SSL_ERROR_WANT_WRITE || why == SSL_ERROR_WANT_READ;
            if (written > 0) return {written, io_state::done};
            return {0, blocked ? io_state::blocked : io_state::closed};
        }
    }
    return {written, io_state::done};
}

std::size_t tls_stream::buffered() const {
    // SSL_pending() counts what is decrypted; a record that is read but not yet decrypted shows only
    // in SSL_has_pending().
    const int ready = SSL_pending(ssl_.get());
    if (ready > 0) return static_cast<std::size_t>(ready);
    return SSL_has_pending(ssl_.get()) != 0 ? 1 : 0;
}

std::string_view tls_stream::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

}  // namespace weir::net
