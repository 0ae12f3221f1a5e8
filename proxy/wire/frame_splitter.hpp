// frame_splitter: cuts one direction of a protocol v3 byte stream into messages, or into pieces of
// large messages, without storing what only passes through. It knows lengths, not meanings, and
// never reads from anywhere itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

/// For each message type: the longest body that is allowed, and how many bytes of the body must
/// stand together in the first piece (0: pass through as it comes; `whole`: the entire body).
struct frame_policy {
    static constexpr std::uint32_t whole = 0xffffffffu;

    struct entry {
        std::uint32_t longest = 0;  // 0: this type is a protocol violation
        std::uint32_t head = 0;
    };
    std::array<entry, 256> types{};
    const char* sender = "frontend";  // for error messages: who sends this stream
};

/// What a server accepts from a client after start-up; limits as in PostgreSQL's libpq.h
/// (length words up to 10,000 for small messages, 1 GiB - 2 for large ones). All are whole but two:
/// Bind, whose head holds at least min(length, 16 KiB), enough for both names, and CopyData (0).
const frame_policy& frontend_policy();
/// During authentication only 'p' of at most 65,536 bytes, whole.
const frame_policy& password_policy();
/// What a client accepts from a server: any type byte of the manual (section 55.7). All are whole
/// but DataRow, CopyData and FunctionCallResponse (0). What has no reason to be large may have up
/// to 1 MiB.
const frame_policy& backend_policy();

/// One message, or a piece of one. `raw` is what came, header included in the first piece; `body`
/// is the part of it behind the header. Both stay valid until the next call of next() and while the
/// input of that call lives.
struct frame_piece {
    char type = 0;
    std::uint32_t body_length = 0;  // of the whole message, header not counted
    bytes_view raw;
    bytes_view body;
    bool first = false;
    bool last = false;

    bool complete() const { return first && last; }
};

class frame_splitter {
public:
    explicit frame_splitter(const frame_policy& policy) : policy_(&policy) {}

    /// Takes the next piece off the front of `in`. Nothing: `in` is used up, a part that cannot be
    /// judged yet is kept inside. Errors: 08P01 on an unknown type or a length that is not allowed;
    /// after an error the stream is lost and every further call fails alike. In the usual case
    /// (whole messages in `in`) `raw` points into `in` and consecutive pieces are contiguous, so
    /// that a caller can merge them.
    result<std::optional<frame_piece>> next(bytes_view& in) {
        if (remaining_ == 0 && kept_.empty() && in.size() >= header_size) {
            const auto type = static_cast<unsigned char>(in[0]);
            // The word counts itself; below 4 this wraps and is too long.
            const std::uint32_t length = load_u32(in.data() + 1) - 4;
            const frame_policy::entry& allowed = policy_->types[type];
            if (length <= allowed.longest && allowed.longest != 0 &&
                length <= in.size() - header_size) {
                const bytes_view raw = in.substr(0, header_size + length);
                in.remove_prefix(raw.size());
                return {boost::system::in_place_value,
                        frame_piece{static_cast<char>(type), length, raw, raw.substr(header_size),
                                    true, true}};
            }
        }
        return next_of_parts(in);
    }

    /// True between two messages with nothing kept.
    bool at_boundary() const { return remaining_ == 0 && kept_bytes() == 0; }
    /// A part of a message has been given out, and not its end.
    bool in_message() const { return remaining_ != 0; }
    /// Bytes kept inside for a message whose head has not come whole.
    std::size_t kept_bytes() const { return kept_was_given_ ? 0 : kept_.size(); }
    /// Changes what is allowed; only at a boundary.
    void use(const frame_policy& policy);
    /// Frees what the last piece may still point to. next() does the same, so this is for a caller
    /// that falls idle right after a piece.
    void release();

private:
    static constexpr std::size_t header_size = 5;

    struct header {
        char type;
        std::uint32_t length;  // of the body
        std::size_t head;      // bytes that must stand together in the first piece, header included
    };

    result<std::optional<frame_piece>> next_of_parts(bytes_view& in);
    result<std::optional<frame_piece>> begin(bytes_view& in);
    result<std::optional<frame_piece>> complete_kept(bytes_view& in);
    frame_piece go_on(bytes_view& in);
    frame_piece first_piece(const header& h, bytes_view raw);
    result<header> judge(bytes_view start) const;
    result<void> judge_type(char type) const;
    void keep(bytes_view& in, std::size_t up_to);

    const frame_policy* policy_;
    bytes kept_;                   // header and head of a message that came in parts
    bool kept_was_given_ = false;  // the last piece points into kept_; the next call drops it
    char type_ = 0;
    std::uint32_t body_length_ = 0;
    std::uint32_t remaining_ = 0;  // body bytes of the current message still to come
};

}  // namespace weir::wire
