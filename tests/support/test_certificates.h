// Throw-away ECDSA P-256 keys and certificates, made when a test asks for them.

#ifndef LAUNCHGATE_TESTS_SUPPORT_TEST_CERTIFICATES_H_
#define LAUNCHGATE_TESTS_SUPPORT_TEST_CERTIFICATES_H_

#include <string>

namespace launchgate::test_support {

struct TestCertificate {
  std::string certificate_pem;
  std::string private_key_pem;
};

// A certificate authority, valid for a day.
TestCertificate MakeTestAuthority(const std::string& common_name);

// A leaf for localhost, 127.0.0.1 and ::1, signed by `authority`, usable by
// servers and clients, valid for a day.
TestCertificate MakeTestLeaf(const TestCertificate& authority, const std::string& common_name);

}  // namespace launchgate::test_support

#endif  // LAUNCHGATE_TESTS_SUPPORT_TEST_CERTIFICATES_H_
