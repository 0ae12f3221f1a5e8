// What every service has towards those who run it: /healthz, /metrics, /openapi/NAME.json, and a log line and a measure of
// each request. The rest goes to the service behind it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_message.hpp"

namespace shop::service {

class face {
public:
    using handler = std::function<core::response(const core::request&)>;
    // More lines for /metrics, in Prometheus's text form.
    using more_metrics = std::function<std::string()>;

    // openapi: the names of the descriptions that are served.
    face(std::string name, handler behind, std::vector<std::string_view> openapi, more_metrics more);
    ~face();

    // Thread-safe.
    core::response operator()(const core::request& asked);

private:
    core::response answer(const core::request& asked);
    core::response metrics() const;

    struct measures;
    std::string name_;
    handler behind_;
    std::vector<std::string_view> openapi_;
    more_metrics more_;
    std::unique_ptr<measures> measures_;
};

}  // namespace shop::service
