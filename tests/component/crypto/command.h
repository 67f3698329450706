// Runs the real tools a reviewer has, in a folder that goes away again.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace launchgate::crypto {

// A private temporary folder, removed with everything in it.
class Workspace {
 public:
  Workspace();
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  void Write(const std::string& name, std::string_view bytes) const;
  std::string Read(const std::string& name) const;

  // Runs a POSIX shell script in the folder with `set -eu`. True when it ended
  // with 0; what it printed is in Output() either way.
  bool Run(const std::string& script);
  const std::string& Output() const { return output_; }

 private:
  std::filesystem::path folder_;
  std::string output_;
};

// Whether a program can be found on PATH.
bool HasProgram(const std::string& name);

}  // namespace launchgate::crypto
