#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "app/cli/command.h"

int main(int argc, char** argv) {
  const bool colour = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  launchgate::app::cli::Streams streams{std::cin, std::cout, std::cerr, colour};
  return launchgate::app::cli::Main(argc, argv, streams);
}
