// siphash: SipHash-2-4 with 128 bits of output (Aumasson, Bernstein), fed piece by piece. A keyed
// hash: who does not know the key cannot find two inputs of one digest. Allocates nothing.
#pragma once

#include <algorithm>
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

    void byte(char c) {
        pending_[filled_++] = c;
        if (filled_ == sizeof pending_) flush();
    }
    void bytes(std::string_view s) {
        put(s, [](char c) { return c; });
    }
    /// Each byte as `change` makes it.
    template <class Change>
    void put(std::string_view s, Change change) {
        while (!s.empty()) {
            const std::size_t now = std::min(s.size(), sizeof pending_ - filled_);
            for (std::size_t i = 0; i < now; ++i) pending_[filled_ + i] = change(s[i]);
            filled_ += now;
            if (filled_ == sizeof pending_) flush();
            s.remove_prefix(now);
        }
    }
    digest finish() {
        const std::uint64_t length = absorbed_ + filled_;
        const std::size_t whole = filled_ / 8 * 8;
        absorb(whole);
        std::uint64_t last = length << 56;
        for (std::size_t i = whole; i < filled_; ++i)
            last |= std::uint64_t{static_cast<unsigned char>(pending_[i])} << (8 * (i - whole));
        word(last);
        v2_ ^= 0xee;
        rounds(4);
        const std::uint64_t first = v0_ ^ v1_ ^ v2_ ^ v3_;
        v1_ ^= 0xdd;
        rounds(4);
        return {first, v0_ ^ v1_ ^ v2_ ^ v3_};
    }

private:
    void flush() {
        absorb(sizeof pending_);
        absorbed_ += sizeof pending_;
        filled_ = 0;
    }
    void absorb(std::size_t count) {
        for (std::size_t i = 0; i < count; i += 8) {
            std::uint64_t m = 0;
            std::memcpy(&m, pending_ + i, 8);
            if constexpr (std::endian::native == std::endian::big) m = __builtin_bswap64(m);
            word(m);
        }
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
    std::uint64_t absorbed_ = 0;
    std::size_t filled_ = 0;
    char pending_[64];
};

}  // namespace weir::query
