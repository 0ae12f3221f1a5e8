// How a simulated worker opens a connection: the dialog of net's node_login, and its bytes afterwards.
#include "simulation/front.hpp"
#include "simulation/lender.hpp"
#include "wire/frontend.hpp"

namespace weir::simulation {

namespace {

using std::chrono::microseconds;

constexpr milliseconds longest_login{1500};

backend_id next_id() {
    static std::uint64_t last = 0;
    return backend_id{++last};
}

}  // namespace

void lender::open(tenancy& t, node_id where) {
    auto b = std::make_shared<backend>();
    b->id = next_id();
    b->where = where;
    b->owner = &t;
    b->wire = wire_pair::make(in_.time, in_.chances);
    listen(b);
    const auto call = [this, b] {
        auto& to = *nodes_[b->where.value];
        if (b->now != backend::state::opening) return;
        if (!to.alive()) return failed_to_open(b, {sqlstate::connection_failure, "connection refused"}, true);
        b->peer = to.connect(b->wire);
        bytes out;
        std::vector<wire::startup_parameter> parameters{{"user", b->owner->whose.user},
                                                        {"database", b->owner->whose.database}};
        for (const auto& [name, value] : b->owner->whose.parameters) parameters.push_back({name, value});
        wire::append_startup(out, 0, parameters);
        b->wire.to_called->send(out);
    };
    in_.time.after(in_.chances.between(microseconds(50), milliseconds(1)), call);
    in_.time.after(longest_login, [this, b] {
        failed_to_open(b, {sqlstate::connection_failure, "the login took too long"}, true);
    });
}

void lender::failed_to_open(const backend_ptr& b, const fault& why, bool unreachable) {
    if (b->now != backend::state::opening) return;
    b->now = backend::state::closed;
    auto& t = *std::exchange(b->owner, nullptr);
    b->wire.to_caller->forget();
    b->wire.to_called->close();
    in_.log.note([&] { return "no connection to " + nodes_[b->where.value]->name + ": " + why.message; });
    if (unreachable) suspect_(b->where);
    for (auto who : pool_of(t, b->where).failed_to_open()) refuse(who, {why, unreachable});
}

void lender::listen(const backend_ptr& b) {
    const std::weak_ptr<backend> known = b;
    b->wire.to_caller->on_bytes = [this, known](bytes_view data) {
        if (auto mine = known.lock()) {
            mine->unread.append(data);
            read(mine);
        }
    };
    b->wire.to_caller->on_end = [this, known] {
        if (auto mine = known.lock()) {
            mine->end_unread = true;
            read(mine);
        }
    };
}

void lender::pause(backend& what, bool paused) {
    what.paused = paused;
    if (paused || what.owner == nullptr) return;
    const auto found = backends_.find(what.id);
    if (found != backends_.end()) in_.time.post([this, b = found->second] { read(b); });
}

void lender::read(const backend_ptr& b) {
    while (!b->paused && b->owner != nullptr && !b->unread.empty()) {
        const bytes data = std::exchange(b->unread, {});
        if (b->now == backend::state::opening) {
            on_login_bytes(b, data);
        } else {
            on_bytes(b, data);
        }
    }
    if (b->paused || b->owner == nullptr || !b->end_unread) return;
    if (b->now == backend::state::opening)
        return failed_to_open(b, {sqlstate::connection_failure, "the node closed the connection"}, true);
    if (b->now != backend::state::closed) on_gone(b);
}

void lender::on_bytes(const backend_ptr& b, bytes_view data) {
    // Dies after the event, as a receive buffer that is used again does.
    const std::vector<char> part(data.begin(), data.end());
    const bytes_view seen(part.data(), part.size());
    if (b->now == backend::state::lent) return b->user->on_backend_bytes(seen);
    auto clean_now = b->link.on_cleaning_bytes(seen);
    if (!clean_now) return drop(b);
    if (b->now == backend::state::idle && !*clean_now) return drop(b);
    if (b->now == backend::state::cleaning && *clean_now) freed(b);
}

void lender::on_login_bytes(const backend_ptr& b, bytes_view data) {
    namespace backend_wire = wire::backend;
    for (;;) {
        auto piece = b->link.splitter.next(data);
        if (!piece || !*piece) return;
        const auto& p = **piece;
        if (p.type == backend_wire::error_response) {
            const auto error = backend_wire::decode_error(p.body);
            return failed_to_open(b, {std::string(error->sqlstate), std::string(error->message)}, true);
        }
        if (p.type == backend_wire::parameter_status) b->link.note(p.type, p.body);
        if (p.type == backend_wire::data_row) {
            b->row.append(p.body);
            if (!p.last) continue;
            if (auto start = session::read_start(b->row)) b->link.start = std::move(*start);
        }
        if (p.type != backend_wire::ready_for_query) continue;
        if (std::exchange(b->asked_start, true)) return on_opened(b);
        bytes out;
        wire::frontend::append_query(out, session::start_question());
        b->wire.to_called->send(out);
    }
}

void lender::on_opened(const backend_ptr& b) {
    auto& t = *b->owner;
    b->opened = in_.time.now();
    b->link.at_start = std::make_shared<const session::parameter_map>(b->link.parameters);
    t.welcome = b->link.at_start;
    if (b->link.start.is_known()) t.start_path = b->link.start.search_path;
    backends_[b->id] = b;
    if (!b->link.start.is_known()) in_.log.fail("a node did not say what it is");
    place(b, pool_of(t, b->where).arrived(b->id, b->opened, b->opened));
}

}  // namespace weir::simulation
