// repeated_word: a line for the log that would be written again and again while something lasts. The same one is due
// once in five seconds, another one at once.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace weir {

class repeated_word {
public:
    static constexpr milliseconds apart{5000};

    /// True: it is to be written now.
    bool is_due(std::string_view text, instant now) {
        if (text == last_ && now < next_) return false;
        last_ = text;
        next_ = now + apart;
        return true;
    }

private:
    std::string last_;
    instant next_ = instant::min();
};

}  // namespace weir
