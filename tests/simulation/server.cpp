#include "simulation/server.hpp"

#include <algorithm>

#include "wire/frontend.hpp"
#include "wire/startup.hpp"

namespace weir::simulation {

namespace backend = wire::backend;
namespace frontend = wire::frontend;
using std::chrono::microseconds;

namespace {

constexpr std::size_t header_size = 5;

std::uint16_t parameters_of(const sentence& s) {
    std::uint16_t n = 0;
    for (const auto* part : {&s.key, &s.value, &s.mark}) n += part->starts_with('$');
    return n;
}

fault aborted() {
    return {sqlstate::in_failed_transaction,
            "current transaction is aborted, commands ignored until end of transaction block"};
}

}  // namespace

server::server(surroundings& in, node& at, wire_pair by) : in_(in), node_(at), wire_(std::move(by)) {}

void server::begin() {
    wire_.to_called->on_bytes = [self = shared_from_this()](bytes_view data) { self->on_bytes(data); };
    wire_.to_called->on_end = [self = shared_from_this()] {
        self->ending_ = true;
        self->go_on();
    };
}

void server::tear() {
    over_ = true;
    wire_.to_called->forget();
    wire_.to_caller->tear();
}

void server::end_with(const fault& why) {
    if (over_) return;
    backend::append_error(out_, "FATAL", why);
    send();
    over_ = true;
    wire_.to_called->forget();
    wire_.to_caller->close();
}

void server::on_bytes(bytes_view data) {
    inbox_.append(data);
    go_on();
}

void server::go_on() {
    if (held_up_ && !over_ && node_.answers()) std::exchange(held_up_, nullptr)();
    while (!busy_ && !over_ && node_.answers())
        if (!(started_ ? take_next() : start_up())) break;
    if (!ending_ || busy_ || over_ || !node_.answers()) return;
    over_ = true;
    wire_.to_called->forget();
    wire_.to_caller->close();
}

/// False: none is whole.
bool server::take_next() {
    if (inbox_.size() < header_size) return false;
    const std::size_t length = load_u32(inbox_.data() + 1);
    if (inbox_.size() < 1 + length) return false;
    const char type = inbox_[0];
    bytes body = inbox_.substr(header_size, length - 4);
    inbox_.erase(0, 1 + length);
    take(type, std::move(body));
    return true;
}

bool server::start_up() {
    bytes_view in = inbox_;
    const auto packet = wire::take_first_packet(in);
    if (!packet || !*packet) return false;
    inbox_ = bytes(in);
    const auto& request = std::get<wire::startup_request>(**packet);
    if (node_.is_starting()) {
        end_with({sqlstate::cannot_connect_now, "the database system is starting up"});
        return false;
    }
    if (const auto* name = request.find("application_name")) start_name_ = *name;
    told_name_ = start_name_;
    if (const auto* user = request.find("user")) user_ = *user;
    backend::append_authentication(out_, 0, {});
    backend::append_parameter(out_, "server_version", "15.20");
    backend::append_parameter(out_, "client_encoding", "UTF8");
    backend::append_parameter(out_, "standard_conforming_strings", "on");
    backend::append_parameter(out_, "application_name", start_name_);
    backend::append_key(out_, 100, "abcd");
    started_ = true;
    ready();
    return true;
}

void server::take(char type, bytes body) {
    in_.log.note([&] {
        std::string text(body);
        std::replace_if(text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '.');
        return node_.name + " takes " + type + ' ' + text.substr(0, 60);
    });
    switch (type) {
        case frontend::query: return query(body);
        case frontend::sync: return sync();
        case frontend::flush: return send();
        case frontend::terminate:
            over_ = true;
            wire_.to_called->forget();
            return wire_.to_caller->close();
        default:
            if (!skipping_) take_extended(type, body);
    }
}

void server::take_extended(char type, bytes_view body) {
    switch (type) {
        case frontend::parse: return parse(body);
        case frontend::bind: return bind(body);
        case frontend::describe: return describe(body);
        case frontend::close: return close(body);
        case frontend::execute: return execute(body);
        default:
            in_.log.fail("a server was sent a message of type " + std::string(1, type));
            end_with({sqlstate::protocol_violation, "invalid frontend message type"});
    }
}

void server::parse(bytes_view body) {
    const auto m = frontend::decode_parse(body);
    auto all = understand(m->query);
    sentence what;
    what.does = verb::empty;
    if (!all.empty()) what = std::move(all.front());
    const bool leads_out = what.does == verb::rollback || what.does == verb::commit;
    const bytes name(m->statement);
    if (what.does == verb::unknown)
        return fail({sqlstate::syntax_error, "syntax error in: " + std::string(m->query)});
    if (status_ == status::failed && !leads_out) return fail(aborted());
    if (!name.empty() && prepared_.contains(name))
        return fail({sqlstate::duplicate_prepared_statement, "prepared statement \"" + name + "\" already exists"});
    prepared_[name] = std::move(what);
    backend::append_parse_complete(out_);
}

void server::bind(bytes_view body) {
    const auto m = frontend::decode_bind(body);
    const auto found = prepared_.find(bytes(m->statement));
    if (found == prepared_.end())
        return fail({sqlstate::invalid_statement_name, "prepared statement \"" + bytes(m->statement) + "\" does not exist"});
    const auto& what = found->second;
    if (status_ == status::failed && what.does != verb::rollback && what.does != verb::commit) return fail(aborted());
    portal made{what, {}, {}, 0};
    const auto counts = frontend::count_bound(m->rest);
    for (std::size_t i = 0; counts && i < counts->values; ++i)
        made.values.emplace_back(frontend::bound_value(m->rest, i).value_or(""));
    portals_[bytes(m->portal)] = std::move(made);
    backend::append_bind_complete(out_);
}

void server::describe_rows(const sentence& what) {
    const auto columns = columns_of(what);
    if (columns.empty()) return backend::append_no_data(out_);
    backend::append_text_row_description(out_, columns);
}

void server::describe(bytes_view body) {
    const auto m = frontend::decode_target(body);
    const bytes name(m->name);
    if (m->kind == 'P') {
        const auto found = portals_.find(name);
        if (found == portals_.end()) return fail({"34000", "portal \"" + name + "\" does not exist"});
        return describe_rows(found->second.what);
    }
    const auto found = prepared_.find(name);
    if (found == prepared_.end())
        return fail({sqlstate::invalid_statement_name, "prepared statement \"" + name + "\" does not exist"});
    if (status_ == status::failed && returns_rows(found->second)) return fail(aborted());
    bytes types;
    append_u16(types, parameters_of(found->second));
    for (int i = parameters_of(found->second); i > 0; --i) append_u32(types, 25);
    backend::append_message(out_, backend::parameter_description, types);
    describe_rows(found->second);
}

void server::close(bytes_view body) {
    const auto m = frontend::decode_target(body);
    if (m->kind == 'P') {
        portals_.erase(bytes(m->name));
    } else {
        prepared_.erase(bytes(m->name));
    }
    backend::append_close_complete(out_);
}

void server::execute(bytes_view body) {
    const auto m = frontend::decode_execute(body);
    after_a_while(milliseconds(1), [this, name = bytes(m->portal), most = m->max_rows] {
        const auto found = portals_.find(name);
        if (found == portals_.end()) {
            fail({"34000", "portal \"" + name + "\" does not exist"});
            return done();
        }
        auto& p = found->second;
        if (!p.left) {
            p.left.emplace();
            if (auto wrong = run(p.what, p.values, *p.left)) {
                fail(*wrong);
                return done();
            }
        }
        std::size_t count = 0;
        while (!p.left->empty() && (most == 0 || count < most)) {
            backend::append_text_row(out_, p.left->front());
            p.left->erase(p.left->begin());
            ++count;
        }
        p.rows += count;
        if (most != 0 && count == most) {
            backend::append_message(out_, backend::portal_suspended, {});
            return done();
        }
        const auto finish = [this, tag = tag_of(p.what, count)] {
            backend::append_command_complete(out_, tag);
            if (in_.chances.chance(30)) send();
            done();
        };
        if (p.what.does == verb::commit) return commit(finish);
        if (p.what.does == verb::rollback) roll_back();
        finish();
    });
}

void server::query(bytes_view body) {
    const auto text = frontend::decode_query(body);
    prepared_.erase("");
    auto all = understand(*text);
    for (const auto& one : all) {
        if (one.does != verb::unknown) continue;
        fail({sqlstate::syntax_error, "syntax error in: " + std::string(*text)});
        skipping_ = false;
        return ready();
    }
    if (all.empty()) {
        backend::append_message(out_, backend::empty_query_response, {});
        return ready();
    }
    const milliseconds most(all.front().does == verb::wait ? 50 : 1);
    after_a_while(most, [this, all = std::move(all)]() mutable { query_on(std::move(all)); });
}

void server::query_on(std::vector<sentence> rest) {
    if (rest.empty() || over_) {
        const auto finish = [this] {
            ready();
            done();
        };
        return status_ == status::idle ? commit(finish) : finish();
    }
    const sentence what = rest.front();
    rest.erase(rest.begin());
    std::vector<row> rows;
    auto wrong = run(what, {}, rows);
    if (wrong) {
        fail(*wrong);
        skipping_ = false;
        ready();
        return done();
    }
    const auto columns = columns_of(what);
    if (!columns.empty()) backend::append_text_row_description(out_, columns);
    for (const auto& r : rows) backend::append_text_row(out_, r);
    auto go = [this, rest = std::move(rest), tag = tag_of(what, rows.size())]() mutable {
        backend::append_command_complete(out_, tag);
        if (!rest.empty() && in_.chances.chance(30)) send();
        query_on(std::move(rest));
    };
    if (what.does == verb::commit) return commit(go);
    if (what.does == verb::rollback) roll_back();
    go();
}

void server::sync() {
    skipping_ = false;
    if (status_ != status::idle || changes_.empty()) {
        if (status_ == status::idle) commit([] {});
        return ready();
    }
    busy_ = true;
    commit([self = shared_from_this()] {
        self->ready();
        self->done();
    });
}

void server::after_a_while(duration most, std::function<void()> then) {
    busy_ = true;
    in_.time.after(in_.chances.between(microseconds(10), most), [self = shared_from_this(), then = std::move(then)] {
        if (self->over_) return;
        if (!self->node_.answers()) {
            self->held_up_ = then;
        } else {
            then();
        }
    });
}

void server::done() {
    busy_ = false;
    in_.time.post([self = shared_from_this()] { self->go_on(); });
}

void server::send() {
    if (over_) return;
    wire_.to_caller->send(out_);
    out_.clear();
}

void server::fail(const fault& why) {
    backend::append_error(out_, "ERROR", why);
    skipping_ = true;
    if (status_ == status::idle) {
        roll_back();
    } else {
        status_ = status::failed;
    }
}

void server::ready() {
    report_name();
    if (status_ == status::idle) portals_.clear();
    backend::append_ready(out_, status_);
    send();
}

}  // namespace weir::simulation
