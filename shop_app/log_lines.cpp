#include "log_lines.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <memory>
#include <string_view>

namespace shop {
namespace {

// The members of an object that a message is, or the message as one of them.
class json_members final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string_view said(line.payload.data(), line.payload.size());
        const auto members = said.size() > 1 && said.front() == '{' && said.back() == '}'
                                 ? std::string(said.substr(1, said.size() - 2))
                                 : "\"message\":" + boost::json::serialize(boost::json::string(said));
        out.append(members.data(), members.data() + members.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<json_members>(); }
};

}  // namespace

void set_up_logging(const std::string& level, bool as_json) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("shop"));
    spdlog::set_level(spdlog::level::from_str(level));
    if (!as_json) return;
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<json_members>('*').set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%*})");
    spdlog::set_formatter(std::move(formatter));
}

}  // namespace shop
