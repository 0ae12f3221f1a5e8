// key: the table of every key that the configuration may hold. The reader and docs/configuration.md
// are both made from it, so that neither can know a key that the other does not.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/draft.hpp"

namespace weir::config {

/// How a value is written.
enum class shape : std::uint8_t {
    text,
    secret,     // a string; the same key with _file names a file that holds it
    path,       // of a file, relative to the configuration file
    choice,     // one of `choices`; "group:NAME" there stands for every text that begins so
    truth,      // true or false
    whole,      // a whole number
    duration,   // whole milliseconds, or a string with a unit
    size,       // whole bytes, or a string with a unit
    address,    // to listen on; "" is off
    addresses,  // to listen on
    texts,      // a list of strings
    nodes,      // a list of connection strings, or of tables as [cluster.NAME] nodes says
    peers,      // a table: number = address
    later,      // known, not carried out by this version: only its fallback may be said
};

using store_text = void (*)(draft&, std::string);
using store_number = void (*)(draft&, std::int64_t);
using store_truth = void (*)(draft&, bool);
using store_texts = void (*)(draft&, std::vector<placed_text>);

struct limits {
    std::int64_t least = 0;
    std::int64_t most = 0;  // 0: what most_of() says for the shape
};

struct key {
    std::string_view name;
    shape form = shape::text;
    std::string_view fallback = {};  // when not said, in TOML; empty: no value
    std::string_view says = {};      // what it does, in a line
    limits range = {};
    std::vector<std::string_view> choices = {};
    std::vector<std::string_view> later_choices = {};  // known, not carried out by this version
    std::variant<std::monostate, store_text, store_number, store_truth, store_texts> store = {};
    std::string_view since = "0.1";
};
std::int64_t most_of(const key& k);

enum class repetition : std::uint8_t {
    once,   // [pool]
    named,  // [cluster.NAME]
    listed  // [[rule]]
};

struct section {
    std::string_view title;  // "pool", "tls.client", "cluster" of [cluster.NAME], "rule"
    repetition form = repetition::once;
    std::string_view says = {};
    std::vector<key> keys = {};
    /// Makes room in the draft for one more; none where there is only one.
    void (*open)(draft&, std::string name, place at) = nullptr;
};
/// "[pool]", "[cluster.NAME]", "[[rule]]": as it is written.
std::string heading(const section& s);

/// In the order of the reference.
const std::vector<section>& sections();
/// The table form of an element of [cluster.NAME] nodes.
const section& node_table();

// The rows, by file.
section server_section();
section auth_section();
section cluster_section();
section database_section();
section user_section();
section pool_section();
section routing_section();
section rule_section();
section client_tls_section();
section node_tls_section();
section log_section();

}  // namespace weir::config
