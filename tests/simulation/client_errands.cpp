// What a simulated client asks, drawn by chance.
#include "routing/decide.hpp"
#include "simulation/client.hpp"
#include "wire/frontend.hpp"

namespace weir::simulation {

using std::chrono::microseconds;
using transaction = session_model::transaction;

namespace {

constexpr std::size_t keys = 6;

}  // namespace

std::string client::unique() { return std::to_string(number_ + 1) + std::to_string(100000 + ++counter_); }

deed client::read() {
    deed d{.does = in_.chances.chance(20) ? verb::scan : verb::read};
    d.key = static_cast<int>(in_.chances.below(keys));
    d.mark = 'm' + unique();
    return d;
}

deed client::update() {
    deed d{.does = verb::update};
    d.key = static_cast<int>(in_.chances.below(keys));
    d.value = unique();
    return d;
}

void client::add_extended(request& to, const deed& what) {
    const bool named = !what.statement_name().empty() && in_.chances.chance(60);
    const auto name = named ? what.statement_name() : std::string();
    bool there = named && mine_.has_prepared(name);
    for (const auto& o : to.owed) {
        if (named && o.is == answer_kind::parse && o.name == name) there = true;
        if (named && o.is == answer_kind::close && o.name == name) there = false;
    }
    if (there && in_.chances.chance(10)) {
        to.close(name);
        there = false;
    }
    if (!there) to.parse(what, name);
    if (in_.chances.chance(20)) to.describe_statement(what, name);
    to.bind(what, name);
    if (in_.chances.chance(30)) to.describe_portal(what);
    to.execute(what);
}

request client::in_some_protocol(const std::vector<deed>& all) {
    if (in_.chances.chance(40)) return request::simple(all);
    request r;
    const bool flushes = in_.chances.chance(15);
    for (const auto& one : all) {
        add_extended(r, one);
        if (flushes && in_.chances.chance(60)) r.flush();
    }
    return r.sync();
}

request client::of_settings() {
    static const std::vector<std::string> names = {"work_mem", "work_mem", "my.mark", "application_name"};
    deed d;
    d.name = in_.chances.one_of(names);
    const auto what = in_.chances.below(10);
    if (what < 5) {
        d.does = verb::show;
    } else if (what < 8) {
        d.does = verb::set;
        d.value = d.name == "work_mem" ? std::to_string(5000 + in_.chances.below(20)) : 'x' + unique();
    } else if (what < 9 || mine_.is() != transaction::none) {
        d.does = verb::reset;
        if (d.name == "my.mark") d.name = "work_mem";
    } else {
        d.does = in_.chances.chance(50) ? verb::reset_all : verb::discard_all;
        d.name.clear();
        return request::simple({d});
    }
    return in_some_protocol({d});
}

request client::errand_in_transaction() {
    const auto what = in_.chances.below(100);
    deed end{.does = verb::commit};
    if (mine_.is() == transaction::failed) {
        if (what < 20) return in_some_protocol({read()});
        end.does = what < 50 ? verb::commit : verb::rollback;
        return in_some_protocol({end});
    }
    if (what < 10) {
        end.does = verb::rollback;
        return in_some_protocol({end});
    }
    if (what < 30 || left_ == 0) return in_some_protocol({end});
    if (what < 60 || mine_.is_read_only()) return in_some_protocol({read()});
    if (what < 64) return in_some_protocol({deed{.does = verb::divide}});
    if (what < 70) return of_settings();
    if (what < 76) {
        request r;
        add_extended(r, update());
        add_extended(r, end);
        return r.sync();
    }
    return in_some_protocol({update()});
}

request client::errand() {
    if (mine_.is() != transaction::none) return errand_in_transaction();
    const auto what = in_.chances.below(100);
    if (what < 40) return in_some_protocol({read()});
    if (what < 62) return in_some_protocol({update()});
    if (what < 67) return in_some_protocol({update(), read()});
    if (what < 70) return in_some_protocol({read(), read(), read()});
    if (what < 72) return in_some_protocol({update(), update()});
    if (what < 74) return in_some_protocol({update(), deed{.does = verb::divide}, update()});
    if (what < 84) return of_settings();
    deed begin{.does = verb::begin};
    begin.read_only = in_.chances.chance(40);
    begin.repeatable = in_.chances.chance(25);
    if (what < 88) {
        request r;
        add_extended(r, begin);
        add_extended(r, read());
        return r.sync();
    }
    return in_some_protocol({begin});
}

void client::next() {
    if (!connected_ || !welcomed_) return;
    if (left_ == 0 && mine_.is() == transaction::none) {
        bytes out;
        wire::frontend::append_terminate(out);
        wire_.to_called->send(out);
        return leave(false);
    }
    if (left_ > 0 && in_.chances.chance(2)) return leave(in_.chances.chance(50));
    if (left_ > 0) --left_;
    play(errand());
    // A pipeline of what needs no answer to be chosen.
    while (left_ > 0 && connected_ && mine_.is() == transaction::none && under_way_.back().owed.size() <= 3 && under_way_.back().pause_at == 0 &&
           in_.chances.chance(10)) {
        const auto& before = under_way_.back().owed.front().of;
        if (!before.reads() && !before.writes()) break;
        --left_;
        play(request::simple({in_.chances.chance(50) ? read() : update()}));
    }
}

void client::play(request what) {
    in_.log.note([&] {
        std::string text;
        for (const auto& o : what.owed)
            if (o.is == answer_kind::statement || o.is == answer_kind::execute) text += (text.empty() ? "" : "; ") + o.of.text();
        return name_ + (what.owed.front().is == answer_kind::statement ? " sends: " : " sends in pieces: ") + text;
    });
    demand asked;
    asked.own = level_now_ != routing::consistency::eventual;
    if (routing::covers_others(level_now_)) asked.others = oracle_.acknowledged();
    demands_.push_back(asked);
    const bool cut = left_ > 0 && in_.chances.chance(1);
    const auto whole = what.pause_at > 0 && !cut ? what.pause_at : what.wire.size();
    const auto size = cut ? in_.chances.below(whole) : whole;
    wire_.to_called->send(bytes_view(what.wire).substr(0, size));
    what.was_cut = cut;
    under_way_.push_back(std::move(what));
    if (cut) return leave(in_.chances.chance(50));
    if (under_way_.back().pause_at > 0)
        in_.time.after(in_.chances.between(microseconds(10), milliseconds(10)), [this, of = connection_] {
            if (of == connection_) send_rest();
        });
    if (left_ > 0 && in_.chances.chance(1)) leave(in_.chances.chance(50));
}

/// Of a request that was sent up to its Flush.
void client::send_rest() {
    auto& r = under_way_.back();
    if (left_ > 0 && in_.chances.chance(10)) {
        r.was_cut = true;
        return leave(in_.chances.chance(50));
    }
    wire_.to_called->send(bytes_view(r.wire).substr(r.pause_at));
    r.pause_at = 0;
}

void client::think() {
    const auto most = in_.chances.chance(20) ? milliseconds(60) : milliseconds(5);
    in_.time.after(in_.chances.between(microseconds(10), most), [this, of = connection_] {
        if (of == connection_ && under_way_.empty()) next();
    });
}

}  // namespace weir::simulation
