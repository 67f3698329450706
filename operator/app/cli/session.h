// A connection to a cluster for the length of one command.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/world.h"
#include "core/base/result.h"
#include "shell/kube/client.h"

namespace CLI {
class App;
}

namespace launchgate::app::cli {

// The flags that every command with a cluster has.
struct ClusterFlags {
  std::string kubeconfig;  // Empty: as kubectl would find it.
  std::string context;
  std::string ns;  // Empty: the context's namespace.
};
void AddClusterFlags(CLI::App& command, ClusterFlags& flags);
// Of commands about cluster-scoped objects: without a namespace.
void AddConnectionFlags(CLI::App& command, ClusterFlags& flags);

// Not thread-safe; one at a time.
class Session {
 public:
  // kNotFound, kInvalid or kUnsupported says what is wrong with the kubeconfig;
  // nothing is sent yet.
  static base::Result<std::unique_ptr<Session>> Open(const ClusterFlags& flags);
  ~Session();

  kube::Client& client();
  const std::string& ns() const;  // The namespace that was asked for.

  // Reads the objects that decide about the reviews of the session's namespace:
  // reviews, verdicts and ErrorBudgets of it, the checklists and authorities that those
  // reviews name, the namespace itself, the cluster's id.
  base::Result<World> ReadWorld(const verdict::PublicKeyReader& reader);
  // Adds every object of a kind in a namespace ("": of the cluster).
  base::Status ListInto(World& world, const kube::ResourceType& type, const std::string& ns);
  // How the server serves a kind; kUnsupported when it does not.
  base::Result<kube::ResourceType> TypeOf(resources::TargetKind kind);
  // The stored target, into `world`; nothing is added when it does not exist.
  base::Status ReadTarget(const resources::TargetRef& target, World& world);

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  base::Status ReadInto(World& world, const kube::ResourceType& type, const kube::ObjectKey& key);

  std::unique_ptr<Impl> impl_;
};

// "deployment/gift-cards", "deploy/gift-cards", "Deployment/gift-cards" or a bare
// name of a Deployment, in `ns`.
base::Result<resources::TargetRef> ParseTargetWord(const std::string& word, const std::string& ns);

}  // namespace launchgate::app::cli
