#include "admin/moment.hpp"

#include <cstdio>

namespace weir::admin {

cell moment(std::int64_t at_us) {
    if (at_us == 0) return unknown();
    using namespace std::chrono;
    const sys_time<microseconds> exact{microseconds(at_us)};
    const auto day = floor<days>(exact);
    const year_month_day date(day);
    const hh_mm_ss<seconds> time(floor<seconds>(exact - day));
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    return std::string(out);
}

cell moment(std::int64_t now_us, duration ago) {
    return now_us == 0 ? unknown() : moment(now_us - std::chrono::duration_cast<std::chrono::microseconds>(ago).count());
}

}  // namespace weir::admin
