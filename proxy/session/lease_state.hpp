// lease_state: what a session has left, or may have left, on the connection that it holds, from what its
// statements are known to touch and from what an inspection has found. It says whether the connection
// has to be kept, and never talks to it.
#pragma once

#include <string>
#include <vector>

#include "query/facts.hpp"

namespace weir::session {

class lease_state {
public:
    /// A statement that ran may have touched this. custom_names: settings with a dot.
    void touch(query::pin_cause kinds) {
        kept_ = kept_ | (kinds & until_disconnect);
        suspected_ = suspected_ | (kinds & can_be_asked);
    }
    void touch_setting(const std::string& custom_name);
    /// ... and may have put an end to this.
    void end(query::pin_cause kinds) { suspected_ = suspected_ | (kinds & kept_ & can_be_asked); }
    /// The server has said so (by the tag of DISCARD).
    void ended(query::pin_cause kinds) { kept_ = query::without(kept_, kinds); }

    /// What has to be asked of the server before the connection may be given back; none: nothing.
    query::pin_cause suspected() const { return suspected_; }
    const std::vector<std::string>& custom_names() const { return custom_names_; }
    /// It has been asked, and this much is there.
    void settle(query::pin_cause asked, query::pin_cause found) {
        kept_ = query::without(kept_, asked & can_be_asked) | found;
        suspected_ = query::pin_cause::none;
        custom_names_.clear();
    }

    /// Why the connection is kept; none: it is not.
    query::pin_cause pins() const { return kept_; }
    bool is_clean() const { return !query::any(kept_) && !query::any(suspected_); }
    /// Not even DISCARD ALL makes the connection what it was.
    bool is_spoilt() const { return query::any(kept_ & no_way_back); }
    /// The connection is gone.
    void forget() {
        kept_ = suspected_ = query::pin_cause::none;
        custom_names_.clear();
    }

private:
    using cause = query::pin_cause;
    static constexpr cause can_be_asked = cause::settings | cause::temporary | cause::hold_cursor |
                                          cause::advisory_lock | cause::listen | cause::sql_prepare |
                                          cause::procedural;
    static constexpr cause no_way_back = cause::load | cause::random_seed | cause::unknown_setting;
    static constexpr cause until_disconnect = no_way_back | cause::opaque | cause::sequence_value;

    cause kept_ = cause::none;
    cause suspected_ = cause::none;
    std::vector<std::string> custom_names_;  // touched since the last inspection
};

}  // namespace weir::session
