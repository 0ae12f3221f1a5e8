// scram_message: reads a SCRAM message attribute by attribute (RFC 5802, section 5.1) and never
// outside it. It knows no message; the words of its faults are PostgreSQL's.
#pragma once

#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace weir::wire {

inline fault malformed_scram(std::string detail) {
    return {sqlstate::protocol_violation, "malformed SCRAM message", std::move(detail)};
}

/// RFC 5802: printable = %x21-2B / %x2D-7E.
inline bool is_scram_printable(bytes_view text) {
    for (const char c : text) {
        if (c < 0x21 || c > 0x7e || c == ',') {
            return false;
        }
    }
    return true;
}

class scram_message {
public:
    explicit scram_message(bytes_view text) : rest_(text) {}

    struct attribute {
        char name;
        bytes_view value;
    };

    bool at_end() const { return rest_.empty(); }
    bytes_view rest() const { return rest_; }

    /// The next attribute, whatever its name.
    result<attribute> any() {
        const bool named = !rest_.empty() && ((rest_[0] >= 'A' && rest_[0] <= 'Z') ||
                                              (rest_[0] >= 'a' && rest_[0] <= 'z'));
        if (!named) {
            return malformed_scram(
                "Attribute expected, but found an invalid character or the end.");
        }
        if (rest_.size() < 2 || rest_[1] != '=') {
            return malformed_scram("Expected character \"=\" for attribute \"" +
                                   std::string(1, rest_[0]) + "\".");
        }
        const auto end = rest_.find(',');
        const attribute found{rest_[0], rest_.substr(2, end == bytes_view::npos ? end : end - 2)};
        if (found.value.find('\0') != bytes_view::npos) {
            return malformed_scram("Message length does not match input length.");
        }
        rest_.remove_prefix(end == bytes_view::npos ? rest_.size() : end + 1);
        return found;
    }

    /// The value of the next attribute, which must have this name.
    result<bytes_view> value(char name) {
        if (rest_.empty() || rest_[0] != name) {
            return malformed_scram("Expected attribute \"" + std::string(1, name) +
                                   "\" but found another or the end.");
        }
        const auto found = any();
        if (found.has_error()) {
            return found.error();
        }
        return found->value;
    }

private:
    bytes_view rest_;
};

}  // namespace weir::wire
