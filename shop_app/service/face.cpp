#include "service/face.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <random>

#include "core/outcome.hpp"
#include "core/text.hpp"
#include "openapi/openapi.hpp"
#include "service/dispatch.hpp"

namespace shop::service {
namespace {

const prometheus::Histogram::BucketBoundaries steps{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                    0.25,  0.5,    1,     2.5,  5,    10,   30};
constexpr std::size_t longest_request_id = 64;

std::string new_request_id() {
    thread_local std::mt19937_64 draw{std::random_device{}()};
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(draw()));
    return text;
}

bool is_request_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_request_id && core::is_plain_text(text);
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

}  // namespace

struct face::measures {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("shop_requests_total").Help("Requests answered.").Register(registry);
    prometheus::Family<prometheus::Histogram>& seconds =
        prometheus::BuildHistogram().Name("shop_request_seconds").Help("From the request to its answer.").Register(registry);
};

face::face(std::string name, handler behind, std::vector<std::string_view> openapi, more_metrics more)
    : name_(std::move(name)),
      behind_(std::move(behind)),
      openapi_(std::move(openapi)),
      more_(std::move(more)),
      measures_(std::make_unique<measures>()) {}

face::~face() = default;

core::response face::metrics() const {
    const auto text = prometheus::TextSerializer().Serialize(measures_->registry.Collect());
    return {200, "text/plain; version=0.0.4; charset=utf-8", text + (more_ ? more_() : std::string())};
}

core::response face::answer(const core::request& asked) {
    constexpr std::string_view openapi = "/openapi/";
    const auto path = path_of(asked.target);
    if (asked.verb == core::method::get && path == "/healthz") {
        auto done = core::json_response(200, {{"status", "ok"}, {"service", name_}});
        done.route = "healthz";
        return done;
    }
    if (asked.verb == core::method::get && path == "/metrics") {
        auto done = metrics();
        done.route = "metrics";
        return done;
    }
    if (asked.verb == core::method::get && path.starts_with(openapi)) {
        for (const auto name : openapi_) {
            if (path.substr(openapi.size()) != std::string(name) + ".json") continue;
            return {200, "application/json", std::string(core::openapi_of(name)), {}, "openapi"};
        }
    }
    return seen_by_visitor(asked, [&] { return behind_(asked); });
}

core::response face::operator()(const core::request& came) {
    auto asked = came;
    if (!is_request_id(asked.request_id)) asked.request_id = new_request_id();
    const auto began = std::chrono::steady_clock::now();
    auto done = answer(asked);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::string route = done.route.empty() ? "other" : "/" + std::string(done.route);
    const std::string verb(asked.verb == core::method::other ? "OTHER" : core::name_of(asked.verb));
    measures_->requests.Add({{"service", name_}, {"method", verb}, {"route", route}, {"status", std::to_string(done.status)}})
        .Increment();
    measures_->seconds.Add({{"service", name_}, {"route", route}}, steps).Observe(took.count());
    if (spdlog::should_log(spdlog::level::info)) {
        // The path alone: a query may hold what a person has typed.
        spdlog::info("{}", boost::json::serialize(boost::json::object{{"event", "request"},
                                                                       {"service", name_},
                                                                       {"method", verb},
                                                                       {"path", std::string(path_of(asked.target))},
                                                                       {"route", route},
                                                                       {"status", done.status},
                                                                       {"ms", took.count() * 1000},
                                                                       {"request_id", asked.request_id}}));
    }
    done.headers.emplace_back("X-Request-Id", asked.request_id);
    return done;
}

}  // namespace shop::service
