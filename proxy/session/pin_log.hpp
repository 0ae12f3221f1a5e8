// pin_log: since when, and by which statement, a session's connection has been kept, for each reason.
#pragma once

#include <algorithm>
#include <vector>

#include "base/instant.hpp"
#include "query/digest.hpp"
#include "query/facts.hpp"

namespace weir::session {

struct pin_record {
    query::pin_cause cause = query::pin_cause::none;  // one
    instant since;
    query::digest by;  // of the statement, as it is shown; all zero: not known

    bool operator==(const pin_record&) const = default;
};

class pin_log {
public:
    /// A cycle that may leave something behind began then.
    void note(instant when, const query::digest& by) {
        when_ = when;
        by_ = by;
    }
    /// These are the reasons now: new ones are the last noted cycle's.
    void settle(query::pin_cause held) {
        std::erase_if(all_, [&](const pin_record& r) { return !query::any(r.cause & held); });
        for (unsigned bit = 1; bit <= highest; bit <<= 1) {
            const auto one = static_cast<query::pin_cause>(bit);
            const bool known = std::any_of(all_.begin(), all_.end(), [&](const auto& r) { return r.cause == one; });
            if (query::any(one & held) && !known) all_.push_back({one, when_, by_});
        }
    }
    const std::vector<pin_record>& all() const { return all_; }

private:
    static constexpr unsigned highest = 0x8000;

    std::vector<pin_record> all_;
    instant when_;
    query::digest by_;
};

}  // namespace weir::session
