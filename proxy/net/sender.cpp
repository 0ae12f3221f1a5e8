#include "net/sender.hpp"

#include <array>

namespace weir::net {
namespace {

constexpr int parts_at_once = 16;

}  // namespace

bool sender::send(stream& to, const session::outbox& what) {
    if (what.empty()) return true;
    if (busy()) {
        what.for_each([this](bytes_view part) { kept_.append(part); });
        return true;
    }
    if (const auto whole = what.only_part(); !whole.empty()) {
        const iovec part{const_cast<char*>(whole.data()), whole.size()};
        const auto wrote = to.try_write(&part, 1);
        if (wrote.state == io_state::closed) return false;
        total_ += wrote.bytes;
        kept_.append(whole.substr(wrote.bytes));
        return true;
    }
    std::array<iovec, parts_at_once> parts;
    int count = 0;
    bool alive = true;
    auto go = [&] {
        std::size_t size = 0;
        for (int i = 0; i < count; ++i) size += parts[static_cast<std::size_t>(i)].iov_len;
        std::size_t taken = 0;
        if (alive && !busy()) {
            const auto wrote = to.try_write(parts.data(), count);
            alive = wrote.state != io_state::closed;
            taken = wrote.bytes;
            total_ += taken;
        }
        for (int i = 0; i < count && alive; ++i) {
            const auto& part = parts[static_cast<std::size_t>(i)];
            const auto skip = std::min(taken, part.iov_len);
            taken -= skip;
            kept_.append(static_cast<const char*>(part.iov_base) + skip, part.iov_len - skip);
        }
        count = 0;
    };
    what.for_each([&](bytes_view part) {
        parts[static_cast<std::size_t>(count++)] = {const_cast<char*>(part.data()), part.size()};
        if (count == parts_at_once) go();
    });
    if (count > 0) go();
    return alive;
}

bool sender::flush(stream& to) {
    while (busy()) {
        const iovec part{kept_.data() + sent_, kept_.size() - sent_};
        const auto wrote = to.try_write(&part, 1);
        if (wrote.state == io_state::closed) return false;
        if (wrote.state == io_state::blocked) return true;
        sent_ += wrote.bytes;
        total_ += wrote.bytes;
        if (sent_ == kept_.size()) {
            bytes().swap(kept_);
            sent_ = 0;
        }
    }
    return true;
}

}  // namespace weir::net
