#include "storefront/picture.hpp"

#include <array>

namespace shop::storefront {
namespace {

// Outlines in a square of 100, after the category's name.
struct outline {
    std::string_view slug;
    std::string_view path;
};
constexpr std::array outlines{
    outline{"kitchen", "M26 36h40v28q0 14-14 14H40q-14 0-14-14zM66 42h8q8 0 8 9t-8 9h-8M36 18q-4 6 0 12M48 18q-4 6 0 12M60 18q-4 6 0 12"},
    outline{"tools", "M22 26h36v14H22zM36 40h10v44H36zM58 28l18-6v22l-18-6"},
    outline{"garden", "M50 84V44M50 56Q28 54 26 32Q48 32 50 56M50 48Q72 46 76 22Q50 22 50 48M34 84h32"},
    outline{"office", "M28 18h36l12 12v54H28zM64 18v12h12M38 44h28M38 56h28M38 68h18"},
    outline{"lighting", "M36 20h28l12 30H24zM50 50v30M34 82h32M42 58v6M58 58v6"},
    outline{"furniture", "M30 20v34h40V20M30 54v28M70 54v28M26 54h48M38 28v18M50 28v18M62 28v18"},
    outline{"toys", "M50 14l24 28-24 34-24-34zM26 42h48M50 14v62M50 76q8 6 2 14"},
    outline{"clothing", "M38 20l-20 14 8 14 8-5v39h32V43l8 5 8-14-20-14q-12 12-24 0z"},
    outline{"music", "M42 68a10 8 0 1 1-10-8h10V24l30-8v42a10 8 0 1 1-10-8h10M42 36l30-8"},
    outline{"boats", "M20 62h60l-12 18H32zM50 62V16M50 20l22 36H50M46 28L30 56h16"},
    outline{"cycling", "M28 64a14 14 0 1 1 .1 0zM72 64a14 14 0 1 1 .1 0zM28 64l14-26h22l8 26M42 38l14 26h16M36 32h12M64 38l-4-10h8"},
    outline{"clocks", "M50 18a32 32 0 1 1-.1 0zM50 30v20l14 10M50 22v4M50 74v4M22 50h4M74 50h4"},
};
constexpr std::string_view parcel = "M22 34l28-14 28 14v34L50 82 22 68zM22 34l28 14 28-14M50 48v34";

constexpr std::array papers{"#fdecd2", "#e4f1e1", "#e1ecf7", "#f7e3e6", "#ece6f6", "#f3f0da"};
constexpr std::array inks{"#b4571f", "#2f6f3f", "#1f5f9b", "#a3344a", "#5b3f96", "#6f6414"};

}  // namespace

void put_picture(markup& out, std::int64_t product_id, std::string_view category_slug) {
    auto drawn = parcel;
    for (const auto& one : outlines) {
        if (one.slug == category_slug) drawn = one.path;
    }
    const auto colour = static_cast<std::size_t>(product_id) % papers.size();
    // How the ground is patterned: rings around another middle for each.
    const auto x = 15 + product_id * 37 % 70;
    const auto y = 15 + product_id * 53 % 70;
    out.tag("<svg class=\"picture\" viewBox=\"0 0 100 100\" aria-hidden=\"true\"><rect width=\"100\" height=\"100\" fill=\"")
        .text(papers[colour])
        .tag("\"/><g fill=\"none\" stroke=\"")
        .text(inks[colour])
        .tag("\"><g opacity=\"0.15\">");
    for (int ring = 1; ring <= 3; ++ring) {
        out.tag("<circle cx=\"").number(x).tag("\" cy=\"").number(y).tag("\" r=\"").number(ring * 16).tag("\"/>");
    }
    out.tag("</g><path stroke-width=\"3.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\" d=\"");
    out.text(drawn).tag("\"/></g></svg>");
}

}  // namespace shop::storefront
