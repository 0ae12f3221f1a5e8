// settings: what a session has set, as the server tells it, apart from what its connections start with:
// a value that moves with the session from one backend connection to the next. It knows the text that
// brings a connection from one state to another, and neither the session nor the connection.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"

namespace weir::session {

struct setting {
    std::string name;
    std::string value;
    bool privileged = false;  // only a superuser may set it: before the role is changed

    bool operator==(const setting&) const = default;
};

/// Those that a session asks for at every request.
enum class usual : std::uint8_t {
    search_path,
    role,
    session_authorization,
    statement_timeout,
    default_transaction_read_only,
    default_transaction_isolation,
    application_name,
};

class settings {
public:
    /// In any order, each name once. Names with a dot are custom settings: PostgreSQL never forgets
    /// that a connection has had one, and so neither do we, even where its value is '' (FACTS 16).
    explicit settings(std::vector<setting> all);

    const std::vector<setting>& all() const { return all_; }  // by name
    const std::string* find(std::string_view name) const;
    const std::string* find(usual which) const {
        const auto at = usual_[static_cast<std::size_t>(which)];
        return at == none ? nullptr : &all_[at].value;
    }
    std::uint64_t digest() const { return digest_; }
    bool operator==(const settings& other) const {
        return digest_ == other.digest_ && all_ == other.all_;
    }

private:
    static constexpr std::uint16_t none = 0xffff;
    static constexpr std::size_t usual_count = 7;

    std::vector<setting> all_;
    std::uint64_t digest_ = 0;
    std::array<std::uint16_t, usual_count> usual_{};  // places in all_
};

/// Null: nothing is set.
using settings_ptr = std::shared_ptr<const settings>;

bool is_custom(std::string_view name);
bool equal(const settings_ptr& a, const settings_ptr& b);
inline std::uint64_t digest_of(const settings_ptr& s) { return s ? s->digest() : 0; }
const std::string* find(const settings_ptr& in, std::string_view name);
inline const std::string* find(const settings_ptr& in, usual which) { return in ? in->find(which) : nullptr; }

/// A connection in the first state shows, by a custom name, that another session was there before a
/// session that wants the second one.
bool shows_a_trace(const settings_ptr& on_connection, const settings_ptr& wanted);

/// What is left of a state after DISCARD ALL.
settings_ptr after_discard(const settings_ptr& before, const std::vector<std::string>& custom_names);

/// `of` with another value for one name (no value: without it).
settings_ptr with(const settings_ptr& of, std::string_view name, const std::string* value);

/// Query strings that bring a connection from one state to another, each a transaction of its own; none
/// where they are equal. The order is that in which the server grants it: identity back, what is given
/// up, privileged settings, session authorization, role, the rest (FACTS 15). Where the encoding
/// changes, it does so in a string of its own, because the values are in the session's.
std::vector<std::string> bring_over(const settings_ptr& from, const settings_ptr& to);

/// 'text' as a literal that means the same under any standard_conforming_strings.
std::string sql_literal(std::string_view text);

/// Equal settings of the sessions of a worker are one value.
class settings_store {
public:
    settings_ptr intern(settings_ptr made);
    std::size_t size() const { return known_.size(); }

private:
    std::unordered_multimap<std::uint64_t, std::weak_ptr<const settings>> known_;
    std::size_t purge_at_ = 1024;
};

}  // namespace weir::session
