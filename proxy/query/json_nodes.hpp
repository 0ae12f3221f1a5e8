// json_nodes: JSON text -> tree_nodes, in place and without recursion. For the JSON that
// libpg_query writes; anything else is refused rather than understood.
#pragma once

#include <memory_resource>
#include <vector>

#include "query/parse_tree.hpp"

namespace weir::query {

class json_nodes {
public:
    /// json ends with a NUL; the escapes in its strings are replaced where they stand. It and
    /// memory must live as long as the nodes.
    json_nodes(char* json, std::pmr::memory_resource& memory) : at_(json), memory_(memory) {}

    /// The outermost value; null if the text is no JSON.
    const tree_node* read();

private:
    struct open_node {
        tree_node* node;
        const tree_node** tail;  // where the next child is hooked in
    };

    bool value(std::string_view key);
    bool member_key(std::string_view& key);
    bool string(std::string_view& out);
    bool unicode_escape(char*& to);
    tree_node* add(std::string_view key);

    char* at_;
    std::pmr::memory_resource& memory_;
    std::vector<open_node> open_;
    const tree_node* root_ = nullptr;
};

}  // namespace weir::query
