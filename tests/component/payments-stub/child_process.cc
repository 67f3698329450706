#include "tests/component/payments-stub/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace payments_stub {
namespace {

bool Readable(int fd) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, static_cast<int>(ChildProcess::kPatience.count())) > 0;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ChildProcess::ChildProcess(std::vector<std::string> command, std::vector<std::string> environment) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  // So that it dies with the test, however that ends.
  command.insert(command.begin(), {"/usr/bin/setpriv", "--pdeathsig", "KILL"});
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  const int failed = ::posix_spawn(&pid_, command.front().c_str(), &actions, nullptr,
                                   Pointers(command).data(), Pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  stderr_ = pipe[0];
  if (failed != 0) throw std::runtime_error("cannot start " + command.back());
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(stderr_);
}

std::string ChildProcess::ReadUntil(const std::string& text) {
  std::string all;
  while (true) {
    std::size_t end = read_.find('\n');
    for (; end != std::string::npos; end = read_.find('\n')) {
      const std::string line = read_.substr(0, end);
      read_.erase(0, end + 1);
      if (line.find(text) != std::string::npos) return line;
      all += line + "\n";
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = Readable(stderr_) ? ::read(stderr_, buffer.data(), buffer.size()) : 0;
    if (size <= 0) return all + read_;
    read_.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

void ChildProcess::Signal(int number) const { ::kill(pid_, number); }

int ChildProcess::Wait() {
  // A descriptor of the process becomes readable when it has ended.
  const int watched = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  const bool ended = Readable(watched);
  ::close(watched);
  if (!ended) return -1000;
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace payments_stub
