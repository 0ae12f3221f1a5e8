// normaliser: walks the tokens of a statement and writes its shape into a sink: literals become one
// mark, signs of negative numbers go, equal neighbours in IN (...) and VALUES (...) are written
// once. The sink is a template parameter, so that the digest and its text cannot disagree.
//
// A sink is copyable and has: word(text, quoted: what stood between the quotes), op(text), literal(),
// clock_literal(), national(), finish() -> a value that can be compared, item(that value).
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "query/clock_words.hpp"
#include "query/lexer.hpp"
#include "query/names.hpp"

namespace weir::query {

template <class Sink>
class normaliser {
public:
    /// empty: what every sink starts from.
    normaliser(std::string_view text, const Sink& empty)
        : lexer_(text), empty_(empty), root_(empty) {}
    normaliser(const normaliser&) = delete;
    normaliser& operator=(const normaliser&) = delete;

    /// False: the text cannot be tokenised.
    bool run() {
        for (lexer_.next(*current_); current_->kind != token_kind::end; advance()) {
            if (current_->kind == token_kind::broken) return false;
            if (is_of_another_literal()) depends_on_literal_ = true;
            settle_rows();
            place();
        }
        while (open_ > 0) close_list();
        return true;
    }
    hint wish() const { return lexer_.wish(); }
    /// A literal says what a name or another literal is (U&"..." UESCAPE '!'): the shape does not stand
    /// for the text.
    bool depends_on_literal() const { return depends_on_literal_; }
    auto finish() { return root_.finish(); }

private:
    using value = decltype(std::declval<Sink&>().finish());

    /// A list whose equal neighbours are written once. For IN the items lie between the commas at
    /// `depth`; for VALUES they are the parentheses that open at `depth`.
    struct list {
        bool rows = false;
        bool in_row = false;
        // Items of one literal are the most, and all alike: they are not written to be compared.
        bool lone_literal = false;      // so is this item, as far as it goes
        bool item_begun = false;
        bool previous_is_lone = false;
        std::size_t depth = 0;
        Sink item;
        std::optional<value> previous;
    };
    static constexpr std::size_t most_lists = 8;  // nested deeper than that nothing is folded

    bool is_of_another_literal() const {
        return current_->kind == token_kind::unicode_word || current_->is_word("uescape");
    }

    const token& look_ahead() {
        if (!has_ahead_) lexer_.next(*ahead_);
        has_ahead_ = true;
        return *ahead_;
    }
    void advance() {
        look_ahead();
        token* const oldest = before_;
        before_ = current_;
        current_ = ahead_;
        ahead_ = oldest;
        has_ahead_ = false;
    }

    /// Where all but lone literals are written.
    Sink& sink() {
        if (open_ == 0) return root_;
        list& l = innermost();
        if (l.lone_literal) l.item.literal();
        l.lone_literal = false;
        l.item_begun = true;
        return l.item;
    }
    void literal() {
        if (open_ > 0 && !innermost().rows && !innermost().item_begun) {
            innermost().lone_literal = true;
            innermost().item_begun = true;
        } else {
            sink().literal();
        }
    }
    Sink& outer() { return open_ > 1 ? lists_[open_ - 2]->item : root_; }
    list& innermost() { return *lists_[open_ - 1]; }

    void end_item() {
        list& l = innermost();
        const bool lone = l.lone_literal;
        if (lone && l.previous_is_lone) {
            l.lone_literal = l.item_begun = false;
            return;
        }
        l.previous_is_lone = lone;
        value made = sink().finish();
        l.item = empty_;
        l.item_begun = false;
        if (l.previous && *l.previous == made) return;
        if (l.previous) outer().op(",");
        outer().item(made);
        l.previous = std::move(made);
    }
    void close_list() {
        if (!innermost().rows || innermost().in_row) end_item();
        --open_;
        lists_[open_].reset();
    }
    void open_list(bool rows) {
        lists_[open_].emplace(list{.rows = rows,
                                   .in_row = rows,
                                   .depth = depth_ - (rows ? 1 : 0),
                                   .item = empty_,
                                   .previous = std::nullopt});
        ++open_;
    }

    /// Between two rows of VALUES: a comma and a parenthesis go on with the list, all else ends it.
    void settle_rows() {
        while (open_ > 0 && innermost().rows && !innermost().in_row) {
            const bool comma = current_->is(',') && look_ahead().is('(');
            if (comma || (current_->is('(') && before_->is(','))) return;
            close_list();
        }
    }

    void place() {
        switch (current_->kind) {
            case token_kind::word:
                return sink().word(stored_part(current_->text), false);
            case token_kind::quoted_word:
                return sink().word(
                    stored_part_of_quoted(current_->text.substr(1, current_->text.size() - 2)),
                    true);
            case token_kind::unicode_word:
                return sink().op(current_->text);
            case token_kind::string:
                if (literal_has_clock_word(current_->text)) return sink().clock_literal();
                return literal();
            case token_kind::number:
            case token_kind::parameter:
                return literal();
            case token_kind::national:
                return sink().national();
            case token_kind::op:
                if (!is_sign()) sink().op(current_->text);
                return;
            case token_kind::punctuation:
                return punctuation();
            case token_kind::end:
            case token_kind::broken:
                return;
        }
    }

    /// A + or - that belongs to the number behind it: none stands before it that it could add to.
    bool is_sign() {
        if (!current_->is('-') && !current_->is('+')) return false;
        const bool operand_before =
            !(before_->kind == token_kind::end || before_->kind == token_kind::op ||
              before_->is('(') || before_->is(',') || before_->is('[') || before_->is(';') ||
              is_before_expression(*before_));
        return !operand_before && look_ahead().kind == token_kind::number;
    }
    static bool is_before_expression(const token& t) {
        static constexpr std::array<std::string_view, 17> words = {
            "select", "where", "and",  "or", "not", "in",      "limit",  "offset",   "then",
            "else",   "when",  "case", "on", "any", "between", "having", "returning"};
        for (const std::string_view w : words)
            if (t.is_word(w)) return true;
        return false;
    }

    void punctuation() {
        if (current_->is('(')) return open_parenthesis();
        if (current_->is(')')) return close_parenthesis();
        if (current_->is(',') && open_ > 0) {
            list& l = innermost();
            if (l.rows ? !l.in_row : l.depth == depth_) {
                if (!l.rows) end_item();
                return;
            }
        }
        sink().op(current_->text);
    }
    void open_parenthesis() {
        ++depth_;
        const bool room = open_ < most_lists;
        if (room && before_->is_word("values")) open_list(true);
        if (open_ > 0 && innermost().rows) innermost().in_row = true;
        sink().op(current_->text);
        if (room && before_->is_word("in") && !starts_query(look_ahead())) open_list(false);
    }
    void close_parenthesis() {
        const std::size_t inside = depth_;
        if (depth_ > 0) --depth_;
        if (open_ > 0 && !innermost().rows && inside == innermost().depth) close_list();
        sink().op(current_->text);
        if (open_ > 0 && innermost().rows && inside == innermost().depth + 1) {
            end_item();
            innermost().in_row = false;
        }
    }
    static bool starts_query(const token& t) {
        return t.is_word("select") || t.is_word("with") || t.is_word("values") ||
               t.is_word("table");
    }

    lexer lexer_;
    const Sink& empty_;
    Sink root_;
    std::array<token, 3> tokens_;
    token* before_ = &tokens_[0];
    token* current_ = &tokens_[1];
    token* ahead_ = &tokens_[2];
    bool has_ahead_ = false;
    bool depends_on_literal_ = false;
    std::size_t depth_ = 0;
    std::size_t open_ = 0;
    std::array<std::optional<list>, most_lists> lists_;
};

}  // namespace weir::query
