#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <charconv>
#include <functional>
#include <limits>

#include "platform/ascii.h"
#include "platform/http_message.h"

namespace launchgate::platform {
namespace {

namespace http = boost::beast::http;

constexpr int kBadRequest = 400;
constexpr int kHeadersTooLarge = 431;
constexpr int kNotImplemented = 501;

// Where a piece of the head is in the buffer, whose address may change.
struct Piece {
  std::size_t from = 0;
  std::size_t length = 0;

  [[nodiscard]] std::string_view In(std::string_view buffer) const {
    return buffer.substr(from, length);
  }
};

std::optional<std::uint64_t> ParseDigits(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // from_chars takes no sign and no blank for unsigned values.
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Everything the head said, kept across requests so that vectors keep their room.
struct ParsedHead {
  Piece method;
  Piece target;
  std::vector<std::pair<Piece, Piece>> fields;
  std::optional<std::uint64_t> content_length;
  int hosts = 0;
  int transfer_encodings = 0;
  bool chunked = false;
  bool http11 = false;
  bool keep_alive = false;

  void Clear() {
    auto room = std::move(fields);
    room.clear();
    *this = ParsedHead{};
    fields = std::move(room);
  }
};

// RFC 9112, 5.2: folded lines are refused. Beast would unfold them.
bool HasFoldedLine(std::string_view head) {
  for (auto end = head.find('\n'); end != std::string_view::npos && end + 1 < head.size();
       end = head.find('\n', end + 1)) {
    if (head[end + 1] == ' ' || head[end + 1] == '\t') return true;
  }
  return false;
}

}  // namespace

// Beast finds the pieces; what they may say is decided here.
class HttpRequestReader::Parser : public http::basic_parser<true> {
 public:
  Parser(const Limits& limits, ParsedHead& head) : limits_(limits), head_(head) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    // The route decides how large a body may be; "none" would refuse every length.
    body_limit(std::numeric_limits<std::uint64_t>::max());
    eager(false);  // Stop at the end of the head.
  }

  void SetBuffer(std::string_view buffer) { buffer_ = buffer; }
  [[nodiscard]] int refusal() const { return refusal_; }

 private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void Refuse(int status, Error& error) {
    refusal_ = status;
    error = http::error::bad_value;
  }

  // Beast unfolds folded lines into a scratch buffer, outside of ours.
  [[nodiscard]] std::optional<Piece> Locate(Text text) const {
    const char* end = buffer_.data() + buffer_.size();
    if (std::less<>()(text.data(), buffer_.data()) || std::less<>()(end, text.data())) {
      return std::nullopt;
    }
    return Piece{static_cast<std::size_t>(text.data() - buffer_.data()), text.size()};
  }

  void on_request_impl(http::verb, Text method, Text target, int version, Error& error) override {
    const auto method_piece = Locate(method);
    const auto target_piece = Locate(target);
    if (!method_piece || !target_piece || !target.starts_with('/')) {
      return Refuse(kBadRequest, error);
    }
    head_.method = *method_piece;
    head_.target = *target_piece;
    head_.http11 = version == 11;
  }

  void on_field_impl(http::field name, Text name_text, Text value, Error& error) override {
    if (head_.fields.size() >= limits_.header_fields) return Refuse(kHeadersTooLarge, error);
    const auto name_piece = Locate(name_text);
    const auto value_piece = value.empty() ? Piece{} : Locate(value);
    if (!name_piece || !value_piece) return Refuse(kBadRequest, error);
    head_.fields.emplace_back(*name_piece, *value_piece);
    CheckFraming(name, std::string_view(value.data(), value.size()), error);
  }

  void CheckFraming(http::field name, std::string_view value, Error& error) {
    if (name == http::field::host) {
      ++head_.hosts;
    } else if (name == http::field::content_length) {
      const auto length = ParseDigits(value);
      if (!length || head_.content_length) return Refuse(kBadRequest, error);
      head_.content_length = length;
    } else if (name == http::field::transfer_encoding) {
      ++head_.transfer_encodings;
      head_.chunked = EqualsIgnoringCase(value, "chunked");
    }
  }

  void on_header_impl(Error& error) override {
    const bool encoded = head_.transfer_encodings > 0;
    if (head_.transfer_encodings > 1 || (encoded && (head_.content_length || !head_.http11)) ||
        head_.hosts > 1 || (head_.http11 && head_.hosts == 0)) {
      return Refuse(kBadRequest, error);
    }
    if (encoded && !head_.chunked) return Refuse(kNotImplemented, error);
    head_.keep_alive = head_.http11 && keep_alive();
  }

  // Bodies are read elsewhere.
  void on_response_impl(int, Text, int, Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(Text body, Error&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, Text, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Error&) override { return body.size(); }
  void on_finish_impl(Error&) override {}

  const Limits& limits_;
  ParsedHead& head_;
  std::string_view buffer_;
  int refusal_ = 0;
};

struct HttpRequestReader::Impl {
  Limits limits;
  ParsedHead head;
  std::optional<Parser> parser;

  // Why the parser stopped, as the status to answer with.
  [[nodiscard]] int StatusOf(const boost::beast::error_code& error) const {
    if (parser->refusal() != 0) return parser->refusal();
    if (error == http::error::header_limit) return kHeadersTooLarge;
    return kBadRequest;
  }
};

HttpRequestReader::HttpRequestReader(Limits limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
  Reset();
}

HttpRequestReader::~HttpRequestReader() = default;

void HttpRequestReader::Reset() {
  impl_->head.Clear();
  impl_->parser.emplace(impl_->limits, impl_->head);
}

ReadProgress HttpRequestReader::ReadHead(std::string_view buffer, std::size_t unread_from) {
  Parser& parser = *impl_->parser;
  parser.SetBuffer(buffer);
  ReadProgress progress;
  while (true) {
    const std::string_view unread = buffer.substr(unread_from + progress.consumed);
    boost::beast::error_code error;
    progress.consumed += parser.put(boost::asio::const_buffer(unread.data(), unread.size()), error);
    const std::size_t head_bytes = unread_from + progress.consumed;
    if (error == http::error::need_more) {
      if (buffer.size() < impl_->limits.header_bytes) return progress;
      progress.state = ReadProgress::State::kRefused;
      progress.status = kHeadersTooLarge;
      return progress;
    }
    if (!error && !parser.is_header_done()) continue;
    progress.status = error                                         ? impl_->StatusOf(error)
                      : head_bytes > impl_->limits.header_bytes     ? kHeadersTooLarge
                      : HasFoldedLine(buffer.substr(0, head_bytes)) ? kBadRequest
                                                                    : 0;
    progress.state =
        progress.status == 0 ? ReadProgress::State::kHeadDone : ReadProgress::State::kRefused;
    return progress;
  }
}

void HttpRequestReader::Describe(std::string_view buffer, Head& head) const {
  const ParsedHead& parsed = impl_->head;
  head.method = parsed.method.In(buffer);
  head.target = parsed.target.In(buffer);
  head.fields.clear();
  for (const auto& [name, value] : parsed.fields) {
    head.fields.push_back({.name = name.In(buffer), .value = value.In(buffer)});
  }
  head.content_length = parsed.content_length;
  head.chunked = parsed.chunked;
  head.http11 = parsed.http11;
  head.keep_alive = parsed.keep_alive;
}

}  // namespace launchgate::platform
