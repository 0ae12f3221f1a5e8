// The reader's half that takes one value by the shape of its key.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "config/nearest.hpp"
#include "config/quantity.hpp"
#include "config/reader.hpp"

namespace weir::config {

namespace {

std::string_view wanted(shape form) {
    switch (form) {
        case shape::text:
        case shape::secret:
        case shape::path:
        case shape::choice:
            return "a string";
        case shape::truth:
            return "true or false";
        case shape::whole:
            return "a whole number";
        case shape::duration:
            return "a whole number of milliseconds, or a string as \"5s\"";
        case shape::size:
            return "a whole number of bytes, or a string as \"64MiB\"";
        case shape::address:
            return "a string as \"127.0.0.1:9432\"";
        case shape::addresses:
        case shape::texts:
            return "a list of strings";
        case shape::nodes:
            return "a list of connection strings";
        case shape::peers:
            return "a table as { 1 = \"host:port\" }";
        case shape::later:
            return "nothing yet";
    }
    std::abort();
}

/// "group:NAME" stands for every text that begins with "group:" and goes on.
bool is_one_of(const std::vector<std::string_view>& choices, const std::string& text) {
    return std::any_of(choices.begin(), choices.end(), [&](std::string_view each) {
        constexpr std::string_view any = "NAME";
        if (!each.ends_with(any)) return each == text;
        const auto prefix = each.substr(0, each.size() - any.size());
        return text.starts_with(prefix) && text.size() > prefix.size();
    });
}

/// As TOML writes it, for the values that a key of shape::later may have.
std::string written(const item& i) {
    if (const auto* text = i.as<std::string>()) return in_quotes(*text);
    if (const auto* number = i.as<std::int64_t>()) return std::to_string(*number);
    if (const auto* list = i.as<item::list>()) return list->empty() ? "[]" : "[...]";
    if (const auto* table = i.as<item::table>()) return table->empty() ? "{}" : "{...}";
    if (const auto* truth = i.as<bool>()) return *truth ? "true" : "false";
    return "?";
}

}  // namespace

std::string resolved_path(const std::string& file, const std::string& path) {
    return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

void reader::read_key(const key& k, const std::string& path, const entry& e) {
    const std::string full = path + "." + e.name;
    if (k.form == shape::secret && out_.places.contains(full)) {
        found_.refuse(e.at, e.name + " and " + e.name + "_file are both set", "keep one of them");
    }
    out_.places[full] = e.held.at;
    switch (k.form) {
        case shape::text:
        case shape::secret:
        case shape::path:
            return take_text(k, e);
        case shape::choice:
            return take_choice(k, e);
        case shape::truth:
            return take_truth(k, e);
        case shape::whole:
        case shape::duration:
        case shape::size:
            return take_number(k, e);
        case shape::address:
        case shape::addresses:
        case shape::texts:
            return take_texts(k, e);
        case shape::nodes:
            return take_nodes(e, path);
        case shape::peers:
            return take_peers(e);
        case shape::later:
            return take_later(k, e);
    }
}

void reader::refuse_shape(const std::string& name, const item& i, std::string_view what) {
    found_.refuse(i.at, name + " must be " + std::string(what) + ", not " + std::string(phrase(i)));
}

std::optional<std::string> reader::text_of(const std::string& name, const item& i) {
    const auto* raw = i.as<std::string>();
    if (raw == nullptr) {
        refuse_shape(name, i, "a string");
        return std::nullopt;
    }
    auto filled = expand(*raw, world_.environment);
    if (const auto* bad = std::get_if<wrong>(&filled)) {
        found_.refuse(i.at, name + " " + bad->message, bad->hint);
        return std::nullopt;
    }
    auto& text = std::get<std::string>(filled);
    if (text.find('\0') != std::string::npos) {
        // Neither PostgreSQL nor the system's calls can carry one; it would cut the text short.
        found_.refuse(i.at, name + " holds a zero byte");
        return std::nullopt;
    }
    return std::move(text);
}

void reader::take_text(const key& k, const entry& e) {
    auto text = text_of(e.name, e.held);
    if (!text) return;
    if (k.form == shape::path && !text->empty()) *text = resolved_path(out_.made.file, *text);
    std::get<store_text>(k.store)(out_, std::move(*text));
}

void reader::read_secret_file(const key& k, const entry& e) {
    const auto path = text_of(e.name, e.held);
    if (!path) return;
    if (path->empty()) return found_.refuse(e.held.at, e.name + " names no file");
    const std::string full = resolved_path(out_.made.file, *path);
    auto read = world_.read_file(full);
    if (const auto* bad = std::get_if<complaint>(&read)) {
        return found_.refuse(e.held.at, e.name + ": " + full + " " + bad->message, bad->hint);
    }
    auto& content = std::get<std::string>(read);
    // Editors end a file with a line break; no password ends with one.
    while (content.ends_with('\n') || content.ends_with('\r')) content.pop_back();
    if (content.empty()) return found_.refuse(e.held.at, e.name + ": " + full + " is empty");
    if (content.find_first_of(std::string_view("\n\r\0", 3)) != std::string::npos) {
        return found_.refuse(e.held.at, e.name + ": " + full + " holds more than one line");
    }
    std::get<store_text>(k.store)(out_, std::move(content));
}

void reader::take_choice(const key& k, const entry& e) {
    auto text = text_of(e.name, e.held);
    if (!text) return;
    if (is_one_of(k.choices, *text)) {
        return std::get<store_text>(k.store)(out_, std::move(*text));
    }
    if (is_one_of(k.later_choices, *text)) {
        found_.refuse(e.held.at, e.name + " = " + in_quotes(*text) +
                                     " is not available in this version of Weir");
        return;
    }
    std::string known;
    for (const std::string_view each : k.choices)
        known += (known.empty() ? "" : ", ") + in_quotes(each);
    found_.refuse(e.held.at, e.name + " cannot be " + in_quotes(*text) + "; known: " + known,
                  "the nearest known one is " + in_quotes(nearest(*text, k.choices)));
}

void reader::take_truth(const key& k, const entry& e) {
    const auto* truth = e.held.as<bool>();
    if (truth == nullptr) return refuse_shape(e.name, e.held, wanted(k.form));
    std::get<store_truth>(k.store)(out_, *truth);
}

std::optional<std::int64_t> reader::number_of(const key& k, const entry& e) {
    if (const auto* number = e.held.as<std::int64_t>()) return *number;
    const auto* raw = e.held.as<std::string>();
    // A number in quotes is a slip, but a variable can only stand in a string.
    const bool may_be_text =
        k.form != shape::whole || (raw && raw->find("${") != std::string::npos);
    if (raw == nullptr || !may_be_text) {
        refuse_shape(e.name, e.held, wanted(k.form));
        return std::nullopt;
    }
    const auto text = text_of(e.name, e.held);
    if (!text) return std::nullopt;
    if (k.form == shape::whole) {
        const auto number = parse_whole(*text);
        if (!number)
            found_.refuse(e.held.at, e.name + " must be a whole number, not " + in_quotes(*text));
        return number;
    }
    const auto read =
        k.form == shape::duration ? parse_duration_ms(*text) : parse_size_bytes(*text);
    if (const auto* bad = std::get_if<wrong>(&read)) {
        found_.refuse(e.held.at, e.name + " " + bad->message, bad->hint);
        return std::nullopt;
    }
    return std::get<std::int64_t>(read);
}

void reader::take_number(const key& k, const entry& e) {
    const auto number = number_of(k, e);
    if (!number) return;
    if (*number < k.range.least || *number > most_of(k)) {
        found_.refuse(e.held.at, e.name + " must be from " + std::to_string(k.range.least) +
                                     " to " + std::to_string(most_of(k)) + ", not " +
                                     std::to_string(*number));
        return;
    }
    std::get<store_number>(k.store)(out_, *number);
}

void reader::take_texts(const key& k, const entry& e) {
    std::vector<placed_text> texts;
    bool readable = true;
    const auto* list = e.held.as<item::list>();
    const bool single = k.form == shape::address;
    if (single ? e.held.as<std::string>() == nullptr : list == nullptr) {
        return refuse_shape(e.name, e.held, wanted(k.form));
    }
    const item::list one = single ? item::list{e.held} : item::list{};
    for (const item& each : single ? one : *list) {
        auto text = text_of(e.name, each);
        if (text) texts.push_back({std::move(*text), each.at});
        readable = readable && text.has_value();
    }
    if (!readable) return;
    std::get<store_texts>(k.store)(out_, std::move(texts));
}

void reader::take_nodes(const entry& e, const std::string& path) {
    const auto* list = e.held.as<item::list>();
    if (list == nullptr) return refuse_shape(e.name, e.held, wanted(shape::nodes));
    if (list->empty()) found_.refuse(e.held.at, e.name + " is empty");
    for (const item& each : *list) {
        const auto* table = each.as<item::table>();
        if (table == nullptr && each.as<std::string>() == nullptr) {
            refuse_shape("an element of " + e.name, each, "a connection string or a table");
            continue;
        }
        node_table().open(out_, {}, each.at);
        node_draft& node = out_.clusters.back().nodes.back();
        if (table == nullptr) {
            node.conninfo = text_of(e.name, each);
            continue;
        }
        read_keys(node_table(), path + ".nodes", *table);
        if (std::none_of(table->begin(), table->end(),
                         [](const entry& inner) { return inner.name == "conninfo"; })) {
            found_.refuse(each.at, "this node has no conninfo",
                          "write { conninfo = \"host=... port=...\" }");
        }
    }
}

void reader::take_peers(const entry& e) {
    const auto* table = e.held.as<item::table>();
    if (table == nullptr) return refuse_shape(e.name, e.held, wanted(shape::peers));
    for (const entry& each : *table) {
        auto address = text_of(e.name + "." + each.name, each.held);
        if (!address) continue;
        out_.peers.push_back({each.name, each.at, {std::move(*address), each.held.at}});
    }
}

void reader::take_later(const key& k, const entry& e) {
    item filled = e.held;
    if (e.held.as<std::string>() != nullptr) {
        auto text = text_of(e.name, e.held);
        if (!text) return;
        filled.value = std::move(*text);
    }
    if (!k.fallback.empty() && written(filled) == k.fallback) return;
    found_.refuse(e.held.at, e.name + " is not available in this version of Weir",
                  k.fallback.empty() ? "leave it out"
                                     : "leave it out, or set it to " + std::string(k.fallback));
}

}  // namespace weir::config
