// query_cost: what it costs to know a statement. Prints nanoseconds, the least of many rounds: what a
// busy machine adds is not the program's. With a name and a count it runs that part alone, for
// valgrind --tool=callgrind.
//
//     digest_   the digest alone            hit_    digest and a verdict from memory, new literals
//     again_    the same text once more     miss_   facts of a shape that is new
//     protobuf_ pg_query_parse_protobuf with unpacking, for comparison
//
//     query_cost
//     query_cost PART COUNT      PART is one of the names it prints, as hit_100
#include <pg_query.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "query/analyze.hpp"
#include "query/digest.hpp"
#include "query/verdict_cache.hpp"

// Of protobuf-c, whose header Debian has in another package: enough of it to unpack and to free.
extern "C" {
void* pg_query__parse_result__unpack(void* allocator, std::size_t length, const std::uint8_t* bytes);
void pg_query__parse_result__free_unpacked(void* message, void* allocator);
}

namespace {

using namespace weir::query;

constexpr digest_key key = {0x243f6a8885a308d3u, 0x13198a2e03707344u};
constexpr std::size_t parse_limit = 1 << 20;
std::size_t sum = 0;  // of what is made, so that nothing is left out as unused

const std::string short_text =
    "SELECT id, name, price_cents FROM products WHERE category_id = 17 AND active ORDER BY name LIMIT 20;";

/// As a mapper writes it: many columns, joins, an IN list.
std::string long_text() {
    std::string text = "SELECT ";
    for (const char* c : {"id", "customer_id", "status", "placed_at", "paid_at", "total_cents",
                          "currency", "shipping_name", "shipping_street", "shipping_city", "note"})
        text += std::string("\"orders\".\"") + c + "\" AS \"orders_" + c + "\", ";
    text += "customers.email, customers.full_name FROM \"orders\" "
            "INNER JOIN customers ON customers.id = \"orders\".customer_id "
            "LEFT JOIN order_items AS oi ON oi.order_id = \"orders\".id "
            "WHERE \"orders\".status IN ('new', 'paid', 'shipped') AND customers.country = 'NL' "
            "AND \"orders\".placed_at >= '2024-01-01 00:00:00+00' AND \"orders\".id IN (101";
    while (text.size() < 960) text += ", " + std::to_string(100 + text.size());
    text += ") ORDER BY placed_at DESC LIMIT 50";
    return text;
}

void unpacked_protobuf(const std::string& text) {
    PgQueryProtobufParseResult made = pg_query_parse_protobuf(text.c_str());
    void* tree = pg_query__parse_result__unpack(
        nullptr, made.parse_tree.len, reinterpret_cast<const std::uint8_t*>(made.parse_tree.data));
    sum += tree != nullptr;
    pg_query__parse_result__free_unpacked(tree, nullptr);
    pg_query_free_protobuf_parse_result(made);
}

/// The same shape, each time with a number that was not there before: more of them than the cache
/// knows by heart.
std::vector<std::string> other_literals(const std::string& text) {
    std::vector<std::string> out;
    for (int i = 0; i < 20'000; ++i) {
        out.push_back(text);
        out.back().replace(text.rfind(' ') + 1, std::string::npos, std::to_string(10'000 + i));
    }
    return out;
}

struct part {
    std::string name;
    std::function<void()> run;
};

std::vector<part> parts_of(const std::string& name, const std::string& text, verdict_cache& cache) {
    return {
        {"digest_" + name, [text] { sum += make_digest(text, key).shape.low; }},
        {"hit_" + name, [texts = other_literals(text), &cache, i = std::size_t{0}]() mutable {
             sum += cache.look_up(texts[i++ % texts.size()], {}).known->read_only;
         }},
        {"again_" + name, [text, &cache] { sum += cache.look_up(text, {}).known->read_only; }},
        {"miss_" + name, [text] { sum += analyze(text, parse_limit).read_only; }},
        {"protobuf_" + name, [text] { unpacked_protobuf(text); }},
    };
}

double nanoseconds(const part& p) {
    using clock = std::chrono::steady_clock;
    double least = 1e12;
    for (int round = 0; round < 200; ++round) {
        constexpr int times = 200;
        const auto from = clock::now();
        for (int i = 0; i < times; ++i) p.run();
        const std::chrono::duration<double, std::nano> took = clock::now() - from;
        least = std::min(least, took.count() / times);
    }
    return least;
}

}  // namespace

int main(int count, char** arguments) {
    verdict_cache cache(16 << 20, parse_limit, key);
    const std::string text = long_text();
    std::vector<part> parts = parts_of("100", short_text, cache);
    for (part& p : parts_of("1000", text, cache)) parts.push_back(std::move(p));
    if (count == 3) {
        for (const part& p : parts)
            for (int i = std::atoi(arguments[2]); p.name == arguments[1] && i > 0; --i) p.run();
    } else {
        std::printf("statements of %zu and %zu bytes\n", short_text.size(), text.size());
        for (const part& p : parts) std::printf("%-14s %8.0f ns\n", p.name.c_str(), nanoseconds(p));
    }
    return sum == 0 ? 1 : 0;
}
