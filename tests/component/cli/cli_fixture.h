// Runs commands as a person does: arguments in, files on disk, text and exit code
// out. Every test has a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/verdict/statement.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {

inline constexpr const char* kRanAt = "2026-11-20T10:00:00Z";  // When the evidence was recorded.
inline constexpr const char* kNow = "2026-11-23T12:00:00Z";

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class CliTest : public testing::Test {
 protected:
  CliTest();
  ~CliTest() override;

  Outcome Launchgate(std::vector<std::string> arguments, const std::string& input = "");

  // The path of a new file in the test's folder.
  std::string Write(const std::string& name, const std::string& text) const;

  // One item, "load-test", and an authority whose key "alice" is `key_`.
  std::string Standard() const;
  // The review gift-cards of the namespace shop.
  std::string Review() const;
  // A folder with one k6 result of tests/testdata/k6, recorded at kRanAt.
  std::string Evidence(const std::string& sample) const;
  // A Go by alice about exactly these files.
  std::string Go(const std::string& standard, const std::string& review) const;

  // A verdict about the one review among `files`: alice's Go after `edit`, signed with
  // `key` and stored under `name` in NAME.json.
  std::string Verdict(const std::vector<std::string>& files, const std::string& name,
                      const crypto::PrivateKey& key,
                      const std::function<void(verdict::Statement&)>& edit) const;

  std::filesystem::path root_;
  crypto::PrivateKey key_ = *crypto::PrivateKey::Generate(verdict::SignatureAlgorithm::kEd25519);
};

// The whole file.
std::string ReadFile(const std::filesystem::path& path);

}  // namespace launchgate::app::cli
