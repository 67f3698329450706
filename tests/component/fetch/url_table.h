// Reads tests/testdata/fetch: one value a line, "# " comments, "\xNN" for bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace launchgate::fetch {

// Ends the test program when the file is not there.
std::vector<std::string> ReadUrlTable(std::string_view name);

// `text` with every `from` replaced.
std::string Replace(std::string text, std::string_view from, std::string_view to);

}  // namespace launchgate::fetch
