// Fields of what another service of the shop has answered: what is missing or of another kind reads as nothing.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shop::core {

inline std::string text_of(const boost::json::object& in, std::string_view name) {
    const auto* found = in.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

inline std::int64_t number_of(const boost::json::object& in, std::string_view name) {
    const auto* found = in.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

inline bool truth_of(const boost::json::object& in, std::string_view name) {
    const auto* found = in.if_contains(name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

// Empty where there is none.
inline const boost::json::array& list_of(const boost::json::object& in, std::string_view name) {
    static const boost::json::array none;
    const auto* found = in.if_contains(name);
    return found != nullptr && found->is_array() ? found->get_array() : none;
}

// The object in a body; nothing where it is none.
inline std::optional<boost::json::object> object_in(std::string_view body) {
    boost::system::error_code error;
    auto value = boost::json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

}  // namespace shop::core
