// secret_desk: auth_query: asks a node of a cluster for the secrets of users whom the users file does not name, keeps
// what it was told for a while, and that there is no such user for a shorter one. Used on one thread; never blocks it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/expiring_cache.hpp"
#include "net/cluster_hub.hpp"
#include "net/probe_connection.hpp"
#include "session/actions.hpp"

namespace weir::net {

class secret_desk {
public:
    /// hubs: outlive it, like io.
    secret_desk(boost::asio::io_context& io, const std::vector<std::shared_ptr<cluster_hub>>& hubs);
    ~secret_desk();

    /// Another query, or another user who asks: what is known is forgotten.
    void use(const config::config& from);
    /// Answers on this thread, now or later. Many who ask for one user share an answer.
    using answer_function = std::function<void(const session::secret_known&)>;
    void ask(std::size_t hub, const std::string& user, answer_function answer);
    /// Somebody was refused by it: it may be an old one, and is kept no longer than that there is no such user would be.
    /// So who guesses does not learn from the time that an answer takes whether he has guessed a name.
    void doubt(const std::string& user);

private:
    struct question {
        std::string user;
        std::vector<answer_function> answers;
    };
    struct counter;  // of one cluster

    boost::asio::awaitable<void> work(std::shared_ptr<counter> at);
    boost::asio::awaitable<session::secret_known> look_up(counter& at, const std::string& user);
    boost::asio::awaitable<std::string> connect(counter& at, const config::node_settings& node);
    void close_when_idle(const std::shared_ptr<counter>& at);
    session::secret_known take(counter& at, const std::string& user, const probe_connection::row& row);

    boost::asio::io_context& io_;
    const std::vector<std::shared_ptr<cluster_hub>>& hubs_;
    config::secret_query query_;
    config::node_tls_settings tls_;
    std::vector<std::shared_ptr<counter>> counters_;  // by hub
};

}  // namespace weir::net
