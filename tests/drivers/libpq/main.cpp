// libpq_cases: CLIENTS threads run all cases at once, each beginning with another one, and print
// "case <tab> client <tab> ok | what broke". PGHOST and so on say where.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "cases.hpp"
#include "session.hpp"

namespace {

std::vector<named_case> all_cases() {
    std::vector<named_case> all;
    for (const auto* some : {&query_cases, &pipeline_cases, &stream_cases, &session_cases}) {
        all.insert(all.end(), some->begin(), some->end());
    }
    return all;
}

std::mutex printing;
std::mutex one_at_a_time;

void report(const named_case& done, const client& who, std::string said) {
    for (char& mark : said) {
        mark = mark == '\n' || mark == '\t' || mark == '\r' ? ' ' : mark;
    }
    const std::lock_guard lock(printing);
    std::printf("%s\t%d\t%s\n", done.name, who.number, said.c_str());
    std::fflush(stdout);
}

void run_case(const named_case& one, const client& who) {
    std::unique_lock lock(one_at_a_time, std::defer_lock);
    if (one.alone) {
        lock.lock();
    }
    report(one, who, "begun");
    try {
        one.run(who);
        report(one, who, "ok");
    } catch (const std::exception& broken) {
        report(one, who, broken.what());
    }
}

}  // namespace

int main() {
    const char* wanted = std::getenv("CLIENTS");
    const char* only = std::getenv("CASE");
    const int clients = wanted == nullptr ? 1 : std::atoi(wanted);
    const auto cases = all_cases();
    std::vector<std::thread> threads;
    for (int number = 0; number < clients; ++number) {
        threads.emplace_back([number, &cases, only] {
            const client who{number, "t" + std::to_string(number)};
            for (std::size_t turn = 0; turn < cases.size(); ++turn) {
                const auto& one = cases[(turn + static_cast<std::size_t>(number)) % cases.size()];
                if (only == nullptr || only == std::string(one.name)) {
                    run_case(one, who);
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    return 0;
}
