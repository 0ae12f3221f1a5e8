#include "net/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

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
    // Of TLS 1.2 what keeps yesterday's traffic secret when the key is lost, and authenticates what it encrypts.
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:!aNULL");
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

/// The hash is that of the certificate's signature, and SHA-256 where that is MD5 or SHA-1 (RFC 5929, section 4.1).
bytes end_point_of(X509* certificate) {
    int digest_nid = NID_undef;
    if (certificate == nullptr || X509_get_signature_info(certificate, &digest_nid, nullptr, nullptr, nullptr) != 1) return {};
    const bool weak = digest_nid == NID_md5 || digest_nid == NID_sha1;
    const auto* digest = weak ? EVP_sha256() : EVP_get_digestbynid(digest_nid);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (digest == nullptr || X509_digest(certificate, digest, hash, &size) != 1) return {};
    return bytes(reinterpret_cast<char*>(hash), size);
}

/// Nothing where it holds a NUL: what a certificate authority has signed would read as another name.
bytes common_name_of(X509* certificate) {
    auto* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (size < 0) return {};
    bytes name(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
    return name.find('\0') == bytes::npos ? name : bytes();
}

/// As PostgreSQL writes it for clientname=DN: RFC 2253.
bytes distinguished_name_of(X509* certificate) {
    const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), BIO_free);
    if (!text || X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) return {};
    char* from = nullptr;
    const long size = BIO_get_mem_data(text.get(), &from);
    const bytes name(from, static_cast<std::size_t>(size));
    return name.find('\0') == bytes::npos ? name : bytes();
}

constexpr unsigned char alpn_postgresql[] = "\x0apostgresql";

/// As PostgreSQL 17: who says protocols and not this one has come to the wrong door.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    auto** out = const_cast<unsigned char**>(chosen);
    return SSL_select_next_proto(out, size, alpn_postgresql, sizeof alpn_postgresql - 1, offered, offered_size) ==
                   OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

result<void> tls_context::show(const std::string& cert, const std::string& key) {
    auto* context = context_.get();
    if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1)
        return last_error("the certificate file \"" + cert + "\" cannot be used");
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return last_error("the key file \"" + key + "\" cannot be used");
    if (SSL_CTX_check_private_key(context) != 1)
        return last_error("the key \"" + key + "\" does not belong to the certificate \"" + cert + "\"");
    return {};
}

result<void> tls_context::trust(const std::string& ca) {
    if (SSL_CTX_load_verify_locations(context_.get(), ca.c_str(), nullptr) != 1)
        return last_error("the certificate file \"" + ca + "\" cannot be used");
    return {};
}

result<std::shared_ptr<tls_context>> tls_context::for_clients(const config::client_tls_settings& with) {
    std::shared_ptr<tls_context> made(new tls_context(make_context(TLS_server_method())));
    auto* context = made->get();
    if (context == nullptr) return last_error("TLS could not be set up");
    if (auto shown = made->show(with.cert, with.key); !shown) return shown.error();
    made->end_point_ = end_point_of(SSL_CTX_get0_certificate(context));
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    if (!with.ca.empty()) {
        if (auto trusted = made->trust(with.ca); !trusted) return trusted.error();
        auto* names = SSL_load_client_CA_file(with.ca.c_str());
        if (names == nullptr) return last_error("the certificate file \"" + with.ca + "\" cannot be used");
        SSL_CTX_set_client_CA_list(context, names);
        // Who shows none is told so in words, once it has said who it is.
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_CLIENT_ONCE, nullptr);
    }
    return made;
}

result<std::shared_ptr<tls_context>> tls_context::for_nodes(const config::node_tls_settings& with) {
    std::shared_ptr<tls_context> made(new tls_context(make_context(TLS_client_method())));
    if (made->get() == nullptr) return last_error("TLS could not be set up");
    if (!with.cert.empty())
        if (auto shown = made->show(with.cert, with.key); !shown) return shown.error();
    if (!with.ca.empty())
        if (auto trusted = made->trust(with.ca); !trusted) return trusted.error();
    return made;
}

tls_stream::tls_stream(stream&& plain, std::shared_ptr<tls_context> context)
    : stream(std::move(plain)), context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    SSL_set_fd(ssl_.get(), descriptor());
    SSL_set_accept_state(ssl_.get());
}

tls_stream::tls_stream(stream&& plain, std::shared_ptr<tls_context> context, const std::string& name,
                       config::node_tls mode)
    : stream(std::move(plain)), context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    SSL_set_fd(ssl_.get(), descriptor());
    SSL_set_connect_state(ssl_.get());
    const bool numeric = is_numeric(name);
    if (!name.empty() && name[0] != '/' && !numeric) SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
    if (mode != config::node_tls::verify_ca && mode != config::node_tls::verify_full) return;
    SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER, nullptr);
    if (mode != config::node_tls::verify_full) return;
    auto* parameters = SSL_get0_param(ssl_.get());
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    numeric ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
            : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
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
        read_wants_write_ ? note_full() : note_drained();
        return io_state::blocked;
    }
    error_ = ERR_peek_last_error();
    return io_state::closed;
}

std::string tls_stream::handshake_error() const {
    const auto verdict = SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE)
        return std::string("its certificate cannot be trusted: ") + X509_verify_cert_error_string(verdict);
    if (error_ == 0) return "the peer ended the TLS handshake";
    char reason[256];
    ERR_error_string_n(error_, reason, sizeof reason);
    return reason;
}

session::tls_established tls_stream::established() const {
    session::tls_established how;
    how.end_point = context_->end_point();
    // Without a certificate the verdict is a good one, too.
    auto* shown = SSL_get0_peer_certificate(ssl_.get());
    how.certificate = shown != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK &&
                      SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE;
    if (how.certificate) {
        how.common_name = common_name_of(shown);
        how.distinguished_name = distinguished_name_of(shown);
    }
    return how;
}

bool tls_stream::speaks_postgresql() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
    return size > 0;  // there is no other that could have been chosen
}

bytes tls_stream::node_end_point() const { return end_point_of(SSL_get0_peer_certificate(ssl_.get())); }

io_result tls_stream::try_read(char* to, std::size_t size) {
    ERR_clear_error();
    read_wants_write_ = false;
    const int n = SSL_read(ssl_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (n > 0) return {static_cast<std::size_t>(n), io_state::done};
    const int why = SSL_get_error(ssl_.get(), n);
    read_wants_write_ = why == SSL_ERROR_WANT_WRITE;
    if (why != SSL_ERROR_WANT_READ && !read_wants_write_) return {0, io_state::closed};
    read_wants_write_ ? note_full() : note_drained();
    return {0, io_state::blocked};
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
            if (blocked) write_wants_read_ ? note_drained() : note_full();
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
