#include "routing/digest_book.hpp"

namespace weir::routing {
namespace {

constexpr query::digest_key everybodys{};
constexpr std::size_t longest_text = 1024;
/// What an entry costs beside itself and its text: nodes of the list and the map, the block of
/// make_shared, results of regular expressions. Rounded up.
constexpr std::size_t overhead = 256;

std::string cut(std::string text) {
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // inside a character
    text.resize(end);
    return text + "...";
}

int value_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

query::digest public_digest(std::string_view text) {
    return query::make_digest(text, everybodys).shape;
}

bool parse_digest(std::string_view text, query::digest& to) {
    if (text.size() != 32) return false;
    to = {};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int digit = value_of(text[i]);
        if (digit < 0) return false;
        auto& half = i < 16 ? to.high : to.low;
        half = half << 4 | static_cast<std::uint64_t>(digit);
    }
    return true;
}

std::shared_ptr<digest_entry> digest_book::look_up(const query::digest& shape, std::string_view text) {
    if (const auto found = entries_.find(shape); found != entries_.end()) {
        ++found->second->what->weight;
        return found->second->what;
    }
    auto made = std::make_shared<digest_entry>();
    made->shown = public_digest(text);
    // A digest of the raw text stands for one whose literals cannot be told: it is not shown.
    if (made->shown != query::raw_digest(text, everybodys)) made->text = cut(query::digest_text(text));
    made->text.shrink_to_fit();
    const std::size_t cost = sizeof(digest_entry) + sizeof(kept_entry) + overhead + made->text.capacity();
    if (cost > limit_bytes_) return made;
    make_room(cost);
    // Behind the hand: it comes to it last.
    const auto at = ring_.insert(hand_, {shape, made, cost});
    entries_.emplace(shape, at);
    used_bytes_ += cost;
    return made;
}

void digest_book::make_room(std::size_t bytes) {
    while (used_bytes_ + bytes > limit_bytes_) {
        if (hand_ == ring_.end()) hand_ = ring_.begin();
        if (hand_->what->weight > 0) {
            hand_->what->weight /= 2;
            ++hand_;
            continue;
        }
        used_bytes_ -= hand_->cost;
        entries_.erase(hand_->shape);
        hand_ = ring_.erase(hand_);
        ++forgotten_;
    }
}

void digest_book::clear_counts() {
    for (auto& kept : ring_) {
        auto& e = *kept.what;
        e.on_primary = e.on_replica = e.repeated = e.refused = e.errors = e.rows = 0;
        e.seconds = {};
    }
}

}  // namespace weir::routing
