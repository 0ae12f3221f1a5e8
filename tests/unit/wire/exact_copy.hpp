// exact_copy: bytes on the heap with nothing readable behind them, so that AddressSanitizer sees a
// read past their end. (A std::string has a NUL there.)
#pragma once

#include <algorithm>
#include <memory>

#include "base/bytes.hpp"

namespace weir::wire {

class exact_copy {
public:
    explicit exact_copy(bytes_view data)
        : data_(std::make_unique<char[]>(data.size())), size_(data.size()) {
        std::copy(data.begin(), data.end(), data_.get());
    }
    bytes_view view() const { return {data_.get(), size_}; }

private:
    std::unique_ptr<char[]> data_;
    std::size_t size_;
};

/// A literal with NULs in it.
template <std::size_t Size>
bytes raw(const char (&literal)[Size]) {
    return bytes(literal, Size - 1);
}

}  // namespace weir::wire
