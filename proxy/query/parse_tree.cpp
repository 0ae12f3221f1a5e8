#include "query/parse_tree.hpp"

#include <cstdint>
#include <string>

namespace weir::query {

parse_tree::parse_tree(std::string_view text) {
    const std::string terminated(text);
    const PgQueryProtobufParseResult made = pg_query_parse_protobuf(terminated.c_str());
    if (made.error == nullptr) {
        result_.reset(pg_query__parse_result__unpack(
            nullptr, made.parse_tree.len,
            reinterpret_cast<const std::uint8_t*>(made.parse_tree.data)));
    }
    pg_query_free_protobuf_parse_result(made);
}

std::span<PgQuery__RawStmt* const> parse_tree::statements() const {
    if (!result_) return {};
    return {result_->stmts, result_->n_stmts};
}

void parse_tree::release::operator()(PgQuery__ParseResult* r) const {
    pg_query__parse_result__free_unpacked(r, nullptr);
}

}  // namespace weir::query
