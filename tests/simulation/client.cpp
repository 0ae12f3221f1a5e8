#include "simulation/client.hpp"

#include <algorithm>

#include "wire/frontend.hpp"
#include "wire/startup.hpp"

namespace weir::simulation {

using std::chrono::microseconds;

namespace {

routing::consistency draw_level(dice& chances) {
    using routing::consistency;
    static const std::vector<consistency> levels = {consistency::session, consistency::session, consistency::session,
                                                    consistency::global,  consistency::strong,  consistency::eventual};
    return chances.one_of(levels);
}

}  // namespace

client::client(surroundings& in, const plan& how, oracle& judge, unsigned number, call_function call)
    : in_(in),
      plan_(how),
      oracle_(judge),
      number_(number),
      name_("client " + std::to_string(number)),
      call_(std::move(call)),
      level_(draw_level(in.chances)),
      level_now_(level_),
      left_(how.errands) {}

void client::begin() {
    in_.time.after(in_.chances.between(duration::zero(), milliseconds(100)), [this] { connect(); });
}

void client::connect() {
    wire_ = wire_pair::make(in_.time, in_.chances);
    ++connection_;
    wire_.to_caller->on_bytes = [this, of = connection_](bytes_view data) {
        if (of == connection_) on_bytes(data);
    };
    wire_.to_caller->on_end = [this, of = connection_] {
        if (of == connection_) on_end();
    };
    call_(wire_);
    connected_ = true;
    welcomed_ = fatal_ = false;
    inbox_.clear();
    mine_ = {};
    seen_ = {};
    level_now_ = level_;
    bytes out;
    wire::append_startup(out, 0, {{"user", "app" + std::to_string(number_ % 2)}, {"database", "shop"}});
    wire_.to_called->send(out);
}

void client::on_bytes(bytes_view data) {
    inbox_.append(data);
    for (const auto of = connection_; connected_ && of == connection_;) {
        if (inbox_.size() < 5) return;
        const std::size_t length = load_u32(inbox_.data() + 1);
        if (inbox_.size() < 1 + length) return;
        const char type = inbox_[0];
        const bytes body = inbox_.substr(5, length - 4);
        inbox_.erase(0, 1 + length);
        if (welcomed_) {
            on_message(type, body);
        } else {
            on_start_message(type, body);
        }
    }
}

void client::on_end() {
    if (!connected_) return;
    const bool excused = fatal_ || plan_.sky == weather::everything ||
                         (plan_.sky == weather::replicas && was_shown_rows_);
    if (!excused) fail("was disconnected");
    lost(true);
}

/// A client that goes: with a word, in the middle of something, or torn away.
void client::leave(bool rudely) {
    in_.log.note([&] { return name_ + (rudely ? " is torn away" : " leaves"); });
    if (rudely) {
        wire_.to_called->tear();
    } else {
        wire_.to_called->close();
    }
    lost(false);
}

/// What was sent and not answered may have been done; what could not be committed yet was not.
void client::settle_lost() {
    std::vector<std::string> impossible;
    const bool open = mine_.is() != session_model::transaction::none;
    bool may_commit = false;
    for (const auto& r : under_way_) {
        const bool says_commit = std::any_of(r.owed.begin(), r.owed.end(), [](const auto& o) {
            return o.of.does == verb::commit && (o.is == answer_kind::execute || o.is == answer_kind::statement);
        });
        // What ends it outside a transaction are its last bytes.
        const bool commits = says_commit || (!open && !r.was_cut && r.pause_at == 0);
        may_commit = may_commit || commits;
        if (!commits) impossible.insert(impossible.end(), r.writes.begin(), r.writes.end());
    }
    if (!may_commit) impossible.insert(impossible.end(), mine_.written().begin(), mine_.written().end());
    oracle_.note_impossible(impossible);
}

void client::lost(bool by_server) {
    connected_ = false;
    ++connection_;
    if (by_server) in_.log.note([&] { return name_ + " has lost its connection"; });
    wire_.to_caller->forget();
    if (by_server) wire_.to_called->close();
    settle_lost();
    under_way_.clear();
    demands_.clear();
    at_ = rows_ = 0;
    was_shown_rows_ = false;
    failed_with_.reset();
    if (left_ == 0) {
        done_ = true;
        return;
    }
    --left_;
    in_.time.after(in_.chances.between(milliseconds(1), milliseconds(50)), [this] { connect(); });
}

std::string client::describe() const {
    if (done_) return name_ + " is done";
    if (!connected_) return name_ + " is not connected";
    if (!welcomed_) return name_ + " is not welcomed yet";
    std::string text = name_ + " has " + std::to_string(left_) + " errands left, is in '" + mine_.status() + "' and waits for " +
                       std::to_string(under_way_.size()) + " requests";
    if (!under_way_.empty() && at_ < under_way_.front().owed.size())
        text += ", first of all: " + under_way_.front().owed[at_].of.text();
    return text;
}

void client::fail(const std::string& what) {
    std::string doing;
    if (!under_way_.empty() && at_ < under_way_.front().owed.size()) doing = " (" + under_way_.front().owed[at_].of.text() + ")";
    in_.log.fail(name_ + ' ' + what + doing);
}

}  // namespace weir::simulation
