// The services that one process is, put together: who asks whom in it, and whom over the network.
#pragma once

#include <functional>
#include <memory>

#include "core/http_message.hpp"
#include "options.hpp"

namespace shop {

class assembly {
public:
    // interrupt: a descriptor that is readable once nobody is to wait for the database any more.
    assembly(const options& chosen, int interrupt);
    ~assembly();
    assembly(const assembly&) = delete;
    assembly& operator=(const assembly&) = delete;

    // Thread-safe.
    core::response operator()(const core::request& asked);

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

}  // namespace shop
