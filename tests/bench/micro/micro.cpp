// micro_bench: the parts of a request's path by themselves (Google Benchmark): what one of them costs, without
// sockets. `make micro-bench FILTER=digest`.
#include <benchmark/benchmark.h>

#include <string>

#include "pool/pool.hpp"
#include "query/digest.hpp"
#include "query/verdict_cache.hpp"
#include "session/owed_replies.hpp"
#include "session/settings.hpp"
#include "wire/backend.hpp"
#include "wire/frame_splitter.hpp"
#include "wire/frontend.hpp"

namespace {

using namespace weir;

constexpr query::digest_key key = {0x243f6a8885a308d3u, 0x13198a2e03707344u};
const std::string text = "SELECT id, name, price_cents FROM products WHERE category_id = 17 AND active ORDER BY name LIMIT 20";

/// What a SELECT of that many rows is answered with.
bytes answer(int rows) {
    bytes out;
    wire::backend::append_message(out, wire::backend::row_description, bytes(40, 'x'));
    for (int i = 0; i < rows; ++i) wire::backend::append_message(out, wire::backend::data_row, bytes(60, 'x'));
    wire::backend::append_command_complete(out, "SELECT 1");
    wire::backend::append_ready(out, wire::backend::transaction_status::idle);
    return out;
}

void splitter(benchmark::State& state) {
    const auto input = answer(static_cast<int>(state.range(0)));
    wire::frame_splitter cut(wire::backend_policy());
    for (auto _ : state) {
        bytes_view in = input;
        while (!in.empty()) benchmark::DoNotOptimize(cut.next(in));
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * input.size()));
}
BENCHMARK(splitter)->Arg(1)->Arg(100);

void digest(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(query::make_digest(text, key));
}
BENCHMARK(digest);

void verdict_of_a_text_met_before(benchmark::State& state) {
    query::verdict_cache cache(8 << 20, 64 * 1024, key);
    for (auto _ : state) benchmark::DoNotOptimize(cache.look_up(text, {}));
}
BENCHMARK(verdict_of_a_text_met_before);

void verdict_of_new_literals(benchmark::State& state) {
    query::verdict_cache cache(8 << 20, 64 * 1024, key);
    std::string other = text;
    const auto place = other.find("17");
    other.replace(place, 2, "100000");
    int number = 100000;
    for (auto _ : state) {
        const auto digits = std::to_string(number = number == 999999 ? 100000 : number + 1);
        digits.copy(other.data() + place, digits.size());
        benchmark::DoNotOptimize(cache.look_up(other, {}));
    }
}
BENCHMARK(verdict_of_new_literals);

void verdict_of_a_new_shape(benchmark::State& state) {
    query::verdict_cache cache(0, 64 * 1024, key);  // it remembers nothing
    for (auto _ : state) benchmark::DoNotOptimize(cache.look_up(text, {}));
}
BENCHMARK(verdict_of_a_new_shape);

void owed_replies(benchmark::State& state) {
    session::owed_replies owed;
    for (auto _ : state) {
        for (const auto kind : {session::owed_kind::bind, session::owed_kind::describe_portal,
                                session::owed_kind::execute, session::owed_kind::sync})
            owed.push({kind});
        for (const char type : {'2', 'T', 'D', 'C', 'Z'}) benchmark::DoNotOptimize(owed.on_message(type));
    }
}
BENCHMARK(owed_replies);

session::settings_ptr settings(const char* zone) {
    return std::make_shared<const session::settings>(std::vector<session::setting>{
        {"application_name", "shop"}, {"DateStyle", "ISO, MDY"}, {"TimeZone", zone}, {"search_path", "shop, public"}});
}

void settings_that_are_equal(benchmark::State& state) {
    const auto one = settings("UTC"), other = settings("UTC");
    for (auto _ : state) benchmark::DoNotOptimize(session::equal(one, other));
}
BENCHMARK(settings_that_are_equal);

void settings_that_differ(benchmark::State& state) {
    const auto one = settings("UTC"), other = settings("Europe/Berlin");
    for (auto _ : state) benchmark::DoNotOptimize(session::bring_over(one, other));
}
BENCHMARK(settings_that_differ);

void pool_lends_and_takes_back(benchmark::State& state) {
    pool::ledger books;
    pool::pool lends(books.find({node_id{0}, {}}, {}), {}, 0);
    const instant now = std::chrono::steady_clock::now();
    for (std::uint64_t i = 1; i <= 20; ++i) {
        lends.books().try_open(0);
        lends.received({backend_id{i}, now}, now);
    }
    for (auto _ : state) {
        const auto lent = lends.request(session_id{1}, now);
        benchmark::DoNotOptimize(lends.released({*lent.backend, now}, now));
    }
}
BENCHMARK(pool_lends_and_takes_back);

}  // namespace

BENCHMARK_MAIN();
