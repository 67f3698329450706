// Where the API server is, whom to trust and who we are: from a kubeconfig file
// or from what a Pod is given. Nothing here connects anywhere.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "shell/clock/clock.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::kube {

struct ClusterConfig {
  transport::CpprestOptions transport;  // Ready for MakeCpprestTransport().
  std::string ns;                       // The default namespace; "default" where none is said.
  std::string origin;                   // For people: "kubeconfig /x, context prod". No secrets.
};

// The process environment: nothing for a variable that is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment SystemEnvironment();

// Files larger than this are not what they are said to be.
inline constexpr std::size_t kMaxConfigFileBytes = 1U << 20U;

// Reads one context of the kubeconfig at `path`; an empty `context` means its
// current-context. Relative paths inside are relative to the file. Certificate,
// key and token files are read again when connections are made, so they may
// rotate. Every error names the file, the field and the remedy, never a secret.
//
// kNotFound: no such file or context. kUnsupported, by decision: exec and
// auth-provider plugins (we start no programs), insecure-skip-tls-verify,
// proxy-url, basic authentication, impersonation. kInvalid: anything malformed,
// and https without a CA (public CAs are never trusted).
base::Result<ClusterConfig> LoadKubeconfig(const std::string& path, const std::string& context,
                                           const clock::Clock& clock);

// The path kubectl would use: $KUBECONFIG, else $HOME/.kube/config. Ask only
// when a person said so: acting on whatever cluster happens to be current is
// how the wrong one gets changed. kUnsupported when KUBECONFIG lists several
// files (they are not merged), kNotFound when neither variable helps.
base::Result<std::string> FindKubeconfig(const Environment& environment);

struct InClusterOptions {
  // Where the kubelet mounts the ServiceAccount: token, ca.crt, namespace.
  std::string directory = "/var/run/secrets/kubernetes.io/serviceaccount";
  Environment environment = SystemEnvironment();
};

// For a process in a Pod. kNotFound, with the remedy, when this is no Pod or
// its ServiceAccount is not mounted.
base::Result<ClusterConfig> LoadInCluster(const InClusterOptions& options,
                                          const clock::Clock& clock);

// A token in a file that somebody rotates (the kubelet does, every 48 minutes by
// default). Read at most every kTokenMaxAge and at once after a refusal. While
// the file cannot be read, the last token is used on: rotation may be half done.
// Thread-safe.
class FileTokenSource final : public transport::TokenSource {
 public:
  // `clock` must outlive this object.
  FileTokenSource(std::string path, const clock::Clock& clock);

  base::Result<transport::Secret> Token() override;
  void Refused() override;

  static constexpr std::chrono::seconds kTokenMaxAge{60};

 private:
  const std::string path_;
  const clock::Clock& clock_;
  // Guards everything below.
  std::mutex mutex_;
  transport::Secret token_;
  std::optional<std::chrono::steady_clock::time_point> read_at_;
};

}  // namespace launchgate::kube
