#include <cstdio>

#include "admin/advice.hpp"
#include "admin/layout.hpp"
#include "admin/show.hpp"

namespace weir::admin {
namespace {

const column<advice> columns[] = {
    {"about", [](const advice& a) { return text(a.about); }},
    {"finding", [](const advice& a) { return text(a.finding); }},
    {"requests", [](const advice& a) { return number(a.count); }},
    {"primary_seconds",
     [](const advice& a) {
         char out[32];
         std::snprintf(out, sizeof out, "%.3f", a.seconds);
         return text(out);
     }},
    {"change", [](const advice& a) { return text(a.change); }},
};

}  // namespace

status::table show_advice(const status::report& now) { return lay_out(columns, advise(now)); }

}  // namespace weir::admin
