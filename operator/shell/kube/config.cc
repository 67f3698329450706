#include "shell/kube/config.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include "core/base/text.h"
#include "shell/kube/config_files.h"

namespace launchgate::kube {
namespace {

base::ErrorKind KindOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return base::ErrorKind::kNotFound;
    case EACCES:
    case EPERM:
      return base::ErrorKind::kForbidden;
    default:
      return base::ErrorKind::kUnavailable;
  }
}

bool IsPort(std::string_view text) {
  if (text.empty() || text.size() > 5) return false;
  int port = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    port = port * 10 + (c - '0');
  }
  return port >= 1 && port <= 65535;
}

base::Result<std::string> InClusterServer(const Environment& environment) {
  const auto host = environment("KUBERNETES_SERVICE_HOST");
  const auto port = environment("KUBERNETES_SERVICE_PORT");
  if (!host || host->empty() || !port) {
    return base::Fail(base::ErrorKind::kNotFound,
                      "this is not a Pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are "
                      "not set); outside a cluster, name a file with --kubeconfig");
  }
  if (!IsPort(*port)) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "KUBERNETES_SERVICE_PORT is " + base::Quote(*port) + ", not a port");
  }
  // The transport cannot reach IPv6 literals; this name is in every API
  // server's certificate and resolves to the same service.
  const bool literal_v6 = host->find(':') != std::string::npos;
  return "https://" + (literal_v6 ? std::string("kubernetes.default.svc") : *host) + ":" + *port;
}

}  // namespace

Environment SystemEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

base::Result<std::string> ReadConfigFile(const std::string& path) {
  const std::string shown = base::Printable(path, base::kMaxQuotedBytes);
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    return base::Fail(KindOf(reason), shown + ": " + std::generic_category().message(reason));
  }
  std::string text(kMaxConfigFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.fail() && !file.eof())) {
    return base::Fail(base::ErrorKind::kUnavailable, shown + ": cannot be read");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxConfigFileBytes) {
    return base::Fail(base::ErrorKind::kExhausted,
                      shown + ": larger than " + std::to_string(kMaxConfigFileBytes) + " bytes");
  }
  return text;
}

base::Result<std::string> FindKubeconfig(const Environment& environment) {
  if (const auto listed = environment("KUBECONFIG"); listed && !listed->empty()) {
    if (listed->find(':') != std::string::npos) {
      return base::Fail(base::ErrorKind::kUnsupported,
                        "KUBECONFIG lists several files, which are not merged; name one with "
                        "--kubeconfig");
    }
    return *listed;
  }
  const auto home = environment("HOME");
  if (!home || home->empty()) {
    return base::Fail(base::ErrorKind::kNotFound,
                      "neither KUBECONFIG nor HOME is set; name a file with --kubeconfig");
  }
  return *home + "/.kube/config";
}

base::Result<ClusterConfig> LoadInCluster(const InClusterOptions& options,
                                          const clock::Clock& clock) {
  const base::Result<std::string> server = InClusterServer(options.environment);
  if (!server) return tl::unexpected(server.error());
  const std::string ca_path = options.directory + "/ca.crt";
  const std::string token_path = options.directory + "/token";
  const auto not_mounted = [](const base::Error& error) {
    return base::Fail(error.kind, "the Pod's ServiceAccount: " + error.message +
                                      "; is automountServiceAccountToken off?");
  };
  if (const auto ca = ReadConfigFile(ca_path); !ca) return not_mounted(ca.error());
  auto token = std::make_shared<FileTokenSource>(token_path, clock);
  if (const auto first = token->Token(); !first) return not_mounted(first.error());

  ClusterConfig config;
  config.transport.base_url = *server;
  config.transport.tls.ca_pem = [ca_path] { return ReadConfigFile(ca_path); };
  config.transport.token = std::move(token);
  const auto ns = ReadConfigFile(options.directory + "/namespace");
  config.ns = ns ? std::string(Trimmed(*ns)) : "default";
  config.origin = "the Pod's ServiceAccount at " + *server;
  return config;
}

FileTokenSource::FileTokenSource(std::string path, const clock::Clock& clock)
    : path_(std::move(path)), clock_(clock) {}

base::Result<transport::Secret> FileTokenSource::Token() {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.Monotonic();
  if (read_at_ && now - *read_at_ < kTokenMaxAge) return token_;
  const base::Result<std::string> text = ReadConfigFile(path_);
  const std::string_view token = text ? Trimmed(*text) : std::string_view();
  if (!token.empty()) {
    token_ = transport::Secret(std::string(token));
    read_at_ = now;
    return token_;
  }
  if (!token_.empty()) return token_;
  if (!text) return tl::unexpected(text.error());
  return base::Fail(base::ErrorKind::kInvalid,
                    base::Printable(path_, base::kMaxQuotedBytes) + ": holds no token");
}

void FileTokenSource::Refused() {
  const std::lock_guard lock(mutex_);
  read_at_.reset();
}

}  // namespace launchgate::kube
