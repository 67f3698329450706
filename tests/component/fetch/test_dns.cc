#include "tests/component/fetch/test_dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace launchgate::fetch {
namespace {

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMaxMessageBytes = 4096;
constexpr int kTypeA = 1;
constexpr int kTypeAaaa = 28;

void Must(bool ok) {
  if (!ok) std::abort();
}

std::string Number16(int value) {
  return {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
}

int ReadNumber16(std::string_view message, std::size_t at) {
  return (static_cast<unsigned char>(message[at]) << 8) |
         static_cast<unsigned char>(message[at + 1]);
}

// Behind the name that starts at `at`; nothing when the message ends in it.
std::optional<std::size_t> SkipName(std::string_view message, std::size_t at) {
  while (at < message.size()) {
    const auto length = static_cast<unsigned char>(message[at]);
    if (length >= 0xC0) return at + 2;
    if (length == 0) return at + 1;
    at += 1U + length;
  }
  return std::nullopt;
}

std::string Query(int id, std::string_view host, int type) {
  // Recursion desired, one question.
  std::string query = Number16(id) + Number16(0x0100) + Number16(1) + std::string(6, '\0');
  while (!host.empty()) {
    const std::string_view label = host.substr(0, host.find('.'));
    query += static_cast<char>(label.size());
    query += label;
    host.remove_prefix(std::min(label.size() + 1, host.size()));
  }
  return query + '\0' + Number16(type) + Number16(1);
}

// The address in 4 or 16 bytes when it is of the family that `type` asks for.
std::optional<std::string> Data(const Address& address, int type) {
  const bool v4 = address.ToString().find(':') == std::string::npos;
  if (v4 != (type == kTypeA)) return std::nullopt;
  const std::string bytes(address.bytes().begin(), address.bytes().end());
  return v4 ? bytes.substr(12) : bytes;
}

std::vector<Address> ReadAnswer(std::string_view message) {
  std::vector<Address> addresses;
  if (message.size() < kHeaderBytes) return addresses;
  auto at = SkipName(message, kHeaderBytes);
  if (at) *at += 4;  // Type and class of the question.
  for (int left = ReadNumber16(message, 6); left > 0 && at; --left) {
    at = SkipName(message, *at);
    if (!at || *at + 10 > message.size()) break;
    const auto length = static_cast<std::size_t>(ReadNumber16(message, *at + 8));
    if (*at + 10 + length > message.size()) break;
    const std::string data(message.substr(*at + 10, length));
    char text[INET6_ADDRSTRLEN] = {};
    inet_ntop(length == 4 ? AF_INET : AF_INET6, data.data(), text, sizeof text);
    if (const auto address = Address::Parse(text)) addresses.push_back(*address);
    *at += 10 + length;
  }
  return addresses;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

TestDnsServer::TestDnsServer(Zone zone) : zone_(std::move(zone)) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Must(::bind(socket_, generic, sizeof address) == 0);
  socklen_t size = sizeof address;
  Must(::getsockname(socket_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TestDnsServer::~TestDnsServer() {
  // An empty datagram ends the thread.
  const sockaddr_in address = Loopback(port_);
  ::sendto(socket_, "", 0, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  thread_.join();
  ::close(socket_);
}

int TestDnsServer::lookups() const {
  const std::lock_guard lock(mutex_);
  return lookups_;
}

void TestDnsServer::Serve() {
  std::string buffer(kMaxMessageBytes, '\0');
  while (true) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    const auto got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0,
                                reinterpret_cast<sockaddr*>(&peer), &size);
    if (got <= 0) return;
    const std::string answer = AnswerTo(buffer.substr(0, static_cast<std::size_t>(got)));
    ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&peer),
             size);
  }
}

std::string TestDnsServer::AnswerTo(const std::string& query) {
  const auto end = query.size() < kHeaderBytes ? std::nullopt : SkipName(query, kHeaderBytes);
  if (!end || *end + 4 > query.size()) return query;
  const int type = ReadNumber16(query, *end);
  int lookup = 0;
  {
    const std::lock_guard lock(mutex_);
    if (type == kTypeA) ++lookups_;
    lookup = lookups_ - 1;
  }
  std::string records;
  int count = 0;
  for (const Address& address : zone_(lookup)) {
    const auto data = Data(address, type);
    if (!data) continue;
    // The question's name, class IN, TTL 0.
    records += Number16(0xC00C) + Number16(type) + Number16(1) + std::string(4, '\0') +
               Number16(static_cast<int>(data->size())) + *data;
    ++count;
  }
  // A response, authoritative.
  return query.substr(0, 2) + Number16(0x8580) + Number16(1) + Number16(count) +
         std::string(4, '\0') + query.substr(kHeaderBytes, *end + 4 - kHeaderBytes) + records;
}

base::Result<std::vector<Address>> TestDnsResolver::Resolve(const std::string& host,
                                                            std::chrono::milliseconds timeout) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval limit{timeout.count() / 1000, (timeout.count() % 1000) * 1000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  const sockaddr_in server = Loopback(port_);
  Must(::connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) == 0);
  std::vector<Address> addresses;
  std::string buffer(kMaxMessageBytes, '\0');
  for (const int type : {kTypeA, kTypeAaaa}) {
    const std::string query = Query(type, host, type);
    ::send(socket, query.data(), query.size(), 0);
    const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0) break;
    for (const Address& address :
         ReadAnswer(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)))) {
      addresses.push_back(address);
    }
  }
  ::close(socket);
  if (addresses.empty()) {
    return base::Fail(base::ErrorKind::kUnavailable, host + " does not resolve");
  }
  return addresses;
}

}  // namespace launchgate::fetch
