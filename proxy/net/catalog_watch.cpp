#include "net/catalog_watch.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>

namespace weir::net {
namespace {

using clock = std::chrono::steady_clock;

// So that DROP DATABASE finds no connection of ours: it waits five seconds for others to go.
constexpr milliseconds kept_unused{2000};
// A snapshot that nobody can compare with the database any more is not to be believed.
constexpr int failures_until_given_up = 3;
constexpr int most_doublings = 6;
// The first change is read at once. Where changes keep coming, as in a migration, reading them again and again
// would cost the primary a core.
constexpr int rest_per_load = 3;
constexpr milliseconds longest_rest{2000};

std::atomic<std::uint64_t> last_version{0};

void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

catalog_watch::catalog_watch(surroundings world)
    : world_(std::move(world)),
      board_(std::make_shared<catalog::change_board>([bell = alarm_] { bell->ring(); })) {
    note_use();
    thread_ = std::thread([this] { run(); });
}

catalog_watch::~catalog_watch() {
    stopping_ = true;
    alarm_->ring();
    thread_.join();
    if (held_) world_.budget->used -= held_->bytes();
}

void catalog_watch::alarm::ring() {
    {
        const std::lock_guard lock(guard);
        rung = true;
    }
    bell.notify_one();
}

void catalog_watch::alarm::wait(milliseconds most) {
    std::unique_lock lock(guard);
    bell.wait_for(lock, most, [this] { return rung; });
    rung = false;
}

void catalog_watch::note_use() {
    const bool was_used = is_used();
    used_at_.store(clock::now().time_since_epoch().count());
    if (!was_used) alarm_->ring();
}

bool catalog_watch::is_used() const {
    const instant at{instant::duration{used_at_.load()}};
    return clock::now() - at < kept_unused;
}

void catalog_watch::run() {
    block_signals();
    pthread_setname_np(pthread_self(), "weir-catalog");
    while (!stopping_) {
        if (is_used()) {
            rest();
            look();
        } else if (connection_.is_open()) {
            connection_.close();
            if (held_) world_.publish(nullptr, 0);
            covers_ = 0;
            counters_.clear();
        }
        // A database that cannot be entered is not asked for every second.
        alarm_->wait(world_.probe_interval * (1 << std::min(failures_, most_doublings)));
    }
}

void catalog_watch::rest() {
    while (!stopping_ && clock::now() < rests_until_)
        alarm_->wait(std::chrono::ceil<milliseconds>(rests_until_ - clock::now()));
}

bool catalog_watch::open() {
    const auto primary = world_.primary();
    if (primary != node_) connection_.close();
    node_ = primary;
    if (!primary) return false;  // nothing changes where nobody writes
    if (connection_.is_open()) return true;
    counters_.clear();
    auto opened = connection_.open(world_.node(*primary), world_.login);
    if (!opened) fail(opened.error().message);
    return opened.has_value();
}

/// The counters are read before what they tell of, so that what changes in between is seen next time.
void catalog_watch::look() {
    const auto covers = board_->ended();
    const bool was_open = connection_.is_open();
    if (!open()) return;
    auto counters = ask_counters(connection_, world_.login.timeout);
    if (!counters) return fail(counters.error().message);
    const bool published = held_ && was_open && covers == covers_ && failures_ == 0;
    if (published && *counters == counters_) return;
    if (held_) {
        auto fingerprint = ask_fingerprint(connection_, world_.login.timeout * 10);
        if (!fingerprint) return fail(fingerprint.error().message);
        counters_ = std::move(*counters);
        if (*fingerprint == fingerprint_) {
            if (!published) hold(held_, covers);
            return;
        }
    }
    counters_ = std::move(*counters);
    load(covers);
}

void catalog_watch::load(std::uint64_t covers) {
    const auto begun = clock::now();
    const auto& of = world_.login.database;
    const auto free = world_.budget->limit - std::min(world_.budget->limit, world_.budget->used.load());
    auto loaded = load_catalog(connection_, of, ++last_version, free + (held_ ? held_->bytes() : 0));
    if (!loaded) return fail(loaded.error().message);
    const auto bytes = loaded->snapshot->bytes();
    if (bytes > free + (held_ ? held_->bytes() : 0))
        return fail("it does not fit into catalog_cache_bytes");
    fingerprint_ = std::move(loaded->fingerprint);
    hold(std::move(loaded->snapshot), covers);
    const auto took = std::chrono::duration_cast<milliseconds>(clock::now() - begun);
    rests_until_ = clock::now() + std::min(took * rest_per_load, longest_rest);
    spdlog::info("catalog of database {}: {} objects, {} kB, loaded in {} ms", of, held_->objects(),
                 held_->bytes() / 1024, took.count());
}

void catalog_watch::hold(catalog::snapshot_ptr next, std::uint64_t covers) {
    failures_ = 0;
    if (held_) world_.budget->used -= held_->bytes();
    held_ = std::move(next);
    world_.budget->used += held_->bytes();
    covers_ = covers;
    world_.publish(held_, covers);
}

void catalog_watch::fail(const std::string& why) {
    connection_.close();
    if (stopping_ || ++failures_ < (held_ ? failures_until_given_up : 1)) return;
    if (failures_ == (held_ ? failures_until_given_up : 1))
        spdlog::warn("catalog of database {} cannot be read, statements are judged by their text alone: {}",
                     world_.login.database, why);
    if (!held_) return;
    world_.publish(nullptr, 0);
    world_.budget->used -= held_->bytes();
    held_ = nullptr;
    fingerprint_.clear();
}

}  // namespace weir::net
