#include "core/user.hpp"

#include "core/json_fields.hpp"

namespace shop::core {

boost::json::object to_json(const user& shown) {
    return {{"id", shown.id},           {"email", shown.email},         {"name", shown.name},
            {"address", shown.address}, {"verified", shown.is_verified}, {"admin", shown.is_admin}};
}

std::optional<user> user_in(const boost::json::value& told) {
    const auto* object = told.if_object();
    if (object == nullptr || number_of(*object, "id") == 0) return std::nullopt;
    return user{number_of(*object, "id"),      text_of(*object, "email"),    text_of(*object, "name"),
                text_of(*object, "address"), truth_of(*object, "verified"), truth_of(*object, "admin")};
}

}  // namespace shop::core
