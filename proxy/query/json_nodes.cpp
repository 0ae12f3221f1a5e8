#include "query/json_nodes.hpp"

#include <new>

namespace weir::query {

const tree_node* json_nodes::read() {
    if (!value({})) return nullptr;
    while (!open_.empty()) {
        const open_node& top = open_.back();
        const char bracket = top.node->is_object ? '}' : ']';
        if (*at_ == bracket) {
            ++at_;
            open_.pop_back();
            continue;
        }
        if (top.node->first != nullptr && *at_++ != ',') return nullptr;
        std::string_view key;
        if (top.node->is_object && !member_key(key)) return nullptr;
        if (!value(key)) return nullptr;
    }
    return *at_ == '\0' ? root_ : nullptr;
}

bool json_nodes::member_key(std::string_view& key) {
    if (!string(key) || *at_ != ':') return false;
    ++at_;
    return true;
}

tree_node* json_nodes::add(std::string_view key) {
    auto* node = new (memory_.allocate(sizeof(tree_node), alignof(tree_node))) tree_node;
    node->key = key;
    if (open_.empty()) {
        root_ = node;
    } else {
        *open_.back().tail = node;
        open_.back().tail = &node->next;
    }
    return node;
}

/// A string, number or word, or the opening bracket of what read() then goes through.
bool json_nodes::value(std::string_view key) {
    tree_node* node = add(key);
    if (*at_ == '{' || *at_ == '[') {
        (*at_ == '{' ? node->is_object : node->is_list) = true;
        ++at_;
        open_.push_back({node, &node->first});
        return true;
    }
    if (*at_ == '"') return string(node->text);
    const char* from = at_;
    while ((*at_ >= '0' && *at_ <= '9') || (*at_ >= 'a' && *at_ <= 'z') || *at_ == '-' ||
           *at_ == '.' || *at_ == '+' || *at_ == 'E')
        ++at_;
    node->text = std::string_view(from, static_cast<std::size_t>(at_ - from));
    return at_ != from;
}

bool json_nodes::string(std::string_view& out) {
    if (*at_ != '"') return false;
    char* const from = ++at_;
    char* to = from;
    while (*at_ != '"') {
        if (*at_ == '\0') return false;
        if (*at_ != '\\') {
            *to++ = *at_++;
            continue;
        }
        ++at_;
        switch (*at_++) {
            case 'b':
                *to++ = '\b';
                break;
            case 'f':
                *to++ = '\f';
                break;
            case 'n':
                *to++ = '\n';
                break;
            case 'r':
                *to++ = '\r';
                break;
            case 't':
                *to++ = '\t';
                break;
            case '"':
                *to++ = '"';
                break;
            case '\\':
                *to++ = '\\';
                break;
            case '/':
                *to++ = '/';
                break;
            case 'u':
                if (!unicode_escape(to)) return false;
                break;
            default:
                return false;
        }
    }
    ++at_;
    out = std::string_view(from, static_cast<std::size_t>(to - from));
    return true;
}

/// Only single bytes are written this way: control characters, < and >.
bool json_nodes::unicode_escape(char*& to) {
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = *at_;
        const bool is_digit = c >= '0' && c <= '9';
        const bool is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!is_digit && !is_letter) return false;
        code = code * 16 + static_cast<unsigned>(is_digit ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    if (code == 0 || code > 0x7f) return false;
    *to++ = static_cast<char>(code);
    return true;
}

}  // namespace weir::query
