#include "tests/component/fetch/counting_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <utility>

namespace launchgate::fetch {
namespace {

constexpr std::size_t kMaxHeadBytes = 64U << 10U;

void Must(bool ok) {
  if (!ok) std::abort();
}

}  // namespace

CountingListener::CountingListener(const std::string& address, int port, std::string answer)
    : answer_(std::move(answer)) {
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(static_cast<std::uint16_t>(port));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = v6.sin6_port;
  const bool is_v6 = inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1;
  Must(is_v6 || inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1);
  auto* generic = is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
  socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
  socket_ = ::socket(generic->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  Must(::bind(socket_, generic, size) == 0);
  Must(::listen(socket_, 64) == 0);
  Must(::getsockname(socket_, generic, &size) == 0);
  port_ = ntohs(is_v6 ? v6.sin6_port : v4.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

CountingListener::~CountingListener() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

void CountingListener::Serve() {
  while (true) {
    const int peer = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) return;
    ++connections_;
    std::string head;
    char data[4096];
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < kMaxHeadBytes) {
      const auto got = ::recv(peer, data, sizeof data, 0);
      if (got <= 0) break;
      head.append(data, static_cast<std::size_t>(got));
    }
    ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
    ::close(peer);
  }
}

}  // namespace launchgate::fetch
