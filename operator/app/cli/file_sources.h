// Sources of evidence for the command line: objects that were read from files,
// and a folder for ConfigMaps that are not among them.
#pragma once

#include <string>

#include "app/evidence_sources.h"
#include "app/world.h"
#include "core/evidence/fetcher.h"

namespace launchgate::app::cli {

// Const access to the world only. Thread-safe as far as its parts are.
class FileSources final : public EvidenceSources {
 public:
  // All must outlive this object. `root` may be empty.
  FileSources(const World& world, std::string root, evidence::PageFetcher& pages,
              evidence::PrometheusReader& prometheus)
      : world_(world), root_(std::move(root)), pages_(pages), prometheus_(prometheus) {}

  // Nothing changes while one command runs.
  std::string VersionOf(const std::string& /*ns*/, const evidence::Source& /*source*/) override {
    return "file";
  }
  base::Result<evidence::Reading> Read(const std::string& ns, const evidence::Source& source,
                                       base::Time now) override;

 private:
  base::Result<evidence::Reading> ReadConfigMap(const std::string& ns,
                                                const evidence::ConfigMapSource& source) const;
  base::Result<evidence::Reading> ReadFile(const evidence::ConfigMapSource& source) const;
  base::Result<evidence::Reading> ReadObject(const std::string& ns,
                                             const evidence::ObjectSource& source) const;

  const World& world_;
  const std::string root_;
  evidence::PageFetcher& pages_;
  evidence::PrometheusReader& prometheus_;
};

}  // namespace launchgate::app::cli
