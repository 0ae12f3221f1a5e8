// Asks another service over HTTP, with a deadline. Thread-safe; keeps idle connections for the
// next question.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "core/host_port.hpp"
#include "core/http_message.hpp"

namespace shop::http {

class peer {
public:
    explicit peer(core::host_port where);
    ~peer();

    // Blocks; throws service::peer_unreachable. A GET on a connection that has gone stale is asked
    // again on a new one; anything else always gets a new one, since it may not be asked twice.
    core::response ask(const core::request& asked);

private:
    struct link;

    std::unique_ptr<link> idle_link();
    core::response ask_on(std::unique_ptr<link> used, const core::request& asked);

    core::host_port where_;
    std::mutex guard_;
    std::vector<std::unique_ptr<link>> idle_;
};

}  // namespace shop::http
