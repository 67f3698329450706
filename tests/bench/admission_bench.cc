// What one admission costs inside the process, per recorded review: decoding,
// classifying, hashing, deciding and encoding, with 1,000 reviews loaded.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "core/admission/review.h"
#include "core/decision/decide.h"
#include "core/decision/gate_index.h"

namespace launchgate::admission {
namespace {

constexpr std::string_view kNamespace = "shop-cap";  // Where the samples were recorded.

std::shared_ptr<const decision::GateIndex> MakeIndex() {
  decision::GateIndex::Builder builder;
  builder.SetHealth({.caches_synced = true, .waiting_for = "", .clock_trusted = true});
  builder.AddNamespace(std::string(kNamespace), decision::GateMode::kStrict);
  for (int i = 0; i < 1000; ++i) {
    auto facts = std::make_shared<decision::ReviewFacts>();
    facts->ns = kNamespace;
    facts->name = i == 0 ? "gift-cards" : "service-" + std::to_string(i);
    facts->target = {resources::TargetKind::kDeployment, facts->ns, facts->name};
    builder.AddReview(std::move(facts));
  }
  return std::move(builder).Build();
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void DecideOne(benchmark::State& state, const std::string& file) {
  std::string bytes = ReadFile(file);
  const std::size_t size = bytes.size();
  bytes.append(Decoder::kPadding, '\0');
  const std::string_view body = std::string_view(bytes).substr(0, size);
  const auto index = MakeIndex();
  Decoder decoder(DefaultControllerIdentities());

  for (auto _ : state) {
    const auto request = decoder.Decode(body, *index);
    if (!request) {
      state.SkipWithError(request.error().message.c_str());
      break;
    }
    const decision::Change& change = request->change;
    const decision::TargetFacts* facts = change.target ? index->Find(*change.target) : nullptr;
    const auto decided = decision::Decide(index->health(), index->ModeOf(change.ns), facts, change,
                                          base::Time(std::chrono::hours(24 * 365 * 56)));
    const std::string message =
        decided.allowed() ? std::string() : decision::RenderDenial(decided, facts, change);
    benchmark::DoNotOptimize(EncodeAnswer(request->uid, decided, change, message, false));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

void RegisterAll(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    // Namespaces are not for the gate.
    if (name.find("namespaces") == std::string::npos) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    benchmark::RegisterBenchmark(path.stem().c_str(), DecideOne, path.string())
        ->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace
}  // namespace launchgate::admission

int main(int argc, char** argv) {
  launchgate::admission::RegisterAll(std::filesystem::path(LAUNCHGATE_SOURCE_DIR) /
                                     "tests/testdata/admission/v1.36");
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
