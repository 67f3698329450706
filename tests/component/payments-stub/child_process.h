// One of our own programs as a child, with its standard error as lines.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace payments_stub {

// Killed when it is destroyed, or when the test dies. Every wait ends after kPatience.
// Not thread-safe.
class ChildProcess {
 public:
  static constexpr std::chrono::milliseconds kPatience{20'000};

  // `command`: program and arguments. `environment`: "NAME=value", added to ours.
  ChildProcess(std::vector<std::string> command, std::vector<std::string> environment);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  // Reads on until a line holds `text`; that line, or all that came when it ends without.
  std::string ReadUntil(const std::string& text);

  void Signal(int number) const;

  // Its exit code; minus the signal's number when one ended it. -1000: it does not end.
  int Wait();

 private:
  pid_t pid_ = -1;
  int stderr_ = -1;
  std::string read_;  // What came and was not yet looked at.
};

}  // namespace payments_stub
