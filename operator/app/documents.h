// ConfigMaps as documents: versions from a watch of metadata, bodies read when
// needed and not kept.
#pragma once

#include <functional>
#include <string>

#include "app/evidence_gatherer.h"
#include "shell/kube/client.h"
#include "shell/kube/informer.h"

namespace launchgate::app {

// Thread-safe after Start().
class ConfigMapDocuments final : public DocumentSource {
 public:
  ConfigMapDocuments(const kube::InformerContext& context, kube::Client& client,
                     std::uint64_t seed);
  ~ConfigMapDocuments() override { Stop(); }

  // Before Start().
  void OnChange(const std::function<void(const kube::ObjectKey& key)>& handler);
  void Start() { versions_.Start(); }
  void Stop() { versions_.Stop(); }
  bool HasSynced() const { return versions_.HasSynced(); }

  std::string VersionOf(const std::string& ns, const std::string& config_map) const override;
  base::Result<evidence::Document> Read(const std::string& ns, const std::string& config_map,
                                        const std::string& key) override;

 private:
  kube::Informer<std::string> versions_;
  kube::Client& client_;
};

}  // namespace launchgate::app
