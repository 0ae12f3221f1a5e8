// simulate: runs simulated worlds, each from its seed alone in a process of its own, so that a seed that fails does the
// same again, alone. simulate --seeds N [--from S] [--trace SEED] [--jobs J] [--enough N]
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <string>

#include "simulation/world.hpp"

namespace {

constexpr unsigned longest_seconds = 60;  // of one seed, in real time: a world that goes round in circles is ended

struct options {
    std::uint64_t seeds = 100;
    std::uint64_t from = 1;
    std::uint64_t trace = 0;
    bool traces = false;
    unsigned jobs = 2;
    std::uint64_t enough = 20;  // broken ones: no more are tried
};

std::uint64_t number(const char* text) {
    char* end = nullptr;
    const auto n = std::strtoull(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        std::cerr << "simulate: no number: " << text << '\n';
        std::exit(2);
    }
    return n;
}

options read(int argc, char** argv) {
    options o;
    for (int i = 1; i < argc; ++i) {
        const std::string name = argv[i];
        if (i + 1 == argc) {
            std::cerr << "usage: simulate [--seeds N] [--from S] [--jobs J] [--enough BROKEN] [--trace SEED]\n";
            std::exit(2);
        }
        const auto value = number(argv[++i]);
        if (name == "--seeds") {
            o.seeds = value;
        } else if (name == "--from") {
            o.from = value;
        } else if (name == "--jobs") {
            o.jobs = static_cast<unsigned>(std::max<std::uint64_t>(value, 1));
        } else if (name == "--enough") {
            o.enough = value;
        } else if (name == "--trace") {
            o.trace = value;
            o.traces = true;
        } else {
            std::cerr << "simulate: unknown option " << name << '\n';
            std::exit(2);
        }
    }
    return o;
}

/// 0: all promises were kept. The process ends.
[[noreturn]] void run(std::uint64_t seed, bool shown) {
    alarm(longest_seconds);
    const auto made = std::make_unique<weir::simulation::world>(seed, shown);
    const auto broken = made->run();
    if (broken) std::printf("seed %llu (%s): %s\n", static_cast<unsigned long long>(seed), made->describe().c_str(), broken->c_str());
    if (shown) std::printf("%llu steps, %zu failovers\n", static_cast<unsigned long long>(made->steps()), made->failovers());
    std::fflush(stdout);
    _exit(broken ? 1 : 0);
}

class children {
public:
    void begin(std::uint64_t seed) {
        std::fflush(stdout);
        const auto pid = fork();
        if (pid < 0) {
            std::perror("simulate: fork");
            std::exit(3);
        }
        if (pid == 0) run(seed, false);
        running_[pid] = seed;
    }
    void wait_for_one() {
        int status = 0;
        const auto pid = wait(&status);
        const auto found = running_.find(pid);
        if (found == running_.end()) return;
        if (WIFSIGNALED(status))
            std::printf("seed %llu: ended by signal %d%s\n", static_cast<unsigned long long>(found->second),
                        WTERMSIG(status), WTERMSIG(status) == SIGALRM ? ": it goes round in circles" : "");
        if (status != 0) ++failed_;
        running_.erase(found);
    }
    std::size_t running() const { return running_.size(); }
    std::uint64_t failed() const { return failed_; }

private:
    std::map<pid_t, std::uint64_t> running_;
    std::uint64_t failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const auto o = read(argc, argv);
    if (o.traces) run(o.trace, true);
    children all;
    std::uint64_t tried = 0;
    for (; tried < o.seeds && all.failed() < o.enough; ++tried) {
        all.begin(o.from + tried);
        if (all.running() >= o.jobs) all.wait_for_one();
    }
    while (all.running() > 0) all.wait_for_one();
    std::printf("%llu seeds from %llu, %llu broken\n", static_cast<unsigned long long>(tried),
                static_cast<unsigned long long>(o.from), static_cast<unsigned long long>(all.failed()));
    return all.failed() == 0 ? 0 : 1;
}
