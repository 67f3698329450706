// Outside text inside the HTML and SVG that we write: it stays text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "app/cli/markdown.h"

namespace launchgate::app::cli {

// `text` as the content of an element or between double quotes: made printable,
// cut to `max_bytes`, and then with a character reference for each of & < > " '.
std::string HtmlText(std::string_view text, std::size_t max_bytes = kMaxShownBytes);

}  // namespace launchgate::app::cli
