#include "query/verdict_cache.hpp"

#include <utility>

namespace weir::query {
namespace {

/// Bytes that an entry costs beside itself: nodes of the list and of the map, a share of the
/// buckets, the block of make_shared. Rounded up.
constexpr std::size_t overhead = 128;

/// Texts known by heart, in caches that have room for more than these.
constexpr std::size_t known_texts = 1024;
constexpr std::size_t least_with_texts = 1 << 20;

/// Of a span of texts so few were known that the next ones are not looked for.
constexpr std::uint32_t span = 256;
constexpr std::uint32_t rest = 4096;

std::size_t bytes_of(const facts& f) {
    std::size_t bytes = sizeof f + f.name.capacity() + f.relations.capacity() * sizeof(std::string);
    bytes += f.setting_parameters.capacity() * sizeof(std::uint16_t);
    for (const std::string& r : f.relations) bytes += r.capacity();
    for (const std::string& n : f.custom_settings) bytes += sizeof n + n.capacity();
    for (const used_name& n : f.names) bytes += sizeof n + n.schema.capacity() + n.name.capacity();
    for (const named_statement& n : f.named) bytes += sizeof n + n.name.capacity() + n.text.capacity();
    return bytes;
}

}  // namespace

verdict_cache::verdict_cache(std::size_t limit_bytes, std::size_t parse_limit_bytes,
                             digest_key secret)
    : limit_bytes_(limit_bytes),
      parse_limit_bytes_(parse_limit_bytes),
      key_(secret),
      texts_(limit_bytes < least_with_texts ? 0 : known_texts) {
    used_bytes_ = texts_.capacity() * sizeof(known_text);
}

std::size_t verdict_cache::key_hash::operator()(const key& k) const noexcept {
    // The digest is uniform and keyed; the rest only has to keep equal shapes apart.
    return k.shape.low ^ (k.where.catalog_version * 0x9e3779b97f4a7c15u) ^
           (k.where.path_and_role << 1);
}

verdict verdict_cache::look_up(std::string_view text, const resolution& where) {
    if (text.size() > parse_limit_bytes_) {
        // Not remembered: whether a text is too long is not a property of its shape.
        ++counts_.misses;
        const digest_result made = make_digest(text, key_);
        return {made.shape, made.wish,
                std::make_shared<const facts>(analyze(text, parse_limit_bytes_))};
    }
    if (!may_know_text()) return look_up_shape(text, where, {});
    const digest raw = raw_digest(text, key_);
    const known_text* known = place_of(raw);
    const entry* e = known != nullptr && known->raw == raw ? find({known->id, where}) : nullptr;
    learn_from(e != nullptr);
    if (e != nullptr) return {known->shape, known->wish, e->known};
    return look_up_shape(text, where, raw);
}

/// A program whose literals are new each time pays for a digest that finds nothing.
bool verdict_cache::may_know_text() {
    if (not_tried_ == 0) return true;
    --not_tried_;
    return false;
}

void verdict_cache::learn_from(bool knew) {
    knew_ += knew;
    if (++tried_ < span) return;
    if (knew_ < span / 16) not_tried_ = rest;
    tried_ = knew_ = 0;
}

verdict verdict_cache::look_up_shape(std::string_view text, const resolution& where,
                                     const digest& raw) {
    const digest_result made = make_digest(text, key_);
    digest id = made.shape;
    std::shared_ptr<const facts> known;
    if (const entry* by_shape = find({made.shape, where})) {
        known = by_shape->known;
    } else {
        const bool tried = raw != digest{};
        const digest of_text = tried ? raw : raw_digest(text, key_);
        // No shape is remembered for texts whose literals decide, so this is where they are found.
        if (const entry* by_text = find({of_text, where})) {
            id = of_text;
            known = by_text->known;
        } else {
            ++counts_.misses;
            facts fresh = analyze(text, parse_limit_bytes_);
            if (fresh.literals_matter) id = of_text;
            known = remember({id, where}, std::move(fresh));
        }
    }
    if (known_text* place = raw != digest{} ? place_of(raw) : nullptr) *place = {raw, made.shape, id, made.wish};
    return {made.shape, made.wish, std::move(known)};
}

verdict_cache::known_text* verdict_cache::place_of(const digest& raw) {
    return texts_.empty() ? nullptr : &texts_[raw.high % known_texts];
}

const verdict_cache::entry* verdict_cache::find(const key& id) {
    const auto it = entries_.find(id);
    if (it == entries_.end()) return nullptr;
    ++counts_.hits;
    order_.splice(order_.begin(), order_, it->second);
    return &*it->second;
}

std::shared_ptr<const facts> verdict_cache::resolved(const std::shared_ptr<const facts>& known,
                                                     name_view in) {
    if (in.in == nullptr || !known->catalog_decides) return known;
    // A version that no snapshot has stands for a catalog that is not known at the moment.
    constexpr std::uint64_t no_version = ~std::uint64_t{0};
    const resolution where = in.is_current ? resolution{in.in->in->version(), in.in->path_hash}
                                           : resolution{no_version, 0};
    // No digest is near an address in all its bits.
    const key id{{~std::uint64_t{0}, reinterpret_cast<std::uintptr_t>(known.get())}, where};
    if (const auto found = entries_.find(id); found != entries_.end()) {
        order_.splice(order_.begin(), order_, found->second);
        return found->second->known;
    }
    return remember(id, in.is_current ? resolve(*known, *in.in) : resolve_later(*known), known);
}

std::shared_ptr<const facts> verdict_cache::remember(const key& id, facts&& made,
                                                     std::shared_ptr<const facts> of) {
    auto known = std::make_shared<const facts>(std::move(made));
    const std::size_t cost =
        sizeof(entry) + overhead + bytes_of(*known) + (of ? bytes_of(*of) : 0);
    if (cost > limit_bytes_) return known;
    while (used_bytes_ + cost > limit_bytes_) {
        const entry& oldest = order_.back();
        used_bytes_ -= oldest.cost;
        entries_.erase(oldest.id);
        order_.pop_back();
        ++counts_.evictions;
    }
    order_.push_front(entry{id, known, cost, std::move(of)});
    entries_.emplace(id, order_.begin());
    used_bytes_ += cost;
    return known;
}

}  // namespace weir::query
