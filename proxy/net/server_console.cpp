// server: the console's statements, on the main thread.
#include <boost/asio/post.hpp>

#include "net/console_reply.hpp"
#include "net/server.hpp"

namespace weir::net {

void server::console(unsigned from, session_id who, std::uint32_t pid, std::vector<session::console_step> steps,
                     status::console_right has) {
    boost::asio::post(io_, [this, asks = hold_desk::console{from, who, pid}, has, steps = std::move(steps)] {
        session::console_answered answer;
        for (std::size_t i = 0; i < steps.size() && !answer.failed; ++i) {
            auto waits = take_step(steps[i], has, answer);
            if (!waits) continue;
            // What it waits for may take long: what was answered before it is told, and nothing can come behind it.
            answer.more = true;
            tell_console(asks, std::move(answer));
            return holds_.wait(asks, std::move(*waits));
        }
        tell_console(asks, std::move(answer));
    });
}

/// An answer that is not there yet is returned.
std::optional<status::table> server::take_step(const session::console_step& step, status::console_right has,
                                               session::console_answered& to) {
    using kind = session::console_step::kind;
    switch (step.is) {
        case kind::reply:
        case kind::fails:
            to.reply.append(step.text);
            to.failed = step.is == kind::fails;
            return std::nullopt;
        case kind::describe_statement:
        case kind::describe_portal: {
            const auto columns = answers_.columns(step.text);
            to.failed = !columns;
            if (!columns) {
                append_answer(to.reply, columns.error(), false);
            } else {
                append_columns(to.reply, *columns, step.is == kind::describe_statement);
            }
            return std::nullopt;
        }
        case kind::query:
        case kind::execute: break;
    }
    auto answer = answers_.console(step.text, has, *this);
    if (answer && answer->after) return std::move(*answer);
    to.failed = !answer;
    append_answer(to.reply, answer, step.is == kind::query);
    return std::nullopt;
}

void server::cancel_console(unsigned from, session_id who, std::uint32_t pid) {
    boost::asio::post(io_, [this, asked = hold_desk::console{from, who, pid}] { holds_.cancel(asked); });
}

void server::answer_console(const hold_desk::console& who, const result<status::table>& answer) {
    session::console_answered told;
    told.failed = !answer;
    append_answer(told.reply, answer, true);
    tell_console(who, std::move(told));
}

void server::tell_console(const hold_desk::console& who, session::console_answered answer) {
    auto* target = workers_[who.worker].get();
    target->post([target, who, answer = std::move(answer)]() mutable {
        target->on_console_reply(who.who, who.pid, std::move(answer));
    });
}

}  // namespace weir::net
