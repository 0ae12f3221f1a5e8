#include "cache/redis.hpp"

#include <hiredis/hiredis.h>
#include <spdlog/spdlog.h>
#include <sys/time.h>

namespace shop::cache {
namespace {

// A cache that is slower than this is of no use.
constexpr timeval patience{0, 100'000};
// After a failure the database serves alone for this long.
constexpr std::chrono::seconds left_alone{1};

struct free_reply {
    void operator()(void* reply) const { freeReplyObject(reply); }
};
using reply = std::unique_ptr<redisReply, free_reply>;

reply next_reply(redisContext* on) {
    void* found = nullptr;
    if (redisGetReply(on, &found) != REDIS_OK) return nullptr;
    reply told(static_cast<redisReply*>(found));
    return told && told->type != REDIS_REPLY_ERROR ? std::move(told) : nullptr;
}

}  // namespace

void redis::close::operator()(redisContext* open) const { redisFree(open); }

redis::~redis() = default;

redis::link redis::take() {
    {
        const std::lock_guard lock(guard_);
        if (std::chrono::steady_clock::now() < left_alone_until_) return nullptr;
        if (!idle_.empty()) {
            auto taken = std::move(idle_.back());
            idle_.pop_back();
            return taken;
        }
    }
    link made(redisConnectWithTimeout(where_.host.c_str(), where_.port, patience));
    if (!made || made->err != 0 || redisSetTimeout(made.get(), patience) != REDIS_OK) {
        note_failure();
        return nullptr;
    }
    return made;
}

void redis::give_back(link used) {
    const std::lock_guard lock(guard_);
    idle_.push_back(std::move(used));
}

// The connections are of no use, either: the next ones tell whether it is back.
void redis::note_failure() {
    if (failures_++ % 100 == 0) spdlog::warn("the cache at {} does not answer", core::to_text(where_));
    const std::lock_guard lock(guard_);
    idle_.clear();
    left_alone_until_ = std::chrono::steady_clock::now() + left_alone;
}

bool redis::send(link& on, const texts& words) {
    std::vector<const char*> parts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        parts.push_back(word.data());
        sizes.push_back(word.size());
    }
    return redisAppendCommandArgv(on.get(), static_cast<int>(parts.size()), parts.data(), sizes.data()) == REDIS_OK;
}

std::optional<std::vector<std::optional<std::string>>> redis::get(const texts& keys) {
    auto on = take();
    if (!on) return std::nullopt;
    texts words{"MGET"};
    words.insert(words.end(), keys.begin(), keys.end());
    const auto told = send(on, words) ? next_reply(on.get()) : nullptr;
    if (!told || told->type != REDIS_REPLY_ARRAY || told->elements != keys.size()) {
        note_failure();
        return std::nullopt;
    }
    std::vector<std::optional<std::string>> found;
    for (std::size_t i = 0; i < told->elements; ++i) {
        const auto* each = told->element[i];
        found.push_back(each->type == REDIS_REPLY_STRING ? std::optional(std::string(each->str, each->len)) : std::nullopt);
    }
    give_back(std::move(on));
    return found;
}

void redis::put(const std::string& key, const std::string& value, std::chrono::seconds kept) {
    auto on = take();
    if (!on) return;
    if (send(on, {"SET", key, value, "EX", std::to_string(kept.count())}) && next_reply(on.get())) {
        give_back(std::move(on));
    } else {
        note_failure();
    }
}

bool redis::raise(const texts& counters, const texts& key_and_value) {
    auto on = take();
    if (!on) return false;
    bool done = send(on, {"MULTI"});
    for (std::size_t i = 0; i + 1 < key_and_value.size(); i += 2) {
        done = done && send(on, {"SET", key_and_value[i], key_and_value[i + 1]});
    }
    for (const auto& key : counters) done = done && send(on, {"INCR", key});
    done = done && send(on, {"EXEC"});
    const auto replies = 2 + key_and_value.size() / 2 + counters.size();
    for (std::size_t i = 0; done && i < replies; ++i) done = next_reply(on.get()) != nullptr;
    if (!done) {
        note_failure();
        return false;
    }
    give_back(std::move(on));
    return true;
}

}  // namespace shop::cache
