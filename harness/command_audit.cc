// harness audit: are acknowledgements, store and payments the same redemptions?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "harness/audit.h"
#include "harness/commands.h"
#include "harness/http_client.h"

namespace harness {
namespace {

constexpr std::chrono::milliseconds kChargesTimeout{30'000};  // A million charges take a while.

struct Options {
  std::string acknowledged;
  std::string redemptions;
  std::string payments_url;
  std::size_t expected = 0;
};

Result<Books> ReadBooks(const Options& options) {
  const auto lines = ReadFile(options.acknowledged);
  if (!lines) return tl::unexpected(lines.error());
  const auto rows = ReadFile(options.redemptions);
  if (!rows) return tl::unexpected(rows.error());
  HttpClient client;
  const auto page = client.Get(options.payments_url + "/charges", kChargesTimeout);
  if (!page) return tl::unexpected(page.error());

  auto acknowledged = ReadAcknowledged(*lines);
  if (!acknowledged) return tl::unexpected(acknowledged.error());
  auto store = ReadRedemptions(*rows);
  if (!store) return tl::unexpected(store.error());
  auto charges = ReadCharges(*page);
  if (!charges) return tl::unexpected(charges.error());
  return Books{std::move(*acknowledged), std::move(*store), std::move(*charges)};
}

int Run(const Options& options) {
  const auto books = ReadBooks(options);
  if (!books) {
    std::cerr << "error: " << books.error() << "\n";
    return kUnknown;
  }
  const AuditResult result = Audit(*books, options.expected);
  std::cout << fmt::format(
      "{} codes acknowledged, {} redeemed and {} pending in the store, {} charges\n",
      result.acknowledged, result.redeemed, result.pending, result.charges);
  for (const auto& [violation, finding] : result.findings) {
    std::cout << fmt::format("FAIL  {} {}", finding.count, ToString(violation));
    for (const std::string& example : finding.examples) std::cout << " " << example;
    std::cout << "\n";
  }
  if (!result.clean()) return kFails;
  std::cout
      << "ok    every acknowledged redemption is in the store, none twice, each charged once\n";
  return kHolds;
}

}  // namespace

void AddAudit(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command =
      app.add_subcommand("audit", "Compare what was acknowledged with the store and the charges");
  command->add_option("--acknowledged", options->acknowledged, "What redeem-all wrote")->required();
  command
      ->add_option("--redemptions", options->redemptions,
                   "What gift-cards redemptions -o json printed")
      ->required();
  command->add_option("--payments-url", options->payments_url, "The payments stub")->required();
  command->add_option("--expected", options->expected, "How many codes were to be redeemed")
      ->required();
  command->callback([options, &chosen] { chosen = [options] { return Run(*options); }; });
}

}  // namespace harness
