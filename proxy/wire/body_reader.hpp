// body_reader: walks through one message's body from front to back and never outside it. It knows
// no message; the messages of its faults are those of PostgreSQL's pqformat.c.
#pragma once

#include <cstdint>
#include <utility>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

/// The first fault sticks: read all fields, then ask once with finish() or failure().
class body_reader {
public:
    explicit body_reader(bytes_view body) : rest_(body) {}

    /// A string without its NUL.
    bytes_view string() {
        const auto end = rest_.find('\0');
        if (end == bytes_view::npos) {
            return fail("invalid string in message");
        }
        const bytes_view text = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return text;
    }
    char byte() {
        const bytes_view one = take(1);
        return one.empty() ? '\0' : one.front();
    }
    std::uint32_t u32() {
        const bytes_view four = take(4);
        return four.empty() ? 0 : load_u32(four.data());
    }
    /// Exactly count bytes, or a fault and nothing.
    bytes_view take(std::size_t count) {
        if (rest_.size() < count) {
            return fail("insufficient data left in message");
        }
        const bytes_view part = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return part;
    }
    bytes_view take_rest() { return std::exchange(rest_, {}); }

    bytes_view rest() const { return rest_; }
    bool failed() const { return failure_ != nullptr; }
    fault failure() const { return {sqlstate::protocol_violation, failure_}; }

    /// The value, if nothing failed and nothing is left over.
    template <class T>
    result<T> finish(T value) {
        if (!failed() && !rest_.empty()) {
            fail("invalid message format");
        }
        if (failed()) {
            return failure();
        }
        return value;
    }

    bytes_view fail(const char* message) {
        if (failure_ == nullptr) {
            failure_ = message;
        }
        rest_ = {};
        return {};
    }

private:
    bytes_view rest_;
    const char* failure_ = nullptr;
};

}  // namespace weir::wire
