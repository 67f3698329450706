// Pages in Markdown, as far as tests look into them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace launchgate::contract {

// The text of every fenced code block of a language in a Markdown file.
std::vector<std::string> CodeBlocks(std::string_view markdown, std::string_view language);

// The titles of a Markdown file's headings as a browser's fragment names them:
// "What became of one card?" is "what-became-of-one-card".
std::set<std::string> Anchors(std::string_view markdown);

}  // namespace launchgate::contract
