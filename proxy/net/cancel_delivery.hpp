// cancel_delivery: one CancelRequest brought to a server (a node or another Weir), and the wait until the
// server has dealt with it. Knows nothing of whose request it is.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>

#include "base/bytes.hpp"
#include "base/instant.hpp"

namespace weir::net {

/// A key as the server gave it out.
struct cancel_key {
    std::uint32_t pid = 0;
    bytes secret;

    auto operator<=>(const cancel_key&) const = default;
};

/// Told once, when nothing more will come of a cancel request: then its connection is closed, and the
/// client may send what must not be hit any more.
using cancel_done = std::function<void()>;

/// How long a request may take on each of its ways.
inline constexpr milliseconds cancel_within{5000};

enum class delivery : std::uint8_t {
    not_sent,   // no byte of it has left
    delivered,  // the server has closed the connection: the signal was sent before that (FACTS 22)
    unsure,     // sent, and no end seen in time: it may still act
};

boost::asio::awaitable<delivery> deliver_cancel(boost::asio::io_context& io,
                                                boost::asio::generic::stream_protocol::endpoint to,
                                                cancel_key key, milliseconds within);

}  // namespace weir::net
