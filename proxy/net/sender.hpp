// sender: one direction of one stream. Sends an outbox at once, keeps only what the socket did not take,
// and says when that is gone. An idle sender owns no buffer.
#pragma once

#include "net/stream.hpp"
#include "session/outbox.hpp"

namespace weir::net {

class sender {
public:
    /// False: the peer is gone. Bytes that could not be sent are kept; busy() is true then.
    bool send(stream& to, const session::outbox& what);
    /// Goes on with what is kept. False: the peer is gone.
    bool flush(stream& to);

    bool busy() const { return !kept_.empty(); }
    std::size_t kept_bytes() const { return kept_.size() - sent_; }
    std::uint64_t total_bytes() const { return total_; }

private:
    bytes kept_;
    std::size_t sent_ = 0;  // of kept_
    std::uint64_t total_ = 0;
};

}  // namespace weir::net
