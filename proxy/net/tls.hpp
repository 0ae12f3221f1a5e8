// tls: OpenSSL on a descriptor (not on buffers of Asio: an idle connection costs 14 kB, not 76), as a
// stream, and the contexts with the certificates.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "base/fault.hpp"
#include "net/stream.hpp"

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
    /// cert and key: PEM files; the certificate file may hold a chain. Faults F0000 with OpenSSL's reason.
    static result<std::shared_ptr<tls_context>> for_clients(const std::string& cert,
                                                            const std::string& key);
    /// Towards nodes: encryption without proof of who the node is (libpq's "require").
    static result<std::shared_ptr<tls_context>> for_nodes();

    SSL_CTX* get() { return context_.get(); }

private:
    explicit tls_context(SSL_CTX* context) : context_(context) {}
    std::unique_ptr<SSL_CTX, ssl_ctx_free> context_;
};

class tls_stream final : public stream {
public:
    enum class side : std::uint8_t { server, client };
    /// server_name: for SNI where this is the client; numeric addresses are not sent.
    tls_stream(stream_socket socket, std::shared_ptr<tls_context> context, side which,
               const std::string& server_name);

    /// One step of the handshake. done: finished; blocked: wait (readable or writable as it says).
    io_state handshake();
    std::string handshake_error() const;

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
