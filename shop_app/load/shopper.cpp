#include "load/shopper.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <map>

#include "core/json_fields.hpp"
#include "core/number.hpp"
#include "core/target.hpp"

namespace shop::load {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::array words{"oak", "steel", "mug", "lamp", "chair", "guitar", "blue", "folding hammer", "linen hat",
                           "watering can", "granite", "no such thing at all"};
constexpr std::size_t kept_orders = 300;  // of each shopper, looked for again at the end
constexpr std::int64_t orders_a_page = 100;
constexpr std::int64_t most_list_pages = 200;
constexpr double looks_at_a_list = 0.5;
constexpr double uses_the_cart = 0.3;
constexpr double cancels = 0.05;
constexpr double logs_out = 0.03;

// The numbers in the links to products, each once.
std::vector<std::int64_t> products_on(std::string_view html) {
    constexpr std::string_view link = "href=\"/products/";
    std::vector<std::int64_t> found;
    for (auto at = html.find(link); at != html.npos; at = html.find(link, at + 1)) {
        const auto begin = at + link.size();
        if (const auto id = core::id_of(html.substr(begin, html.find('"', begin) - begin))) found.push_back(*id);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

}  // namespace

shopper::shopper(asio::io_context& io, const place& where, const options& asked, std::size_t number, tally& counts)
    : asked_(asked),
      counts_(counts),
      at_(io, where.endpoint, where.host, counts),
      timer_(io),
      next_step_(std::chrono::steady_clock::now()),
      random_(asked.seed * 1'000'003 + number) {
    std::random_device own;  // an address is registered once, however often the same choices are made
    const auto name = std::to_string(own()) + std::to_string(own());
    email_ = "shopper-" + std::to_string(number) + "-" + name + "@example.org";
    password_ = "of " + name;
    if (asked.rate > 0) {
        const std::chrono::duration<double> offset{static_cast<double>(number) / asked.rate};
        next_step_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(offset);
    }
}

bool shopper::chance(double part) { return std::uniform_real_distribution<double>(0, 1)(random_) < part; }

std::int64_t shopper::between(std::int64_t smallest, std::int64_t largest) {
    return std::uniform_int_distribution<std::int64_t>(smallest, largest)(random_);
}

std::vector<std::int64_t> shopper::some_of(std::vector<std::int64_t> products, std::size_t most) {
    std::shuffle(products.begin(), products.end(), random_);
    products.resize(std::min(products.size(), most));
    return products;
}

// Before each step: what it takes to think, and this shopper's part of the rate.
asio::awaitable<void> shopper::pause() {
    const auto now = std::chrono::steady_clock::now();
    auto until = now;
    if (asked_.think.count() > 0) {
        const double mean = std::chrono::duration<double>(asked_.think).count();
        const std::chrono::duration<double> thinks{std::exponential_distribution<double>(1 / mean)(random_)};
        until += std::chrono::duration_cast<std::chrono::steady_clock::duration>(thinks);
    }
    if (asked_.rate > 0) {
        const std::chrono::duration<double> each{static_cast<double>(asked_.shoppers) / asked_.rate};
        until = std::max(until, next_step_);
        next_step_ = std::max(next_step_, now) + std::chrono::duration_cast<std::chrono::steady_clock::duration>(each);
    }
    if (until <= now) co_return;
    boost::system::error_code ignored;
    timer_.expires_at(until);
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<void> shopper::log_in() {
    if (!is_registered_) {
        // Taken already: an earlier try got through, and its answer did not.
        co_await at_.ask(browser::post("/api/register", account()), browser::any_of(201, 409));
        is_registered_ = true;
        counts_.add("registrations");
    }
    co_await at_.ask(browser::post("/api/login", account()));
    counts_.add("log_ins");
}

asio::awaitable<void> shopper::log_out() {
    co_await at_.ask(browser::post("/api/logout"), browser::any_of(204));
    co_await at_.ask(browser::get("/api/orders"), browser::any_of(401));
}

asio::awaitable<void> shopper::visit() {
    counts_.add("visits");
    if (asked_.only_reads) {
        co_await browse();
        co_return;
    }
    if (!at_.is_logged_in()) co_await log_in();
    const auto seen = co_await browse();
    for (const auto product : some_of(seen, 2)) {
        co_await pause();
        co_await at_.ask(browser::get("/products/" + std::to_string(product)));
        counts_.add("product_pages");
    }
    if (!seen.empty() && chance(asked_.buys)) {
        co_await pause();
        co_await buy(some_of(seen, static_cast<std::size_t>(between(1, 3))));
    }
    if (chance(logs_out)) {
        co_await pause();
        co_await log_out();
    }
}

asio::awaitable<std::vector<std::int64_t>> shopper::browse() {
    co_await pause();
    std::string target;
    if (asked_.search.empty() && chance(looks_at_a_list)) {
        target = "/?page=" + std::to_string(between(1, most_list_pages));
        counts_.add("lists");
    } else {
        const auto& chosen = asked_.search.empty() ? words[static_cast<std::size_t>(between(0, words.size() - 1))] : asked_.search;
        target = "/?search=" + core::percent_encoded(chosen);
        counts_.add("searches");
    }
    const auto shown = co_await at_.ask(browser::get(target));
    if (shown.body.find("</html>") == shown.body.npos) throw trouble{"GET " + target + ": half a page"};
    co_return products_on(shown.body);
}

json::object shopper::account() const { return {{"email", email_}, {"password", password_}, {"name", "A Shopper"}}; }

namespace {

using basket = std::map<std::int64_t, std::int64_t>;

json::object quantity_of(std::int64_t quantity) { return {{"quantity", quantity}}; }

json::object items_of(const basket& wanted) {
    json::array items;
    for (const auto& [id, quantity] : wanted) items.push_back(json::object{{"product_id", id}, {"quantity", quantity}});
    return {{"items", std::move(items)}};
}

// The product of which there is not enough; trouble where it is another refusal.
std::int64_t product_out_of_stock(const page& refusal) {
    const auto told = refusal.object();
    const auto* error = told.if_contains("error");
    const auto code = error != nullptr && error->is_object() ? core::text_of(error->get_object(), "code") : std::string();
    if (code != "out_of_stock") throw trouble{"checkout: " + refusal.body};
    return core::number_of(error->get_object(), "product_id");
}

// What an earlier visit left in the cart is bought, too.
void must_hold(const json::object& placed, basket wanted, const std::string& told) {
    for (const auto& one : core::list_of(placed, "lines")) {
        const auto bought = wanted.find(core::number_of(one.as_object(), "product_id"));
        if (bought != wanted.end() && bought->second == core::number_of(one.as_object(), "quantity")) wanted.erase(bought);
    }
    if (!wanted.empty()) throw trouble{"checkout: other things than were asked for: " + told};
}

}  // namespace

asio::awaitable<void> shopper::buy(std::vector<std::int64_t> products) {
    basket wanted;
    for (const auto product : products) wanted[product] = between(1, 2);
    auto body = items_of(wanted);
    if (chance(uses_the_cart)) {
        for (const auto& [id, quantity] : wanted)
            co_await at_.ask(browser::put("/api/cart/items/" + std::to_string(id), quantity_of(quantity)));
        body.clear();
    }
    const auto key = password_ + "/" + std::to_string(++purchases_);
    const auto began = std::chrono::steady_clock::now();
    const auto answer = co_await at_.ask(browser::post("/api/checkout", body, key), browser::any_of(200, 201, 409));
    if (answer.status == 409) {
        const auto id = std::to_string(product_out_of_stock(answer));
        counts_.add("out_of_stock");
        co_await at_.ask(browser::put("/api/cart/items/" + id, quantity_of(0)));
        co_return;
    }
    counts_.checkout_took(std::chrono::steady_clock::now() - began);
    counts_.add("checkouts");
    if (answer.status == 200) counts_.add("repeated_checkouts");
    auto placed = answer.object().at("order").as_object();
    acknowledged_.push_back(core::number_of(placed, "id"));
    if (acknowledged_.size() > kept_orders) acknowledged_.pop_front();
    must_hold(placed, wanted, answer.body);
    co_await look_for(std::move(placed));
}

// The order page and the list, right after the checkout: without the order they show the past.
asio::awaitable<void> shopper::look_for(json::object placed) {
    const auto id = std::to_string(core::number_of(placed, "id"));
    const auto shown = co_await at_.ask(browser::get("/orders/" + id), browser::any_of(200, 404));
    const auto list = co_await at_.ask(browser::get("/api/orders?per_page=3"));
    counts_.add("order_pages");
    const auto told = list.object();
    const auto& orders = core::list_of(told, "orders");
    const bool is_listed = std::find(orders.begin(), orders.end(), json::value(placed)) != orders.end();
    if (shown.status != 200 || !is_listed) {
        counts_.note("stale_order_pages", "order " + id + ": its page has status " + std::to_string(shown.status) + ", the list " +
                                              (is_listed ? "has it" : "does not have it"));
    }
    if (!chance(cancels)) co_return;
    const auto answer = co_await at_.ask(browser::post("/api/orders/" + id + "/cancel", json::object(), "cancel " + id));
    if (core::text_of(answer.object().at("order").as_object(), "status") != "cancelled") throw trouble{"not cancelled: " + answer.body};
    counts_.add("cancelled");
}

asio::awaitable<void> shopper::check_orders() {
    if (acknowledged_.empty()) co_return;
    if (!at_.is_logged_in()) co_await log_in();
    std::map<std::int64_t, int> shown;
    const auto pages = static_cast<std::int64_t>(acknowledged_.size()) / orders_a_page + 1;
    for (std::int64_t page = 1; page <= pages; ++page) {
        const auto target = "/api/orders?per_page=" + std::to_string(orders_a_page) + "&page=" + std::to_string(page);
        const auto list = co_await at_.ask(browser::get(target));
        const auto told = list.object();
        for (const auto& order : core::list_of(told, "orders")) ++shown[core::number_of(order.as_object(), "id")];
    }
    for (const auto id : acknowledged_) {
        if (shown[id] != 1) counts_.note("lost_orders", "order " + std::to_string(id) + " is there " + std::to_string(shown[id]) + " times");
    }
}

}  // namespace shop::load
