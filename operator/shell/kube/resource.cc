#include "shell/kube/resource.h"

#include "core/base/text.h"

namespace launchgate::kube {
namespace {

std::string_view PathSegment(Subresource subresource) {
  switch (subresource) {
    case Subresource::kNone:
      return "";
    case Subresource::kStatus:
      return "/status";
    case Subresource::kScale:
      return "/scale";
  }
  return "";
}

std::string GroupPath(const ResourceType& type) {
  if (type.group.empty()) return "/api/" + std::string(type.version);
  return "/apis/" + ApiVersion(type);
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string ApiVersion(const ResourceType& type) {
  if (type.group.empty()) return std::string(type.version);
  return std::string(type.group) + "/" + std::string(type.version);
}

std::string QualifiedName(const ResourceType& type) {
  if (type.group.empty()) return std::string(type.plural);
  return std::string(type.plural) + "." + std::string(type.group);
}

std::string ToString(const ObjectKey& key) {
  return key.ns.empty() ? key.name : key.ns + "/" + key.name;
}

base::Result<std::string> CollectionPath(const ResourceType& type, std::string_view ns) {
  std::string path = GroupPath(type);
  if (!ns.empty()) {
    if (!type.namespaced) {
      return base::Fail(base::ErrorKind::kInvalid, QualifiedName(type) +
                                                       " are not in a namespace, but namespace " +
                                                       base::Quote(ns) + " was named");
    }
    if (!base::IsDnsLabel(ns)) {
      return base::Fail(base::ErrorKind::kInvalid,
                        "namespace " + base::Quote(ns) + " is not a DNS-1123 label");
    }
    path.append("/namespaces/").append(ns);
  }
  return path.append("/").append(type.plural);
}

base::Result<std::string> ObjectPath(const ResourceType& type, const ObjectKey& key,
                                     Subresource subresource) {
  if (type.namespaced && key.ns.empty()) {
    return base::Fail(
        base::ErrorKind::kInvalid,
        "a namespace is missing for " + QualifiedName(type) + " " + base::Quote(key.name));
  }
  // Namespaces themselves are named by labels, everything else by subdomains.
  const bool named =
      type == kNamespaces ? base::IsDnsLabel(key.name) : base::IsDnsSubdomain(key.name);
  if (!named) {
    return base::Fail(base::ErrorKind::kInvalid, "the name " + base::Quote(key.name) + " of " +
                                                     QualifiedName(type) +
                                                     " is not a DNS-1123 name");
  }
  base::Result<std::string> path = CollectionPath(type, key.ns);
  if (!path) return path;
  return path->append("/").append(key.name).append(PathSegment(subresource));
}

std::string PercentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

}  // namespace launchgate::kube
