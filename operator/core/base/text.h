// Small text rules shared by every module: what may be shown, what is a name,
// what is a number that decides something.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace launchgate::base {

// Outside text made safe to show in messages, Events and terminals: control
// characters, bidi overrides and invalid UTF-8 become "\xNN" or "\u{NNNN}"; cut
// to at most `max_bytes` with "..." at the end. (THREATS T69.)
std::string Printable(std::string_view text, std::size_t max_bytes);
inline constexpr std::size_t kMaxQuotedBytes = 256;

// Printable(), cut to kMaxQuotedBytes, in double quotes.
std::string Quote(std::string_view text);

// "a, b and c"; empty for no items.
std::string JoinWords(const std::vector<std::string>& items);

// RFC 1123 label (≤ 63) and subdomain (≤ 253), as Kubernetes validates names.
// Checked before a name is put into an API path. (THREATS T46.)
bool IsDnsLabel(std::string_view name);
bool IsDnsSubdomain(std::string_view name);

// A ConfigMap or Secret key: [-._a-zA-Z0-9]+, ≤ 253, not "." or "..".
bool IsDataKey(std::string_view key);

// A decimal number that decides something, written as a string ("99.9", "0.01").
// Digits with an optional fraction and sign; no exponent, no "inf", no "nan",
// no white space; at most 32 characters.
Result<double> ParseDecimal(std::string_view text);

// `value` with at most `digits` after the point and no trailing zeros: "0.03".
std::string FormatDecimal(double value, int digits = 3);

}  // namespace launchgate::base
