#include "query/parse_tree.hpp"

#include <pg_query.h>

#include <charconv>
#include <cstdlib>
#include <string>

#include "query/json_nodes.hpp"

namespace weir::query {

namespace {

/// Left as it is where the member is left out, as one of value 0 is.
void number_of(const tree_node& node, std::string_view member, std::size_t& number) {
    const std::string_view digits = node.text_of(member);
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
}

}  // namespace

const tree_node* tree_node::child(std::string_view name) const {
    for (const tree_node* c = first; c != nullptr; c = c->next)
        if (c->key == name) return c;
    return nullptr;
}

std::string_view tree_node::text_of(std::string_view name) const {
    const tree_node* c = child(name);
    return c == nullptr ? std::string_view() : c->text;
}

parse_tree::parse_tree(std::string_view text) {
    const std::string terminated(text);
    PgQueryParseResult made = pg_query_parse(terminated.c_str());
    if (made.error == nullptr) {
        json_.reset(made.parse_tree);
        made.parse_tree = nullptr;
        root_ = json_nodes(json_.get(), memory_).read();
        if (root_ != nullptr) collect_statements();
    }
    pg_query_free_parse_result(made);
}

/// {"version": ..., "stmts": [{"stmt": {...}, "stmt_location": ..., "stmt_len": ...}, ...]}
void parse_tree::collect_statements() {
    const tree_node* list = root_->child("stmts");
    parsed_ = list != nullptr;
    for (const tree_node* raw = parsed_ ? list->first : nullptr; raw != nullptr; raw = raw->next) {
        const tree_node* statement = raw->child("stmt");
        if (statement == nullptr || !statement->has_type()) {
            parsed_ = false;
            return;
        }
        statements_.push_back(statement);
        range place;
        number_of(*raw, "stmt_location", place.offset);
        number_of(*raw, "stmt_len", place.length);
        places_.push_back(place);
    }
}

void parse_tree::release::operator()(char* text) const { std::free(text); }

}  // namespace weir::query
