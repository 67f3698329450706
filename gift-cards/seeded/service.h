// gift-cards as it was when it was reviewed. See README.md; do not deploy.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace gift_cards::seeded {

struct ServiceOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string payments_url;
  int workers = 8;
};

class Service {
 public:
  static tl::expected<std::unique_ptr<Service>, std::string> Start(const ServiceOptions& options);
  ~Service();
  std::uint16_t port() const;

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gift_cards::seeded
