#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include "platform/ascii.h"
#include "platform/http_message.h"

namespace launchgate::platform {
namespace {

constexpr std::array<std::pair<int, std::string_view>, 24> kPhrases = {{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
}};

constexpr std::array<std::string_view, 5> kOwnHeaders = {"content-length", "connection", "date",
                                                         "transfer-encoding", "content-type"};

bool MayBeSent(int status) {
  return (status >= 200 && status < 300) || (status >= 400 && status < 600);
}

bool IsToken(std::string_view name) {
  const auto token_char = [](char c) {
    return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  return !name.empty() && std::ranges::all_of(name, token_char);
}

bool IsFieldValue(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool IsOwn(std::string_view name) {
  return std::ranges::any_of(
      kOwnHeaders, [name](std::string_view own) { return EqualsIgnoringCase(own, name); });
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void AppendNumber(std::size_t number, std::string& out) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void Repair(Response& response) {
  if (!MayBeSent(response.status)) {
    response = Response{.status = 500, .body = "internal error\n", .headers = {}};
  }
  if (response.status == 204) response.body.clear();
  if (!IsFieldValue(response.content_type)) response.content_type = "application/octet-stream";
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  const auto found = std::ranges::find(kPhrases, status, &std::pair<int, std::string_view>::first);
  return found == kPhrases.end() ? "Unknown" : found->second;
}

void AppendResponseHead(Response& response, bool close, std::string_view date, std::string& out) {
  Repair(response);
  out.append("HTTP/1.1 ");
  AppendNumber(static_cast<std::size_t>(response.status), out);
  out.append(" ").append(ReasonPhrase(response.status)).append("\r\n");
  AppendField("Date", date, out);
  if (!response.body.empty()) AppendField("Content-Type", response.content_type, out);
  if (response.status != 204) {
    out.append("Content-Length: ");
    AppendNumber(response.body.size(), out);
    out.append("\r\n");
  }
  if (close) AppendField("Connection", "close", out);
  for (const auto& [name, value] : response.headers) {
    if (IsToken(name) && IsFieldValue(value) && !IsOwn(name)) AppendField(name, value, out);
  }
  out.append("\r\n");
}

std::string FormatHttpDate(std::int64_t unix_seconds) {
  // Not strftime's %a and %b: those follow the locale.
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::time_t seconds = unix_seconds;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 16> day_and_year{};
  std::array<char, 16> time{};
  std::string date(kDays.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3));
  date.append(day_and_year.data(), std::strftime(day_and_year.data(), 16, ", %d ", &utc));
  date.append(kMonths.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3));
  date.append(time.data(), std::strftime(time.data(), 16, " %Y %H:%M:%S", &utc));
  return date + " GMT";
}

}  // namespace launchgate::platform
