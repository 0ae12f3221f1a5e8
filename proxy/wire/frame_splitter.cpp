#include "wire/frame_splitter.hpp"

#include <algorithm>
#include <cassert>

namespace weir::wire {

result<std::optional<frame_piece>> frame_splitter::next_of_parts(bytes_view& in) {
    if (kept_was_given_) {
        release();
    }
    if (remaining_ > 0) {
        return in.empty() ? std::optional<frame_piece>() : go_on(in);
    }
    return kept_.empty() ? begin(in) : complete_kept(in);
}

void frame_splitter::use(const frame_policy& policy) {
    assert(at_boundary());
    policy_ = &policy;
}

void frame_splitter::release() {
    if (kept_was_given_) {
        // Not clear(): an idle connection owns no buffer.
        bytes().swap(kept_);
        kept_was_given_ = false;
    }
}

result<std::optional<frame_piece>> frame_splitter::begin(bytes_view& in) {
    if (in.size() < header_size) {
        if (in.empty()) {
            return std::optional<frame_piece>();
        }
        return complete_kept(in);
    }
    const auto h = judge(in);
    if (h.has_error()) {
        keep(in, header_size);  // so that every further call fails alike
        return h.error();
    }
    if (in.size() < h->head) {
        keep(in, h->head);
        return std::optional<frame_piece>();
    }
    const bytes_view raw = in.substr(0, header_size + h->length);
    in.remove_prefix(raw.size());
    return std::optional<frame_piece>(first_piece(*h, raw));
}

result<std::optional<frame_piece>> frame_splitter::complete_kept(bytes_view& in) {
    keep(in, header_size);
    if (kept_.size() < header_size) {
        // Garbage is refused at its first byte; the peer may never send the rest of a header.
        const auto known = judge_type(kept_.front());
        if (known.has_error()) {
            return known.error();
        }
        return std::optional<frame_piece>();
    }
    const auto h = judge(kept_);
    if (h.has_error()) {
        return h.error();
    }
    keep(in, h->head);
    if (kept_.size() < h->head) {
        return std::optional<frame_piece>();
    }
    kept_was_given_ = true;
    return std::optional<frame_piece>(first_piece(*h, kept_));
}

frame_piece frame_splitter::go_on(bytes_view& in) {
    const bytes_view part = in.substr(0, remaining_);
    in.remove_prefix(part.size());
    remaining_ -= static_cast<std::uint32_t>(part.size());
    return {type_, body_length_, part, part, false, remaining_ == 0};
}

frame_piece frame_splitter::first_piece(const header& h, bytes_view raw) {
    const bytes_view body = raw.substr(header_size);
    type_ = h.type;
    body_length_ = h.length;
    remaining_ = h.length - static_cast<std::uint32_t>(body.size());
    return {type_, body_length_, raw, body, true, remaining_ == 0};
}

result<frame_splitter::header> frame_splitter::judge(bytes_view start) const {
    const char type = start[0];
    const auto known = judge_type(type);
    if (known.has_error()) {
        return known.error();
    }
    const auto& allowed = policy_->types[static_cast<unsigned char>(type)];
    // The word counts itself (manual, "Message Formats"); below 4, or negative, it wraps to too
    // long.
    const std::uint32_t length = load_u32(start.data() + 1) - 4;
    if (length > allowed.longest) {
        return fault{sqlstate::protocol_violation, "invalid message length",
                     "A message of type " + std::to_string(static_cast<unsigned char>(type)) +
                         " from the " + policy_->sender + " says " +
                         std::to_string(load_u32(start.data() + 1)) + " bytes; at most " +
                         std::to_string(allowed.longest + 4) + " are allowed."};
    }
    return header{type, length, header_size + std::min(length, allowed.head)};
}

result<void> frame_splitter::judge_type(char type) const {
    const auto number = static_cast<unsigned char>(type);
    if (policy_->types[number].longest == 0) {
        return fault{sqlstate::protocol_violation, std::string("invalid ") + policy_->sender +
                                                       " message type " + std::to_string(number)};
    }
    return {};
}

/// Moves bytes from `in` behind kept_ until that holds up_to bytes or `in` is used up.
void frame_splitter::keep(bytes_view& in, std::size_t up_to) {
    if (kept_.size() < up_to) {
        const bytes_view part = in.substr(0, up_to - kept_.size());
        kept_.append(part);
        in.remove_prefix(part.size());
    }
}

}  // namespace weir::wire
