#include "app/cli/file_sources.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "app/cli/files.h"
#include "core/base/text.h"
#include "core/resources/manifest.h"

namespace launchgate::app::cli {
namespace {

using evidence::Reading;

base::Result<base::Time> RecordedAt(std::string_view text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const auto time = base::ParseTime(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
  if (!time) return base::Wrap("recorded-at", time.error());
  return *time;
}

}  // namespace

base::Result<Reading> FileSources::Read(const std::string& ns, const evidence::Source& source,
                                        base::Time now) {
  base::Result<Reading> reading = Reading();
  if (const auto* config_map = std::get_if<evidence::ConfigMapSource>(&source)) {
    reading = ReadConfigMap(ns, *config_map);
  } else if (const auto* object = std::get_if<evidence::ObjectSource>(&source)) {
    reading = ReadObject(ns, *object);
  } else if (std::holds_alternative<evidence::DisruptionBudgetsSource>(source)) {
    for (const json::Json* budget : world_.ObjectsOf("policy", "PodDisruptionBudget", ns)) {
      reading->objects.push_back(json::Canonical(*budget));
    }
  } else if (const auto* url = std::get_if<evidence::UrlSource>(&source)) {
    reading = pages_.Fetch(url->url).map(&ReadingOfPage);
  } else {
    reading = prometheus_.Ask(ns, source, now).map(&ReadingOfAnswer);
  }
  if (reading) reading->read_at = now;
  return reading;
}

base::Result<Reading> FileSources::ReadConfigMap(const std::string& ns,
                                                 const evidence::ConfigMapSource& source) const {
  const resources::ConfigMap* config_map = world_.FindConfigMap(ns, source.name);
  if (config_map == nullptr && !root_.empty()) return ReadFile(source);
  if (config_map == nullptr) {
    return base::Fail(base::ErrorKind::kNotFound,
                      fmt::format("ConfigMap {} is not among the files", base::Quote(source.name)));
  }
  return ReadingOfKey(*config_map, source.key);
}

// Names and keys come from a manifest: only such as cannot leave the folder.
base::Result<Reading> FileSources::ReadFile(const evidence::ConfigMapSource& source) const {
  if (!base::IsDnsSubdomain(source.name) || !base::IsDataKey(source.key)) {
    return base::Fail(base::ErrorKind::kInvalid, "the ConfigMap's name or key is not valid");
  }
  const std::filesystem::path path = std::filesystem::path(root_) / source.name / source.key;
  // Findings are written down: the same evidence in another folder gives the same words.
  const std::string name = fmt::format("{}/{} of the evidence folder", source.name, source.key);
  const auto body = ReadFileNamed(path.string(), name);
  if (!body) return tl::unexpected(body.error());
  Reading reading;
  reading.body = *body;
  const std::string sidecar = path.string() + ".recorded-at";
  if (!std::filesystem::exists(sidecar)) return reading;
  const auto text = ReadFileNamed(sidecar, "the recorded-at of " + name);
  if (!text) return tl::unexpected(text.error());
  const auto time = RecordedAt(*text);
  if (!time) return base::Wrap(name, time.error());
  reading.recorded_at = *time;
  return reading;
}

base::Result<Reading> FileSources::ReadObject(const std::string& ns,
                                              const evidence::ObjectSource& source) const {
  const std::size_t slash = source.api_version.find('/');
  const std::string group = slash == std::string::npos ? "" : source.api_version.substr(0, slash);
  const json::Json* object = world_.FindObject(group, source.kind, ns, source.name);
  if (object == nullptr) {
    return base::Fail(base::ErrorKind::kNotFound,
                      fmt::format("{} {} is not among the files", base::Printable(source.kind, 64),
                                  base::Quote(source.name)));
  }
  return ReadingOfObject(*object);
}

}  // namespace launchgate::app::cli
