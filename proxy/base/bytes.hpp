// Bytes as every folder passes them: std::string owns, std::string_view looks. Both hold raw protocol
// bytes, never assumed to be text or to end in a NUL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir {

using bytes = std::string;
using bytes_view = std::string_view;

inline std::uint16_t load_u16(const char* p) {
    return static_cast<std::uint16_t>((static_cast<unsigned char>(p[0]) << 8) |
                                      static_cast<unsigned char>(p[1]));
}

inline std::uint32_t load_u32(const char* p) {
    return (static_cast<std::uint32_t>(load_u16(p)) << 16) | load_u16(p + 2);
}

inline void append_u16(bytes& out, std::uint16_t v) {
    out.push_back(static_cast<char>(v >> 8));
    out.push_back(static_cast<char>(v & 0xff));
}

inline void append_u32(bytes& out, std::uint32_t v) {
    append_u16(out, static_cast<std::uint16_t>(v >> 16));
    append_u16(out, static_cast<std::uint16_t>(v & 0xffff));
}

inline void store_u32(char* p, std::uint32_t v) {
    p[0] = static_cast<char>(v >> 24);
    p[1] = static_cast<char>((v >> 16) & 0xff);
    p[2] = static_cast<char>((v >> 8) & 0xff);
    p[3] = static_cast<char>(v & 0xff);
}

}  // namespace weir
