// cycle: the client's messages up to Query, Sync, Flush or FunctionCall, kept whole so that they can be
// judged together and, while nothing was told to the client, sent again to another node.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "routing/rule_set.hpp"
#include "session/statement.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::session {

/// A name that SQL's PREPARE, EXECUTE or DEALLOCATE gives, and what it stood for before; null: nothing.
struct name_use {
    std::string name;
    statement_ptr what;
    bool changes = false;  // not EXECUTE
};

struct client_message {
    char type;
    std::uint32_t offset;
    std::uint32_t size;  // of what is kept: header and body
    /// Parse, Bind, Describe, Execute, or Close of a statement: which one, as the names stood at this
    /// message; of a portal: which one it runs.
    statement_ptr what = nullptr;
    std::vector<name_use> uses = {};
    bool of_unnamed = false;     // Describe of a portal: it runs the unnamed statement
    bool runs_named = false;     // EXECUTE of a PREPARE, DEALLOCATE or another one
    bool changed_rows = false;   // Bind: the rows are not what the client was told
    bool duplicate = false;      // Parse under a name that is in use
    bool changes_names = false;  // Parse, Close or Execute that changed the session's names
};

class cycle {
public:
    void add(const wire::frame_piece& piece) {
        if (piece.first)
            messages_.push_back({piece.type, static_cast<std::uint32_t>(kept_.size()), 0, nullptr});
        kept_.append(piece.raw);
        messages_.back().size += static_cast<std::uint32_t>(piece.raw.size());
    }

    bool empty() const { return messages_.empty(); }
    std::size_t size_bytes() const { return kept_.size(); }
    const std::vector<client_message>& messages() const { return messages_; }
    std::vector<client_message>& messages() { return messages_; }
    bytes_view raw(const client_message& m) const {
        return bytes_view(kept_).substr(m.offset, m.size);
    }
    bytes_view body(const client_message& m) const { return raw(m).substr(header_size); }
    /// Length of the whole body as the header says it, of which body() may be a part.
    std::uint32_t body_length(const client_message& m) const {
        return load_u32(kept_.data() + m.offset + 1) - 4;
    }
    char last_type() const { return messages_.empty() ? '\0' : messages_.back().type; }

    /// The statements that it executes, or prepares where it executes none, as rules and digests see them.
    /// What they point to lives as long as the messages.
    const std::vector<routing::seen_statement>& seen() const { return seen_; }
    void saw(routing::seen_statement one) { seen_.push_back(std::move(one)); }
    void forget_seen() { seen_.clear(); }

    /// Memory for what is held back of the answer; empty.
    bytes& room() { return room_; }

    void clear() {
        if (room_.capacity() > keep_bytes) bytes().swap(room_);
        seen_.clear();
        messages_.clear();
        kept_.clear();
        if (kept_.capacity() > keep_bytes) bytes().swap(kept_);
        if (messages_.capacity() > keep_messages) std::vector<client_message>().swap(messages_);
        if (seen_.capacity() > keep_messages) std::vector<routing::seen_statement>().swap(seen_);
    }

    static constexpr std::size_t header_size = 5;

private:
    static constexpr std::size_t keep_bytes = 64 * 1024;
    static constexpr std::size_t keep_messages = 1024;

    bytes kept_;
    bytes room_;
    std::vector<client_message> messages_;
    std::vector<routing::seen_statement> seen_;
};

/// Cycles are lent to sessions while they have one, so that an idle session owns no buffer.
class cycle_pool {
public:
    std::unique_ptr<cycle> take() {
        if (free_.empty()) return std::make_unique<cycle>();
        auto c = std::move(free_.back());
        free_.pop_back();
        return c;
    }
    void put(std::unique_ptr<cycle> c) {
        if (!c) return;
        c->clear();
        if (free_.size() < keep) free_.push_back(std::move(c));
    }

private:
    static constexpr std::size_t keep = 256;
    std::vector<std::unique_ptr<cycle>> free_;
};

}  // namespace weir::session
