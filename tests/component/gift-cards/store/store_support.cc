#include "tests/component/gift-cards/store/store_support.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

namespace gift_cards::store_test {

namespace fs = std::filesystem;

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "gift-cards-store-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::string TempFolder::File(const std::string& name) const { return (folder_ / name).string(); }

std::vector<std::string> TempFolder::Names() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::string DigestOf(std::string_view name) {
  // FNV-1a, four times with different starts.
  std::string digest;
  for (std::uint64_t start = 0; start < 4; ++start) {
    std::uint64_t hash = 14695981039346656037ULL + start;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    digest += fmt::format("{:016x}", hash);
  }
  return digest;
}

std::string ChargeOf(std::string_view digest) { return fmt::format("ch-{}", digest.substr(0, 16)); }

std::unique_ptr<Store> MustOpen(const std::string& path) {
  auto store = Store::Open(path);
  if (!store) throw std::runtime_error(store.error());
  return std::move(*store);
}

void Redeem(Store& store, std::string_view name, std::int64_t amount_cents, std::int64_t now_ms) {
  const std::string digest = DigestOf(name);
  const auto begun = store.Begin(digest, amount_cents, now_ms);
  if (!begun) throw std::runtime_error(begun.error());
  const auto completed = store.Complete(digest, ChargeOf(digest), now_ms + 1);
  if (!completed) throw std::runtime_error(completed.error());
}

void FillStore(const std::string& path, int count) {
  (void)MustOpen(path)->Begin(DigestOf("pending"), 7, 2'000);
  std::string sql = "BEGIN;";
  for (int i = 0; i < count; ++i) {
    const std::string digest = DigestOf(std::to_string(i));
    sql += fmt::format(
        "INSERT INTO redemptions (code_digest, amount_cents, state, charge_id, begun_at, "
        "redeemed_at) VALUES ('{}', {}, 'redeemed', '{}', 1000, 1001);",
        digest, 100 + i, ChargeOf(digest));
  }
  Sql(path, sql + "COMMIT");
}

void Sql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  int result = sqlite3_open(path.c_str(), &database);
  if (result == SQLITE_OK) {
    result = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  }
  const std::string message = sqlite3_errmsg(database);
  sqlite3_close(database);
  if (result != SQLITE_OK) throw std::runtime_error(message);
}

Child::Child(const std::vector<std::string>& words, const std::string& error_file) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  output_ = pipe[0];
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  if (!error_file.empty()) {
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error_file.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  }
  const int failed =
      posix_spawnp(&pid_, words.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  if (failed != 0) throw std::runtime_error("cannot start " + words.front());
}

Child::~Child() {
  Kill();
  if (pid_ > 0) (void)Wait();
  close(output_);
}

std::optional<std::string> Child::ReadLine() {
  std::array<char, 4096> bytes{};
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    const ssize_t size = read(output_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 && buffer_.empty()) return std::nullopt;
    if (size <= 0) return std::exchange(buffer_, {});
    buffer_.append(bytes.data(), static_cast<std::size_t>(size));
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

void Child::Kill() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

int Child::Wait() {
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Outcome Run(const std::vector<std::string>& words) {
  const TempFolder folder;
  Outcome outcome;
  Child child({words}, folder.File("stderr"));
  while (const auto line = child.ReadLine()) outcome.out += *line + "\n";
  outcome.exit_code = child.Wait();
  outcome.err = ReadFile(folder.File("stderr"));
  return outcome;
}

}  // namespace gift_cards::store_test
