#include "base/client_pid.hpp"

#include <gtest/gtest.h>

#include <set>

namespace weir {
namespace {

TEST(client_pid, leads_back_to_peer_worker_and_slot) {
    for (const unsigned peer : {0u, 1u, 300u, pid_layout::most_peers}) {
        for (const unsigned workers : {1u, 2u, 3u, 4u, 255u, 256u}) {
            const pid_layout layout(peer, workers);
            const auto last = static_cast<std::uint32_t>(layout.slots() - 1);
            for (const unsigned worker : {0u, workers / 2, workers - 1}) {
                for (const std::uint32_t slot : {0u, 1u, last}) {
                    const auto pid = layout.pid_of({worker, slot});
                    EXPECT_EQ(pid_layout::peer_of(pid), peer);
                    EXPECT_EQ(layout.place_of(pid), (pid_layout::place{worker, slot}));
                }
            }
        }
    }
}

TEST(client_pid, is_positive_and_above_every_process_of_a_node) {
    const pid_layout first(0, 1);
    EXPECT_EQ(first.pid_of({0, 0}), 1u << 30);
    const pid_layout last(pid_layout::most_peers, 256);
    EXPECT_EQ(last.pid_of({255, static_cast<std::uint32_t>(last.slots() - 1)}), 0x7fffffffu);
}

TEST(client_pid, no_two_places_have_one) {
    std::set<std::uint32_t> pids;
    std::size_t count = 0;
    for (const unsigned peer : {0u, 1u, 2u, 511u}) {
        const pid_layout layout(peer, 5);
        for (unsigned worker = 0; worker < 5; ++worker) {
            for (std::uint32_t slot = 0; slot < layout.slots(); slot += 9973) {
                pids.insert(layout.pid_of({worker, slot}));
                ++count;
            }
        }
    }
    EXPECT_EQ(pids.size(), count);
}

TEST(client_pid, is_enough_for_all_that_the_configuration_allows) {
    for (unsigned workers = 1; workers <= pid_layout::most_workers; ++workers) {
        const pid_layout layout(1, workers);
        // The least loaded worker gets the next client.
        const auto most = (pid_layout::most_clients + pid_layout::most_refused_at_once) / workers + 1;
        EXPECT_GE(layout.slots(), most) << workers;
    }
}

TEST(client_pid, what_no_weir_gave_out_leads_nowhere) {
    for (const std::uint32_t pid : {0u, 1u, 1u << 22, (1u << 30) - 1, 1u << 31, 0xffffffffu}) {
        EXPECT_EQ(pid_layout::peer_of(pid), std::nullopt) << pid;
        EXPECT_EQ(pid_layout(0, 1).place_of(pid), std::nullopt) << pid;
    }
    const pid_layout three(7, 3);
    const auto fourth = pid_layout(7, 4).pid_of({3, 0});
    EXPECT_EQ(pid_layout::peer_of(fourth), 7u);
    EXPECT_EQ(three.place_of(fourth), std::nullopt);
    EXPECT_EQ(three.place_of(pid_layout(8, 3).pid_of({0, 0})), std::nullopt);
}

}  // namespace
}  // namespace weir
