// PromQL expressions and the metrics that they select: what the unit test asks of
// us, and what the component test shows to the parser of Prometheus itself.
#pragma once

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace launchgate::evidence {

struct PromqlRow {
  const char* name;
  std::string expression;
  std::set<std::string> metrics;
  bool complete = true;
};
inline void PrintTo(const PromqlRow& row, std::ostream* out) { *out << row.name; }

// Prometheus 2.42 accepts these.
inline std::vector<PromqlRow> AcceptedEverywhere() {
  const bool open = false;
  return {
      {"Plain", "up", {"up"}},
      {"WithMatchers", R"x(up{job="api", code!~"5..",})x", {"up"}},
      {"SpaceBeforeBrace", R"x(up {job="api"})x", {"up"}},
      {"Colons", "job:up:sum", {"job:up:sum"}},
      {"LeadingColon", ":up", {":up"}},
      {"NameMatcher", R"x({__name__="up"})x", {"up"}},
      {"NameMatcherBesideOthers", R"x({job="api", __name__='up'})x", {"up"}},
      {"NamePattern", R"x({__name__=~"job:.*"})x", {}, open},
      {"NamePatternOfOneName", R"x({__name__=~"up"})x", {"up"}},
      {"NameAlternation", R"x({__name__=~"a|b:c|d_1"})x", {"a", "b:c", "d_1"}},
      {"NameAlternationInParentheses", R"x({__name__=~"(?:a|b)"})x", {"a", "b"}},
      {"NameAlternationWithAnEmptyOne", R"x({__name__=~"a|", job="x"})x", {}, open},
      {"NameAlternationWithADot", R"x({__name__=~"a|b."})x", {}, open},
      {"NameExcluded", R"x({__name__!="up", job="x"})x", {}, open},
      {"NamePatternExcluded", R"x({__name__!~"up", job="x"})x", {}, open},
      {"TwoNames", R"x({__name__="a", __name__="b"})x", {}, open},
      {"NoName", R"x({job="api"})x", {}, open},
      {"NoNameBesideAName", R"x(up or {job="api"})x", {"up"}, open},
      {"Range", "rate(up[5m])", {"up"}},
      {"RangeWithSpaces", "rate(up[ 1h30m ])", {"up"}},
      {"RangeWithComment", "rate(up[5m # why\n])", {"up"}},
      {"LongRange", "rate(up[1y2w3d4h5m6s7ms])", {"up"}},
      {"Subquery", "max_over_time(rate(up[5m])[1h:5m])", {"up"}},
      {"SubqueryWithDefaultStep", "max_over_time(up[1h:])", {"up"}},
      {"SubqueryWithSpaces", "max_over_time(up[1h : 5m])", {"up"}},
      {"Offset", "up offset 5m", {"up"}},
      {"NegativeOffset", "up offset -1h", {"up"}},
      {"OffsetUpperCase", "up OFFSET 5m", {"up"}},
      {"OffsetAndInstant", "rate(up[5m] offset 1h @ 1609746000)", {"up"}},
      {"InstantOfStart", "up @ start()", {"up"}},
      {"InstantOfEnd", "rate(up[5m] @ end())", {"up"}},
      {"Comment", "up # and down{\n + x # more", {"up", "x"}},
      {"QuotedBraces", R"x(up{a="{}()[]#'`"})x", {"up"}},
      {"SingleQuotes", R"x(up{a='say "hi"'})x", {"up"}},
      {"RawString", "up{a=`\\d+\n'\"`}", {"up"}},
      {"Escapes", R"x(up{a="\a\b\f\n\r\t\v\\\"\x41\101\u00e9\U0001F600"})x", {"up"}},
      {"EscapedName", R"x({__name__="\x75\160"})x", {"up"}},
      {"RawName", "{__name__=`up`}", {"up"}},
      {"Function", "histogram_quantile(0.9, rate(b[5m]))", {"b"}},
      {"FunctionAfterSpace", "abs (up)", {"up"}},
      {"FunctionWithoutArguments", "time() - up", {"up"}},
      {"FunctionOfStrings", R"x(label_replace(up, "a", "$1", "b", "(.*)"))x", {"up"}},
      {"FunctionNameAsMetric", "rate", {"rate"}},
      {"NoMetric", "vector(1)", {}},
      {"String", R"x("up")x", {}},
      {"GroupingBefore", "sum by (job, le) (up)", {"up"}},
      {"GroupingAfter", "sum(up) by (job)", {"up"}},
      {"GroupingUpperCase", "SUM WITHOUT (job) (up)", {"up"}},
      {"GroupingAfterUpperCase", "Sum(up) Without (job,)", {"up"}},
      {"GroupingByNothing", "sum by () (up)", {"up"}},
      {"GroupingByKeywords", "sum by (by, on, bool, sum, offset) (up)", {"up"}},
      {"Nested", "sum(avg by (job) (up)) without (a) + count(x) by (b)", {"up", "x"}},
      {"AggregationWithParameter", "topk(5, up)", {"up"}},
      {"AggregationWithParameterAfterGrouping", "topk by (job) (5, up)", {"up"}},
      {"CountValues", R"x(count_values by (a) ("version", up))x", {"up"}},
      {"KeywordsAsMetrics", "sum + by + offset + start{}", {"sum", "by", "offset", "start"}},
      {"KeywordsThroughout", "sum by (by) (by)", {"by"}},
      {"OperatorsAsMetrics", "and and or or unless", {"and", "or", "unless"}},
      {"OffsetOfOffset", "offset offset 5m", {"offset"}},
      {"KeywordsAsLabels", R"x(up{by="1", on="2", inf="3", nan="4"})x", {"up"}},
      {"LetterCaseOfNames", "Up + UP", {"Up", "UP"}},
      {"Matching", "a / on (job) b", {"a", "b"}},
      {"MatchingNothing", "a == on () b", {"a", "b"}},
      {"MatchingIgnoring", "a * IGNORING (x, y) b", {"a", "b"}},
      {"GroupLeft", "a * on (job) group_left b", {"a", "b"}},
      {"GroupLeftWithLabels", "a * on (job) group_left (x, y) b", {"a", "b"}},
      {"GroupRightWithLabels", "a * ignoring (job) group_right () (b)", {"a", "b"}},
      {"Bool", "a > bool b", {"a", "b"}},
      {"BoolOn", "a >= bool on (job) b", {"a", "b"}},
      {"SetOperators", "a and b or c unless d AND e", {"a", "b", "c", "d", "e"}},
      {"SetOperatorsOn", "a and on (job) b unless ignoring (x) c", {"a", "b", "c"}},
      {"Arctangent", "a atan2 b", {"a", "b"}},
      {"Arithmetic", "a + b - c * d / e % f ^ g", {"a", "b", "c", "d", "e", "f", "g"}},
      {"Comparisons", "a == b != c < d <= e > f >= g", {"a", "b", "c", "d", "e", "f", "g"}},
      {"WithoutSpaces", "a+b==-c", {"a", "b", "c"}},
      {"Unary", "-a + -+b", {"a", "b"}},
      {"Infinity", "up > Inf or up < -inf", {"up"}},
      {"NotANumber", "NaN + up", {"up"}},
      {"Hexadecimal", "up > 0x1F", {"up"}},
      {"Exponents", "up > 1.5e-3 + .5E+2 + 1.", {"up"}},
      {"ExponentThenMinus", "1e5-up", {"up"}},
      {"LeadingZero", "up > 08", {"up"}},
      {"Parentheses", "((up) / (((x))))", {"up", "x"}},
      {"ManyLines", "\r\n\tsum(\n  up\n)\n> 1\n", {"up"}},
      {"OneTwice", "up - up offset 1h", {"up"}},
      {"BurnRate",
       "job:errors:ratio_rate1h{job=\"api\"} > (14.4 * 0.001)\nand\n"
       "job:errors:ratio_rate5m{job=\"api\"} > (14.4 * 0.001)",
       {"job:errors:ratio_rate1h", "job:errors:ratio_rate5m"}},
      {"LatencyRatio",
       R"x(1 - sum(rate(h_bucket{le="0.25"}[5m])) / sum(rate(h_count[5m])) > 0.01)x",
       {"h_bucket", "h_count"}},
      {"Absent", R"x(absent(up{job="api"}) or absent_over_time(x[1h]))x", {"up", "x"}},
  };
}

// Prometheus 2.42 refuses these, a later one does not.
inline std::vector<PromqlRow> AcceptedLater() {
  return {
      {"QuotedName", R"x({"http.server.requests"})x", {"http.server.requests"}},
      {"QuotedNameWithMatchers", R"x({"a.b", job="x", 'c.d'=~"e"})x", {"a.b"}},
      {"QuotedNameLabel", R"x({"__name__"="up"})x", {"up"}},
      {"QuotedNameInARange", R"x(rate({"a.b"}[5m]))x", {"a.b"}},
      {"QuotedGrouping", R"x(sum by ("a.b", c) (up))x", {"up"}},
      {"QuotedMatching", R"x(a / on ("x.y") b)x", {"a", "b"}},
      {"RangeInSeconds", "rate(up[300])", {"up"}},
      {"PositiveOffset", "up offset +5m", {"up"}},
      {"DurationAsNumber", "up > 5m", {"up"}},
      {"GroupedDigits", "up > 1_000", {"up"}},
      {"LimitRatio", "limit_ratio by (job) (0.5, up)", {"up"}},
  };
}

struct PromqlMistake {
  const char* name;
  std::string expression;
};
inline void PrintTo(const PromqlMistake& row, std::ostream* out) { *out << row.name; }

// Nobody accepts these.
inline std::vector<PromqlMistake> RefusedEverywhere() {
  return {
      {"Empty", ""},
      {"OnlyAComment", "# up"},
      {"OnlyAnOperator", "+"},
      {"MissingOperand", "up +"},
      {"MissingOperator", "up up"},
      {"NumberThenWord", "1or 2"},
      {"UnclosedParenthesis", "sum(up"},
      {"UnopenedParenthesis", "up)"},
      {"EmptyParentheses", "()"},
      {"UnclosedBrace", R"x(up{a="b")x"},
      {"UnopenedBrace", "up}"},
      {"UnclosedBracket", "up[5m"},
      {"EmptyBracket", "up[]"},
      {"BracketWithoutRange", "up[:5m]"},
      {"StringInBracket", R"x(up["5m"])x"},
      {"UnclosedString", R"x(up{a="b})x"},
      {"UnclosedRawString", "up{a=`b}"},
      {"NewlineInString", "up{a=\"b\n\"}"},
      {"UnknownEscape", R"x(up{a="\d"})x"},
      {"EscapedOtherQuote", R"x(up{a="\'"})x"},
      {"ShortHexEscape", R"x(up{a="\x4"})x"},
      {"OctalEscapeTooLarge", R"x(up{a="\777"})x"},
      {"SurrogateEscape", R"x(up{a="\ud800"})x"},
      {"EscapeAtTheEnd", "\"\\"},
      {"MatcherWithoutValue", "up{a=}"},
      {"MatcherWithoutOperator", "up{a}"},
      {"MatcherWithNumber", "up{a=1}"},
      {"MatcherWithComparison", R"x(up{a=="b"})x"},
      {"MatcherWithoutComma", R"x(up{a="b" c="d"})x"},
      {"OnlyACommaInBraces", "up{,}"},
      {"LabelWithColon", R"x(up{a:b="c"})x"},
      {"TwoBraces", R"x(up{a="b"}{c="d"})x"},
      {"BraceAfterNumber", "1{}"},
      {"BraceAfterInfinity", "inf{}"},
      {"Assignment", "up = 1"},
      {"MatchingOutsideBraces", R"x(up =~ "a")x"},
      {"LoneExclamation", "up ! x"},
      {"GraphVariable", "rate(up[$window])"},
      {"Semicolon", "up; x"},
      {"BadNumber", "up > 5x"},
      {"HexWithoutDigits", "up > 0x"},
      {"ExponentWithoutDigits", "up > 1e"},
      {"TrailingComma", "rate(up[5m],)"},
      {"LeadingComma", "max(,up)"},
      {"CommaInAGroup", "(up, x)"},
      {"CommaOutside", "up, x"},
      {"OffsetWithoutDuration", "up offset"},
      {"OffsetOfAMetric", "up offset x"},
      {"InstantWithoutTime", "up @"},
      {"InstantOfTime", "up @ time()"},
      {"InstantOfStartWithoutParentheses", "up @ start"},
      {"GroupingWithoutLabels", "sum by (up)"},
      {"GroupingOfAFunction", "rate(up[5m]) by (job)"},
      {"GroupingByNumber", "sum by (1) (up)"},
      {"GroupingByOnlyAComma", "sum by (,) (up)"},
      {"MatchingWithoutLabels", "a / on b"},
      {"GroupLeftTakesTheParenthesis", "a * on (x) group_left (b)"},
      {"BoolAsMetric", "bool"},
      {"OnAsMetric", "on + 1"},
      {"AtanAsMetric", "atan2"},
      {"KeywordAsFunction", "by (a)"},
      {"StartAsFunction", "start()"},
      {"RecordingRuleAsFunction", "a:b (up)"},
      {"TwoOperators", "up * / x"},
  };
}

}  // namespace launchgate::evidence
