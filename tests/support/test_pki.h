// Throw-away certificates for tests of TLS: made in memory, P-256, valid for an
// hour around now, never written to disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace launchgate::test_support {

// PEM texts of a certificate and its private key.
struct CertifiedKey {
  std::string certificate_pem;
  std::string key_pem;
};

// A private CA. Aborts the test when OpenSSL fails.
class TestCa {
 public:
  explicit TestCa(const std::string& common_name);
  ~TestCa();
  TestCa(TestCa&&) noexcept;
  TestCa& operator=(TestCa&&) noexcept;

  const std::string& certificate_pem() const;

  // A leaf for servers. Names in OpenSSL's notation: "DNS:localhost", "IP:127.0.0.1".
  CertifiedKey IssueServer(const std::vector<std::string>& subject_alternative_names) const;
  // A leaf for clients; `common_name` is what a server sees as the user.
  CertifiedKey IssueClient(const std::string& common_name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace launchgate::test_support
