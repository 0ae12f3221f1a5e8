// name_lookup: a host's name -> numeric addresses, without blocking the thread that asks. The
// system's resolver can only block, for many seconds, so it does that on a thread which nobody
// waits for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"

namespace weir::net {

/// Is this an address already, or a directory, so that there is nothing to look up?
bool is_numeric_host(const std::string& host);

/// For one name; used from the io_context's thread. May be destroyed while the resolver still
/// blocks.
class name_lookup {
public:
    name_lookup(boost::asio::io_context& io, std::string host);
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// The addresses, in the system's order. Empty: trouble() says why. A question that the
    /// resolver has not answered by the deadline is not asked twice; the next call waits for the
    /// same answer.
    boost::asio::awaitable<std::vector<std::string>> resolve(instant deadline);
    const std::string& trouble() const { return trouble_; }

private:
    struct mailbox;

    std::string host_;
    boost::asio::steady_timer arrival_;
    std::shared_ptr<mailbox> mailbox_;
    std::string trouble_;
};

}  // namespace weir::net
