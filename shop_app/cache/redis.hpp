// A Redis server as a cache: what cannot be had of it is not there, and nothing waits for it long. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/host_port.hpp"

struct redisContext;

namespace shop::cache {

class redis {
public:
    explicit redis(core::host_port where) : where_(std::move(where)) {}
    ~redis();
    redis(const redis&) = delete;
    redis& operator=(const redis&) = delete;

    using texts = std::vector<std::string>;
    // MGET: one for each key, nothing for what is not there. Nothing at all: the server does not answer.
    std::optional<std::vector<std::optional<std::string>>> get(const texts& keys);
    void put(const std::string& key, const std::string& value, std::chrono::seconds kept);
    // INCR of each key, and SET of others, as one. False: it is not known whether it was done.
    bool raise(const texts& counters, const texts& key_and_value);

    std::uint64_t failures() const { return failures_; }

private:
    struct close {
        void operator()(redisContext* open) const;
    };
    using link = std::unique_ptr<redisContext, close>;
    link take();
    void give_back(link used);
    void note_failure();
    bool send(link& on, const texts& words);

    core::host_port where_;
    std::mutex guard_;
    std::vector<link> idle_;
    std::chrono::steady_clock::time_point left_alone_until_{};
    std::atomic<std::uint64_t> failures_{0};
};

}  // namespace shop::cache
