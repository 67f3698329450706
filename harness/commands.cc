#include "harness/commands.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

namespace harness {

void Tell(const std::string& line) { std::cerr << "    " + line + "\n" << std::flush; }

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return Fail(fmt::format("{} cannot be read", path));
  const std::streamoff size = file.tellg();
  if (size < 0 || static_cast<std::size_t>(size) > kMaxFileBytes) {
    return Fail(fmt::format("{} has more than {} bytes", path, kMaxFileBytes));
  }
  std::string text(static_cast<std::size_t>(size), '\0');
  file.seekg(0);
  file.read(text.data(), size);
  if (!file) return Fail(fmt::format("{} cannot be read", path));
  return text;
}

Status WriteFile(const std::string& path, const std::string& text) {
  const std::string partial = path + ".partial";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(partial.c_str(), path.c_str()) != 0) {
    return Fail(fmt::format("{} cannot be written", path));
  }
  return {};
}

std::uint64_t FreshSeed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

}  // namespace harness
