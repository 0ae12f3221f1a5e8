// frame_splitter: cuts one direction of a protocol v3 byte stream into messages, or into pieces of
// large messages, without storing what only passes through. It knows lengths, not meanings, and never
// reads from anywhere itself.
#pragma once

#include <array>
#include <optional>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

/// For each message type: the longest body that is allowed, and how many bytes of the body must stand
/// together in the first piece (0: pass through as it comes; `whole`: the entire body).
struct frame_policy {
    static constexpr std::uint32_t whole = 0xffffffffu;

    struct entry {
        std::uint32_t longest = 0;  // 0: this type is a protocol violation
        std::uint32_t head = 0;
    };
    std::array<entry, 256> types{};
};

/// What a server accepts from a client after start-up; limits as in PostgreSQL's libpq.h
/// (10,000 bytes for small messages, 1 GiB - 1 for large ones). Query, Parse, Describe, Execute, Close,
/// FunctionCall: whole. Bind: the head holds at least min(length, 16 KiB), enough for both names.
const frame_policy& frontend_policy();
/// During authentication only 'p' of at most 65,536 bytes, whole.
const frame_policy& password_policy();
/// What a client accepts from a server: any type byte of the manual (section 55.7). ErrorResponse,
/// NoticeResponse, ReadyForQuery, ParameterStatus, NotificationResponse, CommandComplete,
/// RowDescription, BackendKeyData, Authentication, NegotiateProtocolVersion, ParameterDescription,
/// Copy*Response, FunctionCallResponse's head 0, DataRow and CopyData 0.
const frame_policy& backend_policy();

/// One message, or a piece of one. `raw` is what came, header included in the first piece; `body` is
/// the part of it behind the header. Both stay valid until the next call of next() and while the
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
    /// after an error the stream is lost. In the usual case (whole messages in `in`) `raw` points
    /// into `in` and consecutive pieces are contiguous, so that a caller can merge them.
    result<std::optional<frame_piece>> next(bytes_view& in);

    /// True between two messages with nothing kept.
    bool at_boundary() const { return remaining_ == 0 && kept_.empty(); }
    /// Bytes kept inside for a message whose head has not come whole.
    std::size_t kept_bytes() const { return kept_.size(); }
    /// Changes what is allowed; only at a boundary.
    void use(const frame_policy& policy) { policy_ = &policy; }

private:
    result<std::optional<frame_piece>> begin(bytes_view& in);
    frame_piece go_on(bytes_view& in);

    const frame_policy* policy_;
    bytes kept_;                   // header and head of a message that came in parts
    bool kept_was_given_ = false;  // kept_ was handed out by the last call and may be dropped
    char type_ = 0;
    std::uint32_t body_length_ = 0;
    std::uint32_t remaining_ = 0;  // body bytes of the current message still to come
};

}  // namespace weir::wire
