#include "wire/backend.hpp"
#include "wire/frame_splitter.hpp"
#include "wire/frontend.hpp"

namespace weir::wire {

namespace {

// PostgreSQL's libpq.h limits the length word, which counts its own four bytes:
// PQ_SMALL_MESSAGE_LIMIT is 10,000 and PQ_LARGE_MESSAGE_LIMIT is MaxAllocSize - 1.
constexpr std::uint32_t small_body = 10000 - 4;
constexpr std::uint32_t large_body = 0x3ffffffe - 4;
// A server builds a message in a StringInfo, which holds less than MaxAllocSize.
constexpr std::uint32_t large_reply = 0x3fffffff;
constexpr std::uint32_t small_reply = 1u << 20;
constexpr std::uint32_t bind_head = 16 * 1024;
constexpr std::uint32_t longest_password = 65536;

void allow(frame_policy& policy, bytes_view types, frame_policy::entry entry) {
    for (const char type : types) {
        policy.types[static_cast<unsigned char>(type)] = entry;
    }
}

frame_policy make_frontend_policy() {
    using namespace frontend;
    constexpr char small_types[] = {close, describe,  execute,   flush,
                                    sync,  terminate, copy_done, copy_fail};
    constexpr char large_types[] = {query, parse, function_call};
    frame_policy policy;
    allow(policy, {small_types, sizeof small_types}, {small_body, frame_policy::whole});
    allow(policy, {large_types, sizeof large_types}, {large_body, frame_policy::whole});
    allow(policy, {&bind, 1}, {large_body, bind_head});
    allow(policy, {&copy_data, 1}, {large_body, 0});
    return policy;
}

frame_policy make_password_policy() {
    frame_policy policy;
    allow(policy, {&frontend::password, 1}, {longest_password, frame_policy::whole});
    return policy;
}

frame_policy make_backend_policy() {
    using namespace backend;
    constexpr char small_types[] = {
        authentication,   backend_key_data,     bind_complete,
        close_complete,   command_complete,     copy_both_response,
        copy_done,        copy_in_response,     copy_out_response,
        parse_complete,   empty_query_response, negotiate_protocol_version,
        no_data,          parameter_status,     parameter_description,
        portal_suspended, ready_for_query};
    constexpr char large_types[] = {error_response, notice_response, notification_response,
                                    row_description};
    constexpr char streamed_types[] = {data_row, copy_data, function_call_response};
    frame_policy policy;
    policy.sender = "backend";
    allow(policy, {small_types, sizeof small_types}, {small_reply, frame_policy::whole});
    allow(policy, {large_types, sizeof large_types}, {large_reply, frame_policy::whole});
    allow(policy, {streamed_types, sizeof streamed_types}, {large_reply, 0});
    return policy;
}

}  // namespace

const frame_policy& frontend_policy() {
    static const frame_policy policy = make_frontend_policy();
    return policy;
}

const frame_policy& password_policy() {
    static const frame_policy policy = make_password_policy();
    return policy;
}

const frame_policy& backend_policy() {
    static const frame_policy policy = make_backend_policy();
    return policy;
}

}  // namespace weir::wire
