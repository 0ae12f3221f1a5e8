// reassembly: feeds chunks to a frame_splitter as a socket would, checks what must hold for every
// piece, and puts the messages together again.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "unit/wire/exact_copy.hpp"
#include "wire/frame_splitter.hpp"

namespace weir::wire {

struct whole_message {
    char type;
    bytes body;

    bool operator==(const whole_message&) const = default;
};

class reassembly {
public:
    explicit reassembly(const frame_policy& policy) : policy_(&policy), splitter_(policy) {}

    /// The chunk dies after the call, as a receive buffer that is used again does.
    void feed(bytes_view chunk) {
        const exact_copy copy(chunk);
        bytes_view in = copy.view();
        while (true) {
            auto piece = splitter_.next(in);
            ASSERT_TRUE(piece.has_value()) << piece.error().message;
            if (!*piece) {
                break;
            }
            take(**piece);
        }
        ASSERT_TRUE(in.empty());
    }

    const std::vector<whole_message>& messages() const { return messages_; }
    const bytes& passed() const { return passed_; }
    std::size_t pieces() const { return pieces_; }
    std::size_t most_kept() const { return most_kept_; }
    const frame_splitter& splitter() const { return splitter_; }
    bool in_message() const { return open_; }

private:
    void take(const frame_piece& piece) {
        const std::size_t header = piece.first ? 5 : 0;
        ASSERT_EQ(piece.first, !open_);
        ASSERT_EQ(piece.raw.size(), piece.body.size() + header);
        ASSERT_EQ(piece.raw.data() + header, piece.body.data());
        if (piece.first) {
            const auto head = policy_->types[static_cast<unsigned char>(piece.type)].head;
            ASSERT_EQ(piece.raw[0], piece.type);
            ASSERT_EQ(load_u32(piece.raw.data() + 1), piece.body_length + 4);
            ASSERT_GE(piece.body.size(), std::min(head, piece.body_length));
            messages_.push_back({piece.type, {}});
        } else {
            ASSERT_FALSE(piece.body.empty());
        }
        messages_.back().body.append(piece.body);
        ASSERT_EQ(piece.type, messages_.back().type);
        ASSERT_EQ(piece.last, messages_.back().body.size() == piece.body_length);
        passed_.append(piece.raw);
        open_ = !piece.last;
        ++pieces_;
        most_kept_ = std::max(most_kept_, splitter_.kept_bytes());
        ASSERT_EQ(splitter_.at_boundary(), piece.last);
    }

    const frame_policy* policy_;
    frame_splitter splitter_;
    std::vector<whole_message> messages_;
    bytes passed_;
    std::size_t pieces_ = 0;
    std::size_t most_kept_ = 0;
    bool open_ = false;
};

}  // namespace weir::wire
