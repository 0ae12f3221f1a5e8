#include "config/reader.hpp"

#include <algorithm>

#include "config/nearest.hpp"

namespace weir::config {

namespace {

const section* find_section(std::string_view title) {
    const auto& all = sections();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const section& s) { return s.title == title; });
    return found == all.end() ? nullptr : &*found;
}

const key* find_key(const section& s, std::string_view name) {
    const auto found =
        std::find_if(s.keys.begin(), s.keys.end(), [&](const key& k) { return k.name == name; });
    return found == s.keys.end() ? nullptr : &*found;
}

/// The secret that "probe_password_file" holds.
const key* find_secret_of_file(const section& s, std::string_view name) {
    constexpr std::string_view suffix = "_file";
    if (!name.ends_with(suffix)) return nullptr;
    const key* k = find_key(s, name.substr(0, name.size() - suffix.size()));
    return k != nullptr && k->form == shape::secret ? k : nullptr;
}

/// The first section that has this key, rather one where it can be set, and one where it is set for all.
const section* home_of(std::string_view name) {
    const section* best = nullptr;
    int merit = -1;
    for (const section& s : sections()) {
        const key* k = find_key(s, name);
        if (k == nullptr) k = find_secret_of_file(s, name);
        if (k == nullptr) continue;
        const int here = (k->form != shape::later ? 2 : 0) + (s.form == repetition::once ? 1 : 0);
        if (here <= merit) continue;
        best = &s;
        merit = here;
    }
    return best;
}

std::vector<std::string_view> titles() {
    std::vector<std::string_view> out;
    for (const section& s : sections()) out.push_back(s.title);
    return out;
}

std::vector<std::string_view> all_key_names() {
    std::vector<std::string_view> out;
    for (const section& s : sections()) {
        for (const key& k : s.keys) out.push_back(k.name);
    }
    return out;
}

std::string bracketed(const section& s, const std::string& path) {
    if (&s == &node_table()) return "an element of nodes";
    return s.form == repetition::listed ? heading(s) : "[" + path + "]";
}

}  // namespace

void reader::read(const item::table& root) {
    for (const entry& e : root) {
        const section* s = find_section(e.name);
        if (s == nullptr) {
            read_group(e);
            continue;
        }
        switch (s->form) {
            case repetition::once:
                read_once(*s, e);
                break;
            case repetition::named:
                read_named(*s, e);
                break;
            case repetition::listed:
                read_listed(*s, e);
                break;
        }
    }
}

void reader::read_once(const section& s, const entry& e) {
    const auto* table = e.held.as<item::table>();
    if (table == nullptr) {
        found_.refuse(
            e.at, std::string(s.title) + " must be a section, not " + std::string(phrase(e.held)),
            "write " + heading(s));
        return;
    }
    out_.places[std::string(s.title)] = e.at;
    read_keys(s, std::string(s.title), *table);
}

void reader::read_named(const section& s, const entry& e) {
    const std::string hint = "write " + heading(s);
    out_.places[std::string(s.title)] = e.at;
    const auto* table = e.held.as<item::table>();
    if (table == nullptr) {
        found_.refuse(e.at,
                      std::string(s.title) + " must be a section for each name, not " +
                          std::string(phrase(e.held)),
                      hint);
        return;
    }
    for (const entry& named : *table) {
        const auto* content = named.held.as<item::table>();
        if (content == nullptr) {
            found_.refuse(named.at, named.name + " must be inside of a section with a name", hint);
            continue;
        }
        s.open(out_, named.name, named.at);
        const std::string path = std::string(s.title) + "." + named.name;
        out_.places[path] = named.at;
        read_keys(s, path, *content);
    }
}

void reader::read_listed(const section& s, const entry& e) {
    const auto* list = e.held.as<item::list>();
    if (list == nullptr) {
        found_.refuse(e.at,
                      std::string(s.title) + " must be a list of sections, not " +
                          std::string(phrase(e.held)),
                      "write " + heading(s));
        return;
    }
    std::size_t count = 0;
    for (const item& element : *list) {
        const auto* table = element.as<item::table>();
        if (table == nullptr) {
            refuse_shape(std::string(s.title), element, "a section, " + heading(s));
            continue;
        }
        s.open(out_, {}, element.at);
        read_keys(s, std::string(s.title) + "." + std::to_string(count++), *table);
    }
}

void reader::read_group(const entry& e) {
    const std::string prefix = e.name + ".";
    const auto& all = sections();
    const auto known = std::find_if(all.begin(), all.end(),
                                    [&](const section& s) { return s.title.starts_with(prefix); });
    if (known == all.end()) return refuse_unknown_section(e, e.name);
    const auto* table = e.held.as<item::table>();
    if (table == nullptr) {
        return refuse_shape(e.name, e.held, "a group of sections, as " + heading(*known));
    }
    for (const entry& inner : *table) {
        const section* s = find_section(prefix + inner.name);
        if (s == nullptr) {
            refuse_unknown_section(inner, prefix + inner.name);
        } else {
            read_once(*s, inner);
        }
    }
}

void reader::refuse_unknown_section(const entry& e, const std::string& path) {
    const bool is_section =
        e.held.as<item::table>() != nullptr || e.held.as<item::list>() != nullptr;
    if (const section* home = home_of(path); home != nullptr) {
        found_.refuse(e.at, in_quotes(path) + " is outside of its section",
                      "it is a key of " + heading(*home));
        return;
    }
    if (is_section) {
        const section* likely = find_section(nearest(path, titles()));
        found_.refuse(e.at, "unknown section [" + path + "]",
                      "the nearest known one is " + heading(*likely));
        return;
    }
    const auto likely = nearest(path, all_key_names());
    found_.refuse(
        e.at, "unknown key " + in_quotes(path) + " outside of any section",
        "the nearest known one is " + in_quotes(likely) + " of " + heading(*home_of(likely)));
}

void reader::read_keys(const section& s, const std::string& path, const item::table& table) {
    for (const entry& e : table) {
        if (const key* k = find_key(s, e.name); k != nullptr) {
            read_key(*k, path, e);
        } else if (const key* secret = find_secret_of_file(s, e.name); secret != nullptr) {
            read_secret_file(*secret, e);
            if (out_.places.contains(path + "." + std::string(secret->name))) {
                found_.refuse(e.at, e.name + " and " + std::string(secret->name) + " are both set",
                              "keep one of them");
            }
            out_.places[path + "." + std::string(secret->name)] = e.held.at;
        } else {
            refuse_unknown_key(s, path, e);
        }
    }
}

void reader::refuse_unknown_key(const section& s, const std::string& path, const entry& e) {
    const std::string message = "unknown key " + in_quotes(e.name) + " in " + bracketed(s, path);
    if (const section* home = home_of(e.name); home != nullptr) {
        found_.refuse(e.at, message, "it is a key of " + heading(*home));
        return;
    }
    std::vector<std::string> secret_files;  // own the names that the views below look at
    secret_files.reserve(s.keys.size());
    std::vector<std::string_view> names;
    for (const key& k : s.keys) {
        names.push_back(k.name);
        if (k.form != shape::secret) continue;
        names.push_back(secret_files.emplace_back(std::string(k.name) + "_file"));
    }
    found_.refuse(e.at, message, "the nearest known one is " + in_quotes(nearest(e.name, names)));
}

}  // namespace weir::config
