// client_pid: the process id that a client is told (BackendKeyData). It says which Weir, which worker and
// which of its slots serve the client, so that a cancel request finds its way; the secret that belongs
// to it is not here.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace weir {

/// Bit 31 is 0 and bit 30 is 1: positive as a signed number, and above 2^22, which no process of a node
/// reaches (FACTS 20). Then 9 bits of peer, and 21 bits that one Weir divides as its workers need:
/// always enough for every client, whatever the configuration allows.
class pid_layout {
public:
    static constexpr unsigned most_peers = 511;  // 0 is a Weir without peers
    static constexpr std::size_t most_workers = 256;
    static constexpr std::size_t most_clients = 1'000'000;
    /// Clients above the limit that are let in to be told so.
    static constexpr std::size_t most_refused_at_once = 64;

    struct place {
        unsigned worker;
        std::uint32_t slot;

        bool operator==(const place&) const = default;
    };

    pid_layout(unsigned peer, unsigned workers)
        : peer_(peer), workers_(workers), slot_bits_(inner_bits - std::bit_width(workers - 1)) {}

    std::uint32_t pid_of(const place& at) const {
        return mark | peer_ << inner_bits | at.worker << slot_bits_ | at.slot;
    }
    /// Whose client it is. Nothing: no Weir gave this number out.
    static std::optional<unsigned> peer_of(std::uint32_t pid) {
        if (pid >> mark_bit != 1) return std::nullopt;
        return pid >> inner_bits & most_peers;
    }
    /// Of a pid of this Weir. Nothing: there is no such worker.
    std::optional<place> place_of(std::uint32_t pid) const {
        if (peer_of(pid) != peer_) return std::nullopt;
        const std::uint32_t inner = pid & ((1U << inner_bits) - 1);
        const place at{inner >> slot_bits_, inner & ((1U << slot_bits_) - 1)};
        if (at.worker >= workers_) return std::nullopt;
        return at;
    }
    unsigned peer() const { return peer_; }
    /// In one worker.
    std::size_t slots() const { return std::size_t{1} << slot_bits_; }

private:
    static constexpr unsigned mark_bit = 30;
    static constexpr std::uint32_t mark = 1U << mark_bit;
    static constexpr unsigned inner_bits = 21;

    unsigned peer_;
    unsigned workers_;
    unsigned slot_bits_;
};

}  // namespace weir
