// siphash: SipHash-2-4 with 128 bits of output (Aumasson, Bernstein), fed piece by piece. A keyed
// hash: who does not know the key cannot find two inputs of one digest. Allocates nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "query/digest.hpp"

namespace weir::query {

class siphash {
public:
    explicit siphash(const digest_key& key)
        : v0_(key[0] ^ 0x736f6d6570736575u),
          v1_(key[1] ^ 0x646f72616e646f6du ^ 0xee),  // 0xee: the variant of 128 bits
          v2_(key[0] ^ 0x6c7967656e657261u),
          v3_(key[1] ^ 0x7465646279746573u) {}

    void byte(char c) { append(static_cast<unsigned char>(c), 1); }
    void bytes(std::string_view s) {
        append(load_rest(feed(s, same_eight)), s.size() % 8);
    }
    /// With one more byte behind them.
    void bytes(std::string_view s, char end) { append_with(load_rest(feed(s, same_eight)), s, end); }
    /// The same, ASCII letters in lower case.
    void lower_case(std::string_view s, char end) {
        append_with(lower_eight(load_rest(feed(s, lower_eight))), s, end);
    }
    digest finish() {
        word(tail_ | length_ << 56);
        v2_ ^= 0xee;
        rounds(4);
        const std::uint64_t first = v0_ ^ v1_ ^ v2_ ^ v3_;
        v1_ ^= 0xdd;
        rounds(4);
        return {first, v0_ ^ v1_ ^ v2_ ^ v3_};
    }

private:
    template <class Integer>
    static std::uint64_t load(const char* from) {
        Integer value = 0;
        std::memcpy(&value, from, sizeof value);
        if constexpr (std::endian::native == std::endian::big && sizeof value == 4)
            value = __builtin_bswap32(value);
        if constexpr (std::endian::native == std::endian::big && sizeof value == 8)
            value = __builtin_bswap64(value);
        return value;
    }
    /// Fewer than eight bytes, the first one lowest.
    static std::uint64_t load_rest(std::string_view s) {
        const std::size_t n = s.size();
        if (n >= 4)
            return load<std::uint32_t>(s.data()) | load<std::uint32_t>(s.data() + n - 4) << (8 * (n - 4));
        if (n == 0) return 0;
        auto at = [s](std::size_t i) {
            return std::uint64_t{static_cast<unsigned char>(s[i])} << (8 * i);
        };
        return at(0) | at(n / 2) | at(n - 1);
    }
    static std::uint64_t lower_eight(std::uint64_t w) {
        constexpr std::uint64_t each = 0x0101010101010101u;
        const std::uint64_t low = w & (each * 0x7f);
        const std::uint64_t from_a = low + each * (0x80 - 'A');
        const std::uint64_t behind_z = low + each * (0x80 - 'Z' - 1);
        const std::uint64_t upper = from_a & ~behind_z & ~w & (each * 0x80);
        return w | upper >> 2;  // 0x80 becomes 0x20, which is what they differ in
    }

    static std::uint64_t same_eight(std::uint64_t w) { return w; }

    /// Each eight bytes; the rest comes back.
    template <class Change>
    std::string_view feed(std::string_view s, Change change) {
        for (; s.size() >= 8; s.remove_prefix(8)) append(change(load<std::uint64_t>(s.data())), 8);
        return s;
    }
    void append_with(std::uint64_t rest, std::string_view whole, char end) {
        const std::size_t n = whole.size() % 8;
        append(rest | std::uint64_t{static_cast<unsigned char>(end)} << (8 * n), n + 1);
    }
    /// The lowest `count` bytes of a value that has no others; at most 8.
    void append(std::uint64_t value, std::size_t count) {
        const std::size_t filled = length_ % 8;
        length_ += count;
        tail_ |= value << (8 * filled);
        if (filled + count < 8) return;
        word(tail_);
        tail_ = filled == 0 ? 0 : value >> (64 - 8 * filled);
    }
    void word(std::uint64_t m) {
        v3_ ^= m;
        rounds(2);
        v0_ ^= m;
    }
    void rounds(int count) {
        for (int i = 0; i < count; ++i) {
            v0_ += v1_;
            v2_ += v3_;
            v1_ = std::rotl(v1_, 13) ^ v0_;
            v3_ = std::rotl(v3_, 16) ^ v2_;
            v0_ = std::rotl(v0_, 32);
            v2_ += v1_;
            v0_ += v3_;
            v1_ = std::rotl(v1_, 17) ^ v2_;
            v3_ = std::rotl(v3_, 21) ^ v0_;
            v2_ = std::rotl(v2_, 32);
        }
    }

    std::uint64_t v0_, v1_, v2_, v3_;
    std::uint64_t tail_ = 0;    // the bytes behind the last whole eight
    std::uint64_t length_ = 0;  // of all that was fed
};

}  // namespace weir::query
