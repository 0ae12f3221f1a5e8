// message_writer: appends one message field by field and writes its length word when it goes out of
// scope. It knows no message.
#pragma once

#include <cassert>
#include <cstdint>

#include "base/bytes.hpp"

namespace weir::wire {

/// Type byte and length word of a message whose body has body_size bytes.
inline void append_header(bytes& out, char type, std::size_t body_size) {
    assert(body_size <= 0x7fffffffu - 4);
    char header[5] = {type};
    store_u32(header + 1, static_cast<std::uint32_t>(body_size + 4));
    out.append(header, sizeof header);
}

class message_writer {
public:
    message_writer(bytes& out, char type) : out_(out), start_(out.size() + 1) {
        append_header(out, type, 0);
    }
    ~message_writer() {
        assert(out_.size() - start_ <= 0x7fffffffu);
        store_u32(out_.data() + start_, static_cast<std::uint32_t>(out_.size() - start_));
    }
    message_writer(const message_writer&) = delete;
    message_writer& operator=(const message_writer&) = delete;

    /// The text as far as its first NUL, so that no text of a peer can end a field early and forge
    /// the next one.
    void string(bytes_view text) {
        out_.append(text.substr(0, text.find('\0')));
        out_.push_back('\0');
    }
    void byte(char c) { out_.push_back(c); }
    void u16(std::uint16_t v) { append_u16(out_, v); }
    void u32(std::uint32_t v) { append_u32(out_, v); }
    void raw(bytes_view data) { out_.append(data); }

private:
    bytes& out_;
    std::size_t start_;  // of the length word
};

}  // namespace weir::wire
