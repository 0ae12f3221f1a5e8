#include "net/http/patroni_answer.hpp"

#include <boost/json.hpp>

namespace weir::net {
namespace {

namespace json = boost::json;

std::string text_of(const json::object& from, std::string_view name) {
    const auto* found = from.if_contains(json::string_view(name.data(), name.size()));
    if (found == nullptr || !found->is_string()) return {};
    return std::string(found->get_string().data(), found->get_string().size());
}

std::int64_t number_of(const json::object& from, std::string_view name) {
    const auto* found = from.if_contains(json::string_view(name.data(), name.size()));
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

cluster::member read_member(const json::object& from) {
    cluster::member made;
    made.name = text_of(from, "name");
    made.host = text_of(from, "host");
    made.role = text_of(from, "role");
    made.state = text_of(from, "state");
    const auto port = number_of(from, "port");
    if (port > 0 && port <= 65535) made.port = static_cast<std::uint16_t>(port);
    const auto timeline = number_of(from, "timeline");
    if (timeline > 0 && timeline <= 0xffffffff) made.timeline = static_cast<std::uint32_t>(timeline);
    return made;
}

}  // namespace

std::variant<std::vector<cluster::member>, std::string> read_patroni(std::string_view body) {
    boost::system::error_code failed;
    const auto whole = json::parse(json::string_view(body.data(), body.size()), failed);
    if (failed) return "its answer is no JSON: " + failed.message();
    const auto* top = whole.if_object();
    const auto* members = top != nullptr ? top->if_contains("members") : nullptr;
    if (members == nullptr || !members->is_array()) return "its answer has no list of members";
    std::vector<cluster::member> found;
    for (const auto& each : members->get_array()) {
        if (!each.is_object()) continue;
        auto made = read_member(each.get_object());
        if (!made.name.empty()) found.push_back(std::move(made));
    }
    if (found.empty()) return "it knows no members";
    return found;
}

}  // namespace weir::net
