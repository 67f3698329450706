// Runs a fuzz target over its corpus where libFuzzer is not linked in, so that
// what a fuzzer once found stays found under every compiler and sanitizer.
//
//   fuzz_something CORPUS-FOLDER-OR-FILE...
//
// Every input is also tried cut off at up to kCutsPerInput places: half a document
// is what a broken connection delivers. The order is fixed; a crash names its input.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kCutsPerInput = 64;

std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& where) {
  if (!std::filesystem::is_directory(where)) return {where};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(where)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Each call gets memory of exactly the size it is told, so that AddressSanitizer
// sees a read one byte too far.
void Run(const std::string& input, std::size_t size) {
  const std::vector<std::uint8_t> exact(input.begin(),
                                        input.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

void RunWithCuts(const std::string& input) {
  Run(input, input.size());
  const std::size_t step = std::max<std::size_t>(1, input.size() / kCutsPerInput);
  for (std::size_t size = 0; size < input.size(); size += step) Run(input, size);
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t inputs = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : FilesIn(argv[i])) {
      std::ifstream stream(file, std::ios::binary);
      if (!stream) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return 2;
      }
      const std::string input{std::istreambuf_iterator<char>(stream), {}};
      std::fprintf(stderr, "%s\n", file.c_str());
      RunWithCuts(input);
      ++inputs;
    }
  }
  std::printf("%zu inputs replayed\n", inputs);
  // A replay of nothing proves nothing.
  return inputs > 0 ? 0 : 2;
}
