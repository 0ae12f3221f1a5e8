#include "session/settings.hpp"

#include <algorithm>
#include <functional>

namespace weir::session {
namespace {

constexpr std::string_view authorization = "session_authorization";
constexpr std::string_view role = "role";
constexpr std::string_view encoding = "client_encoding";

// In the order of `usual`.
constexpr std::array<std::string_view, 7> usual_names = {
    "search_path", role, authorization, "statement_timeout", "default_transaction_read_only",
    "default_transaction_isolation", "application_name"};

std::uint64_t digest_of_one(const setting& s) {
    const std::hash<std::string_view> hash;
    return hash(s.name) * 0x9e3779b97f4a7c15u + hash(s.value);
}

std::string quoted_name(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    return out + '"';
}

/// The order in which they have to be set.
int rank(const setting& s) {
    if (s.name == authorization) return 1;
    if (s.name == role) return 2;
    return s.privileged ? 0 : 3;
}

bool differs(const settings_ptr& from, const settings_ptr& to, std::string_view name) {
    const auto* a = find(from, name);
    const auto* b = find(to, name);
    return (a == nullptr) != (b == nullptr) || (a != nullptr && *a != *b);
}

std::string set_all(const std::vector<const setting*>& wanted) {
    std::string text;
    for (const auto* s : wanted) {
        text += text.empty() ? "SELECT " : ", ";
        text += "pg_catalog.set_config(" + sql_literal(s->name) + ", " + sql_literal(s->value) + ", false)";
    }
    return text;
}

}  // namespace

settings::settings(std::vector<setting> all) : all_(std::move(all)) {
    std::sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const auto& s : all_) digest_ = digest_ * 31 + digest_of_one(s);
    for (std::size_t i = 0; i < usual_count; ++i) {
        const auto* value = find(usual_names[i]);
        const auto at = std::find_if(all_.begin(), all_.end(), [&](const setting& s) { return &s.value == value; });
        usual_[i] = value != nullptr ? static_cast<std::uint16_t>(at - all_.begin()) : none;
    }
    if (digest_ == 0) digest_ = 1;  // 0 stands for nothing
}

const std::string* settings::find(std::string_view name) const {
    auto found = std::lower_bound(all_.begin(), all_.end(), name,
                                  [](const setting& s, std::string_view n) { return s.name < n; });
    return found != all_.end() && found->name == name ? &found->value : nullptr;
}

bool is_custom(std::string_view name) { return name.find('.') != std::string_view::npos; }

bool equal(const settings_ptr& a, const settings_ptr& b) {
    return a == b || (a && b && *a == *b);
}

const std::string* find(const settings_ptr& in, std::string_view name) {
    return in ? in->find(name) : nullptr;
}

bool shows_a_trace(const settings_ptr& on_connection, const settings_ptr& wanted) {
    if (!on_connection) return false;
    for (const auto& s : on_connection->all())
        if (is_custom(s.name) && find(wanted, s.name) == nullptr) return true;
    return false;
}

settings_ptr after_discard(const settings_ptr& before, const std::vector<std::string>& custom_names) {
    std::vector<setting> left;
    for (const auto& name : custom_names) left.push_back({name, ""});
    if (before)
        for (const auto& s : before->all())
            if (is_custom(s.name) &&
                std::find(custom_names.begin(), custom_names.end(), s.name) == custom_names.end())
                left.push_back({s.name, ""});
    return left.empty() ? nullptr : std::make_shared<const settings>(std::move(left));
}

settings_ptr with(const settings_ptr& of, std::string_view name, const std::string* value) {
    std::vector<setting> all;
    if (of) all = of->all();
    std::erase_if(all, [&](const setting& s) { return s.name == name; });
    if (value != nullptr) all.push_back({std::string(name), *value});
    return all.empty() ? nullptr : std::make_shared<const settings>(std::move(all));
}

std::string sql_literal(std::string_view text) {
    const bool escapes = text.find('\\') != std::string_view::npos;
    std::string out = escapes ? "E'" : "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out.push_back(c);
        out.push_back(c);
    }
    return out + '\'';
}

std::vector<std::string> bring_over(const settings_ptr& from, const settings_ptr& to) {
    if (equal(from, to)) return {};
    std::string given_up;
    std::vector<const setting*> wanted;
    bool privileged = false;
    if (to)
        for (const auto& s : to->all())
            if (s.name != authorization && s.name != role && differs(from, to, s.name)) {
                wanted.push_back(&s);
                privileged = privileged || s.privileged;
            }
    std::string resets;
    if (from)
        for (const auto& s : from->all())
            if (s.name != authorization && s.name != role && find(to, s.name) == nullptr) {
                resets += "RESET " + quoted_name(s.name) + ";";
                privileged = privileged || s.privileged;
            }
    const bool was_somebody = find(from, authorization) != nullptr || find(from, role) != nullptr;
    const bool changes_identity = differs(from, to, authorization) || differs(from, to, role) ||
                                  (was_somebody && privileged);
    if (changes_identity) {
        // Also takes the role back (manual, SET SESSION AUTHORIZATION).
        if (was_somebody) given_up = "RESET SESSION AUTHORIZATION;RESET ROLE;";
        if (to)
            for (const auto& s : to->all())
                if (s.name == authorization || s.name == role) wanted.push_back(&s);
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const auto* a, const auto* b) { return rank(*a) < rank(*b); });
    given_up += resets;
    std::vector<std::string> texts;
    auto new_encoding = std::find_if(wanted.begin(), wanted.end(),
                                     [](const auto* s) { return s->name == encoding; });
    const bool first_alone = (new_encoding != wanted.end() || resets.find(encoding) != std::string::npos) &&
                             wanted.size() > (new_encoding != wanted.end() ? 1u : 0u);
    if (first_alone) {
        std::string first = std::move(given_up);
        given_up.clear();
        if (new_encoding != wanted.end()) {
            first += set_all({*new_encoding});
            wanted.erase(new_encoding);
        }
        texts.push_back(std::move(first));
    }
    std::string rest = std::move(given_up) + set_all(wanted);
    if (!rest.empty()) texts.push_back(std::move(rest));
    return texts;
}

settings_ptr settings_store::intern(settings_ptr made) {
    if (!made) return nullptr;
    const auto [first, last] = known_.equal_range(made->digest());
    for (auto it = first; it != last; ++it) {
        auto alive = it->second.lock();
        if (alive && *alive == *made) return alive;
    }
    if (known_.size() >= purge_at_) {
        std::erase_if(known_, [](const auto& item) { return item.second.expired(); });
        purge_at_ = std::max<std::size_t>(1024, known_.size() * 2);
    }
    known_.emplace(made->digest(), made);
    return made;
}

}  // namespace weir::session
