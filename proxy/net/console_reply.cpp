#include "net/console_reply.hpp"

#include "wire/backend.hpp"

namespace weir::net {

namespace backend = wire::backend;

void append_answer(bytes& to, const result<status::table>& answer, bool with_columns) {
    if (!answer) return backend::append_error(to, "ERROR", answer.error());
    if (!answer->columns.empty()) {
        if (with_columns) backend::append_text_row_description(to, answer->columns);
        for (const auto& row : answer->rows) backend::append_text_row(to, row);
    }
    if (answer->tag.empty()) {
        backend::append_message(to, backend::empty_query_response, {});
    } else {
        backend::append_command_complete(to, answer->tag);
    }
}

void append_columns(bytes& to, const std::vector<std::string>& columns, bool of_statement) {
    if (of_statement) backend::append_message(to, backend::parameter_description, bytes(2, '\0'));
    if (columns.empty()) return backend::append_no_data(to);
    backend::append_text_row_description(to, columns);
}

}  // namespace weir::net
