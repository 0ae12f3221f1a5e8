// tls: OpenSSL on a descriptor (not on buffers of Asio: an idle connection costs 14 kB, not 76), as a
// stream, and the contexts with the certificates.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "base/fault.hpp"
#include "config/config.hpp"
#include "net/stream.hpp"
#include "session/arrival.hpp"

namespace weir::net {

struct ssl_ctx_free {
    void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
};
struct ssl_free {
    void operator()(SSL* s) const { SSL_free(s); }
};

/// One side's settings. Shared by connections; a reload makes a new one.
class tls_context {
public:
    /// The certificate file may hold a chain. Faults F0000 with OpenSSL's reason.
    static result<std::shared_ptr<tls_context>> for_clients(const config::client_tls_settings& with);
    static result<std::shared_ptr<tls_context>> for_nodes(const config::node_tls_settings& with);

    SSL_CTX* get() { return context_.get(); }
    /// tls-server-end-point of what clients are shown (RFC 5929, section 4).
    const bytes& end_point() const { return end_point_; }

private:
    explicit tls_context(SSL_CTX* context) : context_(context) {}
    result<void> show(const std::string& cert, const std::string& key);
    result<void> trust(const std::string& ca);

    std::unique_ptr<SSL_CTX, ssl_ctx_free> context_;
    bytes end_point_;
};

class tls_stream final : public stream {
public:
    /// To a client.
    tls_stream(stream&& plain, std::shared_ptr<tls_context> context);
    /// To a node, which has this name; numeric addresses are not told (SNI). mode: what of its certificate is looked at.
    tls_stream(stream&& plain, std::shared_ptr<tls_context> context, const std::string& name,
               config::node_tls mode);

    /// One step of the handshake. done: finished; blocked: wait (readable or writable as it says).
    io_state handshake();
    std::string handshake_error() const;
    /// After the handshake with a client.
    session::tls_established established() const;
    /// "postgresql" was agreed on by ALPN, as a client must that does not ask for TLS first.
    bool speaks_postgresql() const;
    /// After the handshake with a node: its tls-server-end-point.
    bytes node_end_point() const;

    io_result try_read(char* to, std::size_t size) override;
    io_result try_write(const iovec* parts, int count) override;
    std::size_t buffered() const override;
    bool encrypted() const override { return true; }
    std::string_view cipher() const override;

private:
    bool read_wants_write() const override { return read_wants_write_; }
    bool write_wants_read() const override { return write_wants_read_; }

    std::shared_ptr<tls_context> context_;
    std::unique_ptr<SSL, ssl_free> ssl_;
    bool read_wants_write_ = false;
    bool write_wants_read_ = false;
    unsigned long error_ = 0;
};

}  // namespace weir::net
