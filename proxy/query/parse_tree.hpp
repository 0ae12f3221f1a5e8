// parse_tree: what libpg_query makes of a text: PostgreSQL 15's raw parse tree, read from the JSON
// form into nodes that can be walked. (Its protobuf form costs eight times the CPU: each node tries
// 238 fields four times.) It knows nothing of what the nodes mean.
#pragma once

#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace weir::query {

/// An object, a list or a single value. Valid as long as its parse_tree.
struct tree_node {
    std::string_view key;   // its name in the object that holds it; empty in a list
    std::string_view text;  // of a string, number, true or enumerator; else empty
    bool is_list = false;
    bool is_object = false;
    const tree_node* first = nullptr;  // child
    const tree_node* next = nullptr;   // sibling

    const tree_node* child(std::string_view name) const;
    /// The text of that child; empty where there is none, as default values are left out.
    std::string_view text_of(std::string_view name) const;
    bool is_true(std::string_view name) const { return text_of(name) == "true"; }

    /// A node of the tree stands in an object of one member, whose key is the type: {"SelectStmt":
    /// {...}}.
    bool has_type() const { return is_object && first != nullptr && is_type_name(first->key); }
    bool has_type(std::string_view type) const { return has_type() && first->key == type; }
    std::string_view type() const { return has_type() ? first->key : std::string_view(); }
    /// What the type's object holds. Only where has_type().
    const tree_node& body() const { return *first; }

private:
    static bool is_type_name(std::string_view key) {
        return !key.empty() && key[0] >= 'A' && key[0] <= 'Z';
    }
};

class parse_tree {
public:
    /// The text must have passed is_shallow() (query/nesting.hpp): libpg_query recurses without a
    /// limit.
    explicit parse_tree(std::string_view text);
    parse_tree(const parse_tree&) = delete;
    parse_tree& operator=(const parse_tree&) = delete;

    bool parsed() const { return parsed_; }
    /// Each is a node with a type. Only where parsed().
    const std::vector<const tree_node*>& statements() const { return statements_; }
    /// Where in the text the i-th of them stands.
    struct range {
        std::size_t offset = 0;
        std::size_t length = std::string_view::npos;  // to the end
    };
    range place(std::size_t i) const { return places_[i]; }

private:
    struct release {
        void operator()(char* text) const;
    };

    void collect_statements();

    bool parsed_ = false;
    std::unique_ptr<char, release> json_;
    std::pmr::monotonic_buffer_resource memory_;
    const tree_node* root_ = nullptr;
    std::vector<const tree_node*> statements_;
    std::vector<range> places_;
};

}  // namespace weir::query
