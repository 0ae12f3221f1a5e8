#include "session/transaction.hpp"

namespace weir::session {

routing::transaction_kind kind_of(const query::facts& begin, const transaction_modes& by_default,
                                  routing::transaction_policy policy) {
    using query::access_mode;
    using query::isolation;
    using routing::transaction_kind;
    const auto access = begin.access != access_mode::unsaid ? begin.access : by_default.access;
    const auto level = begin.level != isolation::unsaid ? begin.level : by_default.level;
    const bool snapshot = level == isolation::repeatable_read || level == isolation::serializable;
    if (access == access_mode::read_only)
        return snapshot ? transaction_kind::read_only_snapshot : transaction_kind::read_only;
    return policy == routing::transaction_policy::split && !snapshot ? transaction_kind::splittable
                                                                    : transaction_kind::read_write;
}

}  // namespace weir::session
