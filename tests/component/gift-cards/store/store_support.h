// What tests of the store share: a folder that goes away, codes, and programs.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gift-cards/store/store.h"

namespace gift_cards::store_test {

// A private folder, removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  [[nodiscard]] std::string File(const std::string& name) const;
  // The names of what is in it, sorted.
  [[nodiscard]] std::vector<std::string> Names() const;

 private:
  std::filesystem::path folder_;
};

[[nodiscard]] std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, std::string_view bytes);

// 64 hex digits that differ from name to name. Not SHA-256: the store does not mind.
[[nodiscard]] std::string DigestOf(std::string_view name);
// What a provider would answer for it.
[[nodiscard]] std::string ChargeOf(std::string_view digest);

// Throws with the sentence when it cannot be opened.
[[nodiscard]] std::unique_ptr<Store> MustOpen(const std::string& path);
// Begins and completes; throws with the sentence when that fails.
void Redeem(Store& store, std::string_view name, std::int64_t amount_cents, std::int64_t now_ms);

// Makes a store of `count` redeemed rows as Redeem() would for the names "0", "1"
// ..., with 100 cents, 101 ... at 1,000; and one begun at 2,000 with 7 cents and
// the name "pending". In one transaction.
void FillStore(const std::string& path, int count);

// SQL as an outsider would run it on the file. Throws when it fails.
void Sql(const std::string& path, const std::string& sql);

// A program whose standard output is read through a pipe.
class Child {
 public:
  explicit Child(const std::vector<std::string>& words, const std::string& error_file = {});
  ~Child();  // Kills it.
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Without its line feed; nothing at the end of the output. Waits for it.
  [[nodiscard]] std::optional<std::string> ReadLine();
  void Kill();               // SIGKILL.
  [[nodiscard]] int Wait();  // The exit code; 128 + signal when killed.

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};
// Runs a program to its end.
[[nodiscard]] Outcome Run(const std::vector<std::string>& words);

}  // namespace gift_cards::store_test
