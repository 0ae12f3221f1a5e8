// reader: walks a TOML document along the table of keys, fills the draft and notes what is wrong.
// Judges each value alone; settle() judges them together.
#pragma once

#include <string>

#include "config/document.hpp"
#include "config/draft.hpp"
#include "config/key.hpp"
#include "config/load.hpp"

namespace weir::config {

/// A path in the configuration, relative to the folder of the configuration file.
std::string resolved_path(const std::string& file, const std::string& path);

class reader {
public:
    reader(const surroundings& world, draft& out, findings& found)
        : world_(world), out_(out), found_(found) {}

    void read(const item::table& root);

private:
    void read_once(const section& s, const entry& e);
    void read_named(const section& s, const entry& e);
    void read_listed(const section& s, const entry& e);
    void read_group(const entry& e);  // "tls" of [tls.client]
    void refuse_unknown_section(const entry& e, const std::string& path);

    /// path: "pool", "cluster.main", "rule.0"; heads what is kept in draft::places.
    void read_keys(const section& s, const std::string& path, const item::table& table);
    void read_key(const key& k, const std::string& path, const entry& e);
    void read_secret_file(const key& k, const entry& e);
    void refuse_unknown_key(const section& s, const std::string& path, const entry& e);

    void take_text(const key& k, const entry& e);
    void take_choice(const key& k, const entry& e);
    void take_truth(const key& k, const entry& e);
    void take_number(const key& k, const entry& e);
    void take_texts(const key& k, const entry& e);
    void take_nodes(const entry& e, const std::string& path);
    void take_peers(const entry& e);
    void take_later(const key& k, const entry& e);

    /// The string with its variables filled in; nothing, and noted, where that fails.
    std::optional<std::string> text_of(const std::string& name, const item& i);
    std::optional<std::int64_t> number_of(const key& k, const entry& e);
    void refuse_shape(const std::string& name, const item& i, std::string_view wanted);

    const surroundings& world_;
    draft& out_;
    findings& found_;
};

}  // namespace weir::config
