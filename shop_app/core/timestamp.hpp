// PostgreSQL's ISO text of a timestamptz to RFC 3339. Done here and not in SQL, so that the
// statement names no function that depends on a session's settings.
#pragma once

#include <string>
#include <string_view>

namespace shop::core {

// "2026-11-23 22:55:19.5+00" to "2026-11-23T22:55:19.5+00:00"; a text of another form is returned
// as it came.
std::string rfc3339(std::string_view iso);

}  // namespace shop::core
