#include "tests/support/fake_api_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace launchgate::test_support {
namespace {

std::string Decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void ParseTarget(WireRequest& request) {
  const std::string_view target = request.target;
  const auto mark = target.find('?');
  request.path = Decode(target.substr(0, mark));
  std::string_view rest = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? "" : pair.substr(equals + 1);
    request.query[Decode(pair.substr(0, equals))] = Decode(value);
  }
}

std::string Lowercase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool ParseHead(std::string_view head, WireRequest& request) {
  const auto line_end = head.find("\r\n");
  const std::string_view first = head.substr(0, line_end);
  const auto space = first.find(' ');
  const auto last_space = first.rfind(' ');
  if (space == std::string_view::npos || last_space == space) return false;
  request.method = first.substr(0, space);
  request.target = first.substr(space + 1, last_space - space - 1);
  ParseTarget(request);
  for (std::string_view rest = head.substr(std::min(head.size(), line_end + 2)); !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto value = line.find_first_not_of(' ', colon + 1);
    request.headers[Lowercase(line.substr(0, colon))] =
        value == std::string_view::npos ? "" : std::string(line.substr(value));
  }
  return true;
}

}  // namespace

std::string WireRequest::Query(const std::string& key) const {
  const auto found = query.find(key);
  return found == query.end() ? "" : found->second;
}

std::string WireRequest::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

WireConnection::~WireConnection() { ::close(socket_); }

bool WireConnection::Fill() {
  char bytes[16384];
  const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(got));
  return true;
}

std::optional<WireRequest> WireConnection::Read() {
  std::size_t head_end = 0;
  while ((head_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return std::nullopt;
  }
  WireRequest request;
  if (!ParseHead(std::string_view(buffer_).substr(0, head_end), request)) return std::nullopt;
  buffer_.erase(0, head_end + 4);
  const std::size_t length = std::strtoull(request.Header("content-length").c_str(), nullptr, 10);
  while (buffer_.size() < length) {
    if (!Fill()) return std::nullopt;
  }
  request.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return request;
}

bool WireConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool WireConnection::Reply(int code,
                           const std::vector<std::pair<std::string, std::string>>& headers,
                           std::string_view body) {
  std::string answer = "HTTP/1.1 " + std::to_string(code) + " Scripted\r\n";
  for (const auto& [name, value] : headers) answer += name + ": " + value + "\r\n";
  answer += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n";
  return Send(answer.append(body));
}

bool WireConnection::BeginChunked() {
  return Send(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
}

bool WireConnection::Chunk(std::string_view bytes, std::size_t piece_bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = piece_bytes == 0 ? bytes : bytes.substr(0, piece_bytes);
    bytes.remove_prefix(piece.size());
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    if (!Send(std::string(size).append(piece).append("\r\n"))) return false;
  }
  return true;
}

bool WireConnection::EndChunked() { return Send("0\r\n\r\n"); }

bool WireConnection::PeerClosed() const {
  char byte = 0;
  const ssize_t seen = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen == 0 || (seen < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

void WireConnection::ResetOnClose() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace launchgate::test_support
