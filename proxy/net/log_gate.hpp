// log_gate: lets so many lines of one kind into the log, and counts the rest: who causes them may be an attacker.
#pragma once

#include <cstdint>
#include <utility>

#include "base/instant.hpp"

namespace weir::net {

class log_gate {
public:
    static constexpr milliseconds one_more_each{1000};

    explicit log_gate(int lines_at_once = 10) : room_for_(lines_at_once * one_more_each) {}

    /// May a line be written now?
    bool lets(instant now) {
        if (full_at_ < now) full_at_ = now;
        if (full_at_ + one_more_each > now + room_for_) {
            ++held_back_;
            return false;
        }
        full_at_ += one_more_each;
        return true;
    }
    /// Lines held back since the last time this was asked.
    std::uint64_t take_held_back() { return std::exchange(held_back_, 0); }

private:
    milliseconds room_for_;
    instant full_at_ = {};  // the time at which there would be room for all again
    std::uint64_t held_back_ = 0;
};

}  // namespace weir::net
