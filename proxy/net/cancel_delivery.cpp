#include "net/cancel_delivery.hpp"

#include <boost/asio.hpp>

#include "net/deadline_guard.hpp"
#include "net/stream.hpp"
#include "wire/startup.hpp"

namespace weir::net {

namespace asio = boost::asio;

asio::awaitable<delivery> deliver_cancel(asio::io_context& io,
                                         asio::generic::stream_protocol::endpoint to, cancel_key key,
                                         milliseconds within) {
    stream_socket socket(io);
    deadline_guard guard(io, within, [&socket] {
        boost::system::error_code ignored;
        socket.close(ignored);
    });
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket.async_connect(to, token);
    if (error) co_return delivery::not_sent;
    bytes request;
    wire::append_cancel_request(request, key.pid, key.secret);
    co_await asio::async_write(socket, asio::buffer(request), token);
    if (error) co_return guard.late() ? delivery::unsure : delivery::delivered;
    // A server says nothing to this request; what comes is only the end.
    char ignored[64];
    while (!error) co_await socket.async_read_some(asio::buffer(ignored), token);
    co_return guard.late() ? delivery::unsure : delivery::delivered;
}

}  // namespace weir::net
