#include "core/evidence/promql_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/evidence/promql_lexer.h"
#include "core/evidence/promql_words.h"

namespace launchgate::evidence {
namespace {

using base::ErrorKind;
using base::Status;
using internal::IsIn;
using internal::Lowered;
using internal::PromqlKind;
using internal::PromqlToken;
using internal::Words;
// The names in a pattern that is nothing but names: "a", "a|b", "(a|b)".
std::optional<std::vector<std::string>> NamesInPattern(std::string_view pattern) {
  constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:";
  if (pattern.starts_with('(') && pattern.ends_with(')')) {
    pattern = pattern.substr(1, pattern.size() - 2);
    if (pattern.starts_with("?:")) pattern.remove_prefix(2);
  }
  std::vector<std::string> names;
  while (true) {
    const std::size_t end = std::min(pattern.find('|'), pattern.size());
    const std::string_view name = pattern.substr(0, end);
    if (name.empty() || name.find_first_not_of(kNameCharacters) != std::string_view::npos) {
      return std::nullopt;
    }
    names.emplace_back(name);
    if (end == pattern.size()) return names;
    pattern.remove_prefix(end + 1);
  }
}

// Walks the tokens without recursion, always knowing whether an operand or an
// operator comes next: that is what tells the metric `by` from the keyword.
class NameCollector {
 public:
  explicit NameCollector(std::vector<PromqlToken> tokens) : tokens_(std::move(tokens)) {}

  base::Result<PromqlNames> Run() {
    bool ended = false;
    while (!ended) {
      const Status status = wants_operand_ ? Operand() : AfterOperand(ended);
      if (!status) return tl::unexpected(status.error());
      if (names_.metrics.size() > kMaxPromqlNames) {
        return base::Fail(ErrorKind::kExhausted,
                          fmt::format("more than {} metrics", kMaxPromqlNames));
      }
    }
    return std::move(names_);
  }

 private:
  enum class Paren { kGroup, kCall, kAggregation };
  struct NameCondition {
    std::string op;
    std::string value;
  };

  // The last token is kEnd, and stays the current one.
  const PromqlToken& Peek(std::size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool Is(PromqlKind kind, std::size_t ahead = 0) const { return Peek(ahead).kind == kind; }
  bool IsWord(Words words, std::size_t ahead = 0) const {
    return Is(PromqlKind::kWord, ahead) && IsIn(Lowered(Peek(ahead).text), words);
  }
  bool IsOperator(Words operators) const {
    return Is(PromqlKind::kOperator) && IsIn(Peek().text, operators);
  }
  bool TakeIf(bool condition) {
    if (condition) ++at_;
    return condition;
  }
  Status Unexpected(std::string_view wanted) const {
    return base::Fail(ErrorKind::kInvalid,
                      fmt::format("expected {} at byte {}", wanted, Peek().position));
  }

  Status Operand() {
    switch (Peek().kind) {
      case PromqlKind::kWord:
        return WordOperand();
      case PromqlKind::kLeftBrace:
        wants_operand_ = false;
        return Matchers("");
      case PromqlKind::kLeftParen:
        return Open(Paren::kGroup, 1);
      case PromqlKind::kNumber:
      case PromqlKind::kDuration:
      case PromqlKind::kString:
        wants_operand_ = false;
        ++at_;
        return {};
      case PromqlKind::kRightParen:
        // Only a call may be empty: time().
        if (call_just_opened_) return Close();
        break;
      case PromqlKind::kOperator:
        if (TakeIf(IsOperator(internal::kSigns))) {
          call_just_opened_ = false;
          return {};
        }
        break;
      default:
        break;
    }
    return Unexpected("an operand");
  }

  Status WordOperand() {
    const std::string word = Lowered(Peek().text);
    const bool aggregation = IsIn(word, internal::kAggregations);
    if (aggregation && IsWord(internal::kGroupings, 1)) {
      at_ += 2;
      if (Status status = Labels(); !status) return status;
      if (!Is(PromqlKind::kLeftParen)) return Unexpected("a left parenthesis");
      return Open(Paren::kAggregation, 1);
    }
    if (Is(PromqlKind::kLeftParen, 1)) {
      if (IsIn(word, internal::kNoFunctions) || IsIn(word, internal::kNoOperands) ||
          word.find(':') != std::string::npos) {
        return Unexpected("a function");
      }
      return Open(aggregation ? Paren::kAggregation : Paren::kCall, 2);
    }
    if (IsIn(word, internal::kNoOperands)) return Unexpected("an operand");
    std::string name = Peek().text;
    ++at_;
    wants_operand_ = false;
    if (IsIn(word, internal::kNumberWords)) return {};
    if (Is(PromqlKind::kLeftBrace)) return Matchers(std::move(name));
    names_.metrics.insert(std::move(name));
    return {};
  }

  Status Open(Paren paren, std::size_t tokens) {
    open_.push_back(paren);
    at_ += tokens;
    wants_operand_ = true;
    call_just_opened_ = paren != Paren::kGroup;
    return {};
  }

  // A grouping may follow an aggregation: sum(x) by (job).
  Status Close() {
    if (open_.empty()) return Unexpected("the end");
    const bool aggregation = open_.back() == Paren::kAggregation;
    open_.pop_back();
    ++at_;
    wants_operand_ = false;
    if (aggregation && TakeIf(IsWord(internal::kGroupings))) return Labels();
    return {};
  }

  Status AfterOperand(bool& ended) {
    if (TakeIf(Is(PromqlKind::kRange))) return {};
    if (TakeIf(Is(PromqlKind::kAt))) return Instant();
    if (TakeIf(IsWord(internal::kOffset))) return Offset();
    if (Is(PromqlKind::kRightParen)) return Close();
    if (Is(PromqlKind::kComma) && !open_.empty() && open_.back() != Paren::kGroup) {
      ++at_;
      wants_operand_ = true;
      call_just_opened_ = false;
      return {};
    }
    if (IsOperator(internal::kBinaryOperators) || IsWord(internal::kSetOperators)) {
      ++at_;
      return BinaryModifiers();
    }
    if (!Is(PromqlKind::kEnd)) return Unexpected("an operator");
    if (!open_.empty()) return Unexpected("a right parenthesis");
    ended = true;
    return {};
  }

  // After "@": a time in seconds, start() or end().
  Status Instant() {
    if (TakeIf(IsWord(internal::kRangeEnds))) {
      if (!Is(PromqlKind::kLeftParen) || !Is(PromqlKind::kRightParen, 1)) {
        return Unexpected("()");
      }
      at_ += 2;
      return {};
    }
    TakeIf(IsOperator(internal::kSigns));
    if (TakeIf(Is(PromqlKind::kNumber) || IsWord(internal::kNumberWords))) return {};
    return Unexpected("a time");
  }

  Status Offset() {
    TakeIf(IsOperator(internal::kSigns));
    if (TakeIf(Is(PromqlKind::kDuration) || Is(PromqlKind::kNumber))) return {};
    return Unexpected("a duration");
  }

  // After a binary operator. A parenthesis after group_left always holds labels.
  Status BinaryModifiers() {
    wants_operand_ = true;
    call_just_opened_ = false;
    TakeIf(IsWord(internal::kBool));
    if (TakeIf(IsWord(internal::kMatchings))) {
      if (Status status = Labels(); !status) return status;
    }
    if (TakeIf(IsWord(internal::kGroupSides)) && Is(PromqlKind::kLeftParen)) {
      return Labels();
    }
    return {};
  }

  // "(a, b,)": any word is a label, keywords too; Prometheus 3 allows strings.
  Status Labels() {
    if (!TakeIf(Is(PromqlKind::kLeftParen))) return Unexpected("labels in parentheses");
    while (!TakeIf(Is(PromqlKind::kRightParen))) {
      if (!TakeIf(Is(PromqlKind::kWord) || Is(PromqlKind::kString))) return Unexpected("a label");
      if (!TakeIf(Is(PromqlKind::kComma)) && !Is(PromqlKind::kRightParen)) {
        return Unexpected("a comma");
      }
    }
    return {};
  }

  // "{...}" of a selector; `name` stands before it, or is empty.
  Status Matchers(std::string name) {
    std::vector<NameCondition> conditions;
    if (!name.empty()) conditions.push_back({"=", std::move(name)});
    ++at_;
    while (!TakeIf(Is(PromqlKind::kRightBrace))) {
      if (Status status = Matcher(conditions); !status) return status;
      if (!TakeIf(Is(PromqlKind::kComma)) && !Is(PromqlKind::kRightBrace)) {
        return Unexpected("a comma");
      }
    }
    AddSelector(conditions);
    return {};
  }

  Status Matcher(std::vector<NameCondition>& conditions) {
    const bool quoted = Is(PromqlKind::kString);
    std::string label = Peek().text;
    const bool bare = Is(PromqlKind::kWord) && label.find(':') == std::string::npos;
    if (!TakeIf(quoted || bare)) return Unexpected("a label");
    if (!IsOperator(internal::kMatchOperators)) {
      if (!quoted) return Unexpected("a matching operator");
      conditions.push_back({"=", std::move(label)});  // {"name"}
      return {};
    }
    std::string op = Peek().text;
    ++at_;
    if (!Is(PromqlKind::kString)) return Unexpected("a string");
    if (label == "__name__") conditions.push_back({std::move(op), Peek().text});
    ++at_;
    return {};
  }

  // Two conditions on the name are more than this cares to combine.
  void AddSelector(const std::vector<NameCondition>& conditions) {
    if (conditions.size() == 1) {
      const auto& [op, value] = conditions.front();
      if (op == "=" && !value.empty()) {
        names_.metrics.insert(value);
        return;
      }
      if (const auto listed = NamesInPattern(value); op == "=~" && listed) {
        names_.metrics.insert(listed->begin(), listed->end());
        return;
      }
    }
    names_.complete = false;
  }

  std::vector<PromqlToken> tokens_;
  std::size_t at_ = 0;
  bool wants_operand_ = true;
  bool call_just_opened_ = false;
  std::vector<Paren> open_;
  PromqlNames names_;
};

}  // namespace

base::Result<PromqlNames> ListPromqlNames(std::string_view expression) {
  auto tokens = internal::LexPromql(expression);
  if (!tokens) return tl::unexpected(tokens.error());
  return NameCollector(std::move(*tokens)).Run();
}

}  // namespace launchgate::evidence
