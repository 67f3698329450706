// The kubeconfig file format (clientcmd/v1 Config): named lists of clusters,
// users and contexts. Only the fields below are read; others are ignored, as
// kubectl does, except those whose neglect would make a connection less safe or
// somebody else's.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/json/yaml.h"
#include "shell/kube/config.h"
#include "shell/kube/config_files.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

// One object of the file, with where it is for messages: "user admin".
struct Entry {
  const Json* value = nullptr;
  std::string place;
};

struct Refusal {
  const char* field;
  const char* remedy;
};

constexpr const char* kUseAToken =
    "is not supported: this program starts no other programs; put a token (for instance from "
    "`kubectl create token`) into `token` or `tokenFile`";
constexpr Refusal kRefusedUserFields[] = {
    {"exec", kUseAToken},
    {"auth-provider", kUseAToken},
    {"username", "is not supported: API servers no longer know passwords; use a token"},
    {"as", "is not supported: impersonation hides who acts; use that account's own credentials"},
};
constexpr Refusal kRefusedClusterFields[] = {
    {"proxy-url", "is not supported: connect to the API server directly"},
};

class KubeconfigReader {
 public:
  KubeconfigReader(std::string path, const clock::Clock& clock)
      : path_(std::move(path)),
        shown_path_(base::Printable(path_, base::kMaxQuotedBytes)),
        clock_(clock) {}

  base::Result<ClusterConfig> Read(const std::string& context);

 private:
  base::Status Parse();
  base::Result<Entry> Find(const char* list, const char* kind, const std::string& name) const;
  base::Result<std::string> Text(const Entry& entry, const char* field) const;
  base::Status Refuse(const Entry& entry, const Refusal& refusal) const;
  base::Status ReadCluster(const Entry& cluster, ClusterConfig& config) const;
  base::Status ReadUser(const Entry& user, ClusterConfig& config) const;
  base::Status ReadToken(const Entry& user, ClusterConfig& config) const;

  // A function that gives the PEM text under `field`-data (constant) or in the
  // file named by `field` (read each time); empty when neither is there. Read
  // once now, so that a mistake is found at start.
  using PemSource = std::function<base::Result<std::string>()>;
  base::Result<PemSource> Pem(const Entry& entry, const std::string& field) const;

  std::string Resolve(const std::string& named) const {
    return (std::filesystem::path(path_).parent_path() / named).string();
  }
  tl::unexpected<base::Error> Fail(base::ErrorKind kind, const std::string& message) const {
    return base::Fail(kind, shown_path_ + ": " + message);
  }

  const std::string path_;
  const std::string shown_path_;
  const clock::Clock& clock_;
  Json file_;
};

base::Status KubeconfigReader::Parse() {
  const base::Result<std::string> text = ReadConfigFile(path_);
  if (!text) return base::Wrap("reading the kubeconfig", text.error());
  base::Result<std::vector<Json>> documents = json::ParseYaml(*text);
  if (!documents) return Fail(base::ErrorKind::kInvalid, "not YAML: " + documents.error().message);
  if (documents->size() != 1 || !documents->front().is_object()) {
    return Fail(base::ErrorKind::kInvalid, "not a kubeconfig: one YAML object was expected");
  }
  file_ = std::move(documents->front());
  return {};
}

base::Result<Entry> KubeconfigReader::Find(const char* list, const char* kind,
                                           const std::string& name) const {
  const auto entries = file_.find(list);
  if (entries != file_.end() && entries->is_array()) {
    for (const Json& entry : *entries) {
      if (!entry.is_object() || entry.value("name", Json()) != Json(name)) continue;
      const auto value = entry.find(kind);
      if (value == entry.end() || !value->is_object()) {
        return Fail(base::ErrorKind::kInvalid,
                    std::string(kind) + " " + base::Quote(name) + " has no `" + kind + "`");
      }
      return Entry{&*value, std::string(kind) + " " + base::Quote(name)};
    }
  }
  return Fail(base::ErrorKind::kNotFound, "there is no " + std::string(kind) + " " +
                                              base::Quote(name) + " under `" + list + "`");
}

// The text under `field`; empty when it is absent or null.
base::Result<std::string> KubeconfigReader::Text(const Entry& entry, const char* field) const {
  const auto found = entry.value->find(field);
  if (found == entry.value->end() || found->is_null()) return std::string();
  if (!found->is_string()) {
    return Fail(base::ErrorKind::kInvalid, entry.place + ": `" + field + "` must be a text");
  }
  return found->get<std::string>();
}

base::Status KubeconfigReader::Refuse(const Entry& entry, const Refusal& refusal) const {
  const auto found = entry.value->find(refusal.field);
  if (found == entry.value->end() || found->is_null() || *found == Json("")) return {};
  return Fail(base::ErrorKind::kUnsupported,
              entry.place + ": `" + refusal.field + "` " + refusal.remedy);
}

base::Result<KubeconfigReader::PemSource> KubeconfigReader::Pem(const Entry& entry,
                                                                const std::string& field) const {
  const std::string data_field = field + "-data";
  const base::Result<std::string> data = Text(entry, data_field.c_str());
  if (!data) return tl::unexpected(data.error());
  const base::Result<std::string> named = Text(entry, field.c_str());
  if (!named) return tl::unexpected(named.error());

  // As in client-go, inline data wins over a file.
  if (!data->empty()) {
    std::string compact;
    for (const char c : *data) {
      if (c != '\n' && c != '\r' && c != ' ') compact += c;
    }
    base::Result<std::string> pem = base::Base64Decode(compact);
    if (!pem) {
      return Fail(base::ErrorKind::kInvalid, entry.place + ": `" + data_field + "` is not base64");
    }
    return PemSource([text = std::move(*pem)]() -> base::Result<std::string> { return text; });
  }
  if (named->empty()) return PemSource();
  const std::string file = Resolve(*named);
  if (const auto now = ReadConfigFile(file); !now) {
    return Fail(now.error().kind, entry.place + ": `" + field + "`: " + now.error().message);
  }
  return PemSource([file] { return ReadConfigFile(file); });
}

base::Status KubeconfigReader::ReadCluster(const Entry& cluster, ClusterConfig& config) const {
  for (const Refusal& refusal : kRefusedClusterFields) {
    if (auto fine = Refuse(cluster, refusal); !fine) return fine;
  }
  const auto skip = cluster.value->find("insecure-skip-tls-verify");
  if (skip != cluster.value->end() && !skip->is_null() && *skip != Json(false)) {
    return Fail(base::ErrorKind::kUnsupported,
                cluster.place +
                    ": `insecure-skip-tls-verify` is not supported: anybody on the way could "
                    "answer for the API server; remove it and set `certificate-authority`");
  }
  const base::Result<std::string> server = Text(cluster, "server");
  if (!server) return tl::unexpected(server.error());
  if (server->empty()) {
    return Fail(base::ErrorKind::kInvalid, cluster.place + ": `server` is missing");
  }
  const base::Result<std::string> name = Text(cluster, "tls-server-name");
  if (!name) return tl::unexpected(name.error());
  base::Result<PemSource> ca = Pem(cluster, "certificate-authority");
  if (!ca) return tl::unexpected(ca.error());
  if (!*ca && server->starts_with("https:")) {
    return Fail(base::ErrorKind::kInvalid,
                cluster.place +
                    ": set `certificate-authority` or `certificate-authority-data`; public CAs "
                    "are not trusted for an API server");
  }
  config.transport.base_url = *server;
  config.transport.tls.server_name = *name;
  config.transport.tls.ca_pem = std::move(*ca);
  return {};
}

base::Status KubeconfigReader::ReadToken(const Entry& user, ClusterConfig& config) const {
  const base::Result<std::string> file = Text(user, "tokenFile");
  if (!file) return tl::unexpected(file.error());
  const base::Result<std::string> token = Text(user, "token");
  if (!token) return tl::unexpected(token.error());
  // As in client-go, the file wins: it is the one that rotates.
  if (!file->empty()) {
    auto source = std::make_shared<FileTokenSource>(Resolve(*file), clock_);
    if (const auto now = source->Token(); !now) {
      return Fail(now.error().kind, user.place + ": `tokenFile`: " + now.error().message);
    }
    config.transport.token = std::move(source);
    return {};
  }
  if (token->empty()) return {};

  class FixedToken final : public transport::TokenSource {
   public:
    explicit FixedToken(transport::Secret token) : token_(std::move(token)) {}
    base::Result<transport::Secret> Token() override { return token_; }
    void Refused() override {}

   private:
    const transport::Secret token_;
  };
  config.transport.token = std::make_shared<FixedToken>(transport::Secret(*token));
  return {};
}

base::Status KubeconfigReader::ReadUser(const Entry& user, ClusterConfig& config) const {
  for (const Refusal& refusal : kRefusedUserFields) {
    if (auto fine = Refuse(user, refusal); !fine) return fine;
  }
  base::Result<PemSource> certificate = Pem(user, "client-certificate");
  if (!certificate) return tl::unexpected(certificate.error());
  base::Result<PemSource> key = Pem(user, "client-key");
  if (!key) return tl::unexpected(key.error());
  if (static_cast<bool>(*certificate) != static_cast<bool>(*key)) {
    return Fail(base::ErrorKind::kInvalid,
                user.place + ": `client-certificate` and `client-key` are of use only together");
  }
  if (*certificate) {
    config.transport.tls.client_certificate =
        [certificate = std::move(*certificate),
         key = std::move(*key)]() -> base::Result<transport::ClientCertificate> {
      base::Result<std::string> chain_pem = certificate();
      if (!chain_pem) return tl::unexpected(chain_pem.error());
      base::Result<std::string> key_pem = key();
      if (!key_pem) return tl::unexpected(key_pem.error());
      return transport::ClientCertificate{std::move(*chain_pem),
                                          transport::Secret(std::move(*key_pem))};
    };
  }
  return ReadToken(user, config);
}

base::Result<ClusterConfig> KubeconfigReader::Read(const std::string& wanted_context) {
  if (auto parsed = Parse(); !parsed) return tl::unexpected(parsed.error());
  const Entry root{&file_, "the file"};
  base::Result<std::string> context_name = Text(root, "current-context");
  if (!context_name) return tl::unexpected(context_name.error());
  if (!wanted_context.empty()) context_name = wanted_context;
  if (context_name->empty()) {
    return Fail(base::ErrorKind::kInvalid,
                "`current-context` is not set; name a context with --context");
  }
  const base::Result<Entry> context = Find("contexts", "context", *context_name);
  if (!context) return tl::unexpected(context.error());
  const base::Result<std::string> cluster_name = Text(*context, "cluster");
  const base::Result<std::string> user_name = Text(*context, "user");
  const base::Result<std::string> ns = Text(*context, "namespace");
  for (const auto* text : {&cluster_name, &user_name, &ns}) {
    if (!*text) return tl::unexpected(text->error());
  }

  ClusterConfig config;
  const base::Result<Entry> cluster = Find("clusters", "cluster", *cluster_name);
  if (!cluster) return tl::unexpected(cluster.error());
  if (auto read = ReadCluster(*cluster, config); !read) return tl::unexpected(read.error());
  if (!user_name->empty()) {
    const base::Result<Entry> user = Find("users", "user", *user_name);
    if (!user) return tl::unexpected(user.error());
    if (auto read = ReadUser(*user, config); !read) return tl::unexpected(read.error());
  }
  config.ns = ns->empty() ? "default" : *ns;
  config.origin = "kubeconfig " + shown_path_ + ", context " + base::Quote(*context_name);
  return config;
}

}  // namespace

base::Result<ClusterConfig> LoadKubeconfig(const std::string& path, const std::string& context,
                                           const clock::Clock& clock) {
  return KubeconfigReader(path, clock).Read(context);
}

}  // namespace launchgate::kube
