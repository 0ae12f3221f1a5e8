// pipe: one direction of a connection: bytes arrive in order, in pieces that nobody chose, some time later. An end
// comes behind what was sent; where the connection is torn, a part of that is lost.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>

#include "base/bytes.hpp"
#include "simulation/dice.hpp"
#include "simulation/schedule.hpp"

namespace weir::simulation {

class pipe : public std::enable_shared_from_this<pipe> {
public:
    pipe(schedule& time, dice& chances) : time_(time), dice_(chances) {}

    std::function<void(bytes_view)> on_bytes;
    std::function<void()> on_end;

    void send(bytes_view data) {
        while (!data.empty() && !ended_) {
            const bool cut = data.size() > 1 && dice_.chance(chance_of_pieces);
            const auto size = cut ? dice_.between(1, data.size() - 1) : data.size();
            arrive(bytes(data.substr(0, size)));
            data.remove_prefix(size);
        }
    }
    /// What was sent arrives first.
    void close() {
        if (std::exchange(ended_, true)) return;
        time_.at(next_arrival(), [self = shared_from_this()] { self->end(); });
    }
    /// What has not arrived yet never does.
    void tear() {
        ++generation_;
        ended_ = true;
        time_.after(dice_.between(std::chrono::microseconds(10), milliseconds(2)),
                    [self = shared_from_this()] { self->end(); });
    }
    bool is_over() const { return ended_; }
    /// Nobody listens any more.
    void forget() {
        ++generation_;
        ended_ = told_ = true;
        on_bytes = nullptr;
        on_end = nullptr;
    }

private:
    static constexpr unsigned chance_of_pieces = 15;

    instant next_arrival() {
        const auto way = dice_.between(std::chrono::microseconds(20), std::chrono::microseconds(400));
        last_ = std::max(last_, time_.now() + way);
        return last_;
    }
    void arrive(bytes piece) {
        auto deliver = [self = shared_from_this(), piece = std::move(piece), of = generation_] {
            const auto tell = self->on_bytes;
            if (of == self->generation_ && tell) tell(piece);
        };
        time_.at(next_arrival(), std::move(deliver));
    }
    void end() {
        if (std::exchange(told_, true)) return;
        const auto tell = on_end;
        if (tell) tell();
    }

    schedule& time_;
    dice& dice_;
    instant last_ = instant::min();
    std::uint64_t generation_ = 0;
    bool ended_ = false;
    bool told_ = false;
};

/// Both directions of one connection, between one that called and one that was called.
struct wire_pair {
    std::shared_ptr<pipe> to_called;
    std::shared_ptr<pipe> to_caller;

    static wire_pair make(schedule& time, dice& chances) {
        return {std::make_shared<pipe>(time, chances), std::make_shared<pipe>(time, chances)};
    }
};

}  // namespace weir::simulation
