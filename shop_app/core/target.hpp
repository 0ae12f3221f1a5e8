// The target of a request taken apart: decoded path segments and query parameters (RFC 3986
// section 3.3 and 3.4, with + for a space as HTML forms send it).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shop::core {

struct target {
    std::vector<std::string> segments;  // "/" has none
    std::vector<std::pair<std::string, std::string>> parameters;

    // The first parameter of that name, "" when there is none.
    std::string_view parameter(std::string_view name) const;
};

// Nothing for a target that is not a path, has a broken percent-escape, or decodes to anything
// but plain text.
std::optional<target> parse_target(std::string_view text);

// For a query: everything but RFC 3986's unreserved characters is escaped.
std::string percent_encoded(std::string_view text);

}  // namespace shop::core
