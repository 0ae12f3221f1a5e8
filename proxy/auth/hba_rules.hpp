// hba_rules: lines in the format of pg_hba.conf (manual, 21.1, with PostgreSQL 16's regular expressions and
// includes), and which of them is about a connection: the first that fits, and no other. Pure: it looks no name up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/method.hpp"
#include "auth/name_pattern.hpp"
#include "auth/token_lines.hpp"
#include "base/client_range.hpp"

namespace weir::auth {

/// What is known of a connection when its line is looked for.
struct visitor {
    std::string_view user;
    std::string_view database;
    bool physical_replication = false;  // replication=true: only the keyword fits, whatever the database
    bool local = false;                 // over a Unix socket
    bool encrypted = false;
    std::string_view address = {};  // numeric, with a port or without; not looked at where it is local
    /// Of the address, and confirmed by looking up its own addresses; empty: it has none. Nothing: not looked up yet.
    std::optional<std::string_view> host_name = std::nullopt;
};

enum class connection_type : std::uint8_t { local, host, hostssl, hostnossl, hostgssenc, hostnogssenc };

/// Which addresses a line is about.
struct address_rule {
    enum class kind : std::uint8_t { all, range, host, same_host, same_net };
    kind is = kind::all;
    std::optional<client_range> range = {};
    std::string host = {};  // ".example.com": all names that end so
};

struct hba_line {
    std::string file;
    std::uint32_t number = 0;
    connection_type type = connection_type::host;
    std::vector<name_pattern> databases;
    std::vector<name_pattern> users;
    address_rule from = {};
    demand wants = {};
};

/// This machine's own, as samehost and samenet mean them: every address as a range of its network.
struct own_address {
    client_range alone;
    client_range network;
};

struct needs_host_name {};

class hba_rules {
public:
    explicit hba_rules(std::vector<hba_line> lines = {}) : lines_(std::move(lines)) {}
    /// One method for all connections.
    static hba_rules same_for_all(method by);

    /// The line, null where none fits, or that it depends on the host's name.
    using finding = std::variant<const hba_line*, needs_host_name>;
    finding find(const visitor& who, const std::vector<own_address>& own) const;

    const std::vector<hba_line>& lines() const { return lines_; }
    /// Does any line ask for a secret, or for a certificate?
    bool asks_for_secrets() const;
    bool asks_only_for_secrets() const;
    bool asks_for_certificates() const;

private:
    std::vector<hba_line> lines_;
};

struct hba_parsed {
    std::vector<hba_line> lines;
    std::vector<complaint> faults;
    std::vector<complaint> warnings;
    std::vector<std::pair<std::string, complaint>> maps;  // names of maps that lines use, and where
};

hba_parsed parse_hba(const token_lines& from);

}  // namespace weir::auth
