// outbox: what one event wants sent to one side, in order: own bytes, and foreign bytes that are only
// borrowed until the shell has sent or copied them at the end of the event. Neighbours are merged, so
// that a reply which passes through unchanged is one piece however many messages it has.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"

namespace weir::session {

class outbox {
public:
    /// The string to append own bytes to. Never shorten it.
    bytes& own() { return owned_; }

    /// foreign must stay valid and unchanged until clear().
    void lend(bytes_view foreign) {
        if (foreign.empty()) return;
        seal();
        if (!pieces_.empty() && pieces_.back().data != nullptr &&
            pieces_.back().data + pieces_.back().length == foreign.data()) {
            pieces_.back().length += foreign.size();
        } else {
            pieces_.push_back({foreign.data(), 0, foreign.size()});
        }
        size_ += foreign.size();
    }

    bool empty() const { return size() == 0; }
    std::size_t size() const { return size_ + owned_.size(); }

    /// All of it, where it stands in one place; nothing where it does not.
    bytes_view only_part() const {
        if (pieces_.empty()) return owned_;
        if (pieces_.size() > 1 || owned_.size() > sealed_) return {};
        const auto& p = pieces_.front();
        return p.data != nullptr ? bytes_view(p.data, p.length) : bytes_view(owned_);
    }

    template <class Visitor>
    void for_each(Visitor visit) const {
        for (const auto& p : pieces_)
            visit(p.data != nullptr ? bytes_view(p.data, p.length)
                                    : bytes_view(owned_).substr(p.offset, p.length));
        if (owned_.size() > sealed_) visit(bytes_view(owned_).substr(sealed_));
    }

    void clear() {
        pieces_.clear();
        owned_.clear();
        if (owned_.capacity() > keep_bytes) bytes().swap(owned_);
        sealed_ = 0;
        size_ = 0;
    }

private:
    static constexpr std::size_t keep_bytes = 64 * 1024;

    struct piece {
        const char* data;  // nullptr: in owned_, from offset
        std::size_t offset;
        std::size_t length;
    };

    void seal() {
        if (owned_.size() == sealed_) return;
        pieces_.push_back({nullptr, sealed_, owned_.size() - sealed_});
        sealed_ = owned_.size();
    }

    std::vector<piece> pieces_;
    bytes owned_;
    std::size_t sealed_ = 0;  // owned_ up to here stands in pieces_
    std::size_t size_ = 0;    // of the foreign bytes
};

}  // namespace weir::session
