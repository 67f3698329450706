// gift-cards-seeded: the launch candidate as it was when it was reviewed.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "gift-cards/seeded/service.h"

int main(int argc, char** argv) {
  gift_cards::seeded::ServiceOptions options;
  std::string announce_file;
  CLI::App parser("gift-cards as it was when it was reviewed. Never deploy it.");
  parser.add_option("--payments-url", options.payments_url, "Where the provider is")->required();
  parser.add_option("--address", options.address, "Numeric address to listen on");
  parser.add_option("--port", options.port, "0: any free one");
  parser.add_option("--workers", options.workers, "Redemptions at the same time")
      ->check(CLI::Range(1, 256));
  parser.add_option("--announce-file", announce_file, "Receives port=N once it serves");
  parser.footer("Example:\n  gift-cards-seeded --payments-url http://127.0.0.1:9000 --port 8080");
  CLI11_PARSE(parser, argc, argv);

  const auto service = gift_cards::seeded::Service::Start(options);
  if (!service) {
    std::cerr << "gift-cards: " << service.error() << "\n";
    return 1;
  }
  std::cerr << "gift-cards listens on port " << (*service)->port() << "\n";
  if (!announce_file.empty()) {
    const std::string partial = announce_file + ".partial";
    std::ofstream(partial) << "port=" << (*service)->port() << "\n";
    if (std::rename(partial.c_str(), announce_file.c_str()) != 0) return 1;
  }
  while (true) std::this_thread::sleep_for(std::chrono::hours(24));
}
