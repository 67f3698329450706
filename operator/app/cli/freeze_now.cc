#include "app/cli/freeze_now.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/budget/calendar.h"
#include "core/resources/freeze_window_text.h"

namespace launchgate::app::cli {
namespace {

using base::ErrorKind;
using json::Json;
using resources::FreezeWindow;

constexpr std::size_t kMaxNamedNamespaces = 20;

// "freeze-20261123-120000"
std::string NameFor(base::Time now) {
  std::string name = "freeze-";
  for (const char c : base::FormatTime(now)) {
    if (c >= '0' && c <= '9') name += c;
    if (c == 'T') name += '-';
  }
  return name;
}

base::Result<Json> ParseLabels(std::string_view text) {
  Json labels = Json::object();
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, comma);
    const std::size_t equals = pair.find('=');
    const std::string key(pair.substr(0, std::min(equals, pair.size())));
    if (equals == std::string_view::npos || key.empty() || labels.contains(key)) {
      return base::Fail(
          ErrorKind::kInvalid,
          "--selector must be key=value[,key=value], each key once, not " + base::Quote(text));
    }
    labels[key] = std::string(pair.substr(equals + 1));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return labels;
}

base::Result<base::Time> EndOf(const FreezeWords& words, base::Time start) {
  const auto duration = base::ParseDuration(words.duration);
  if (!duration) return base::Wrap("--for", duration.error());
  if (*duration < resources::kShortestFreeze || *duration > resources::kLongestOneOffFreeze) {
    return base::Fail(
        ErrorKind::kInvalid,
        fmt::format("--for must be from {} to {}", base::FormatDuration(resources::kShortestFreeze),
                    base::FormatDuration(resources::kLongestOneOffFreeze)));
  }
  return start + *duration;
}

// The labels of a namespace that are texts.
std::map<std::string, std::string> LabelsOf(const Json& ns) {
  std::map<std::string, std::string> labels;
  const Json::json_pointer path("/metadata/labels");
  if (!ns.contains(path) || !ns.at(path).is_object()) return labels;
  for (const auto& [key, value] : ns.at(path).items()) {
    if (value.is_string()) labels.emplace(key, value.get<std::string>());
  }
  return labels;
}

}  // namespace

base::Result<NewFreeze> BuildFreeze(const FreezeWords& words, const std::string& user,
                                    base::Time now) {
  const base::Time start = std::chrono::floor<std::chrono::seconds>(now);
  const auto end = EndOf(words, start);
  if (!end) return tl::unexpected(end.error());
  const auto labels = ParseLabels(words.selector);
  if (!labels) return tl::unexpected(labels.error());
  const std::string owner = words.owner.empty() ? user : words.owner;
  if (owner.empty()) {
    return base::Fail(ErrorKind::kInvalid,
                      "--owner must name a team: $USER does not say who you are");
  }
  NewFreeze freeze;
  freeze.object = {
      {"apiVersion", resources::kApiVersion},
      {"kind", "FreezeWindow"},
      {"metadata", {{"name", words.name.empty() ? NameFor(start) : words.name}}},
      {"spec",
       {{"reason", words.reason},
        {"owner", {{"team", owner}, {"contact", words.contact.empty() ? owner : words.contact}}},
        {"start", base::FormatTime(start)},
        {"end", base::FormatTime(*end)}}}};
  if (!labels->empty()) freeze.object["spec"]["namespaceSelector"] = {{"matchLabels", *labels}};
  std::vector<json::Problem> problems;
  freeze.window = resources::ParseFreezeWindow(freeze.object, problems);
  if (!problems.empty()) return base::Fail(ErrorKind::kInvalid, json::Summarize(problems));
  return freeze;
}

base::Result<Json> StoreFreeze(kube::Client& client, const NewFreeze& freeze) {
  const auto created =
      client.Create(kube::kFreezeWindows, "", freeze.object, kube::WriteOptions(), {});
  if (created) return *created->body;
  if (created.error().reason != "AlreadyExists") {
    return tl::unexpected<base::Error>(created.error());
  }
  const auto stored = client.Get(kube::kFreezeWindows, {"", freeze.window.meta.name}, {});
  if (stored && stored->body->value("spec", Json()) == freeze.object["spec"]) return *stored->body;
  return base::Fail(ErrorKind::kConflict,
                    fmt::format("there is a FreezeWindow {} already; choose another --name",
                                base::Quote(freeze.window.meta.name)));
}

base::Result<std::vector<std::string>> FrozenNamespaces(kube::Client& client,
                                                        const FreezeWindow& window) {
  kube::ListOptions options;
  options.label_selector = std::string(resources::kGateLabel);
  options.content = kube::Content::kMetadataOnly;
  std::vector<std::string> names;
  const auto listed =
      client.List(kube::kNamespaces, "", options,
                  [&](const kube::ListPage& page) {
                    for (const kube::Object& ns : page.items) {
                      if (!budget::Selects(window.namespace_selector, LabelsOf(*ns.body))) continue;
                      names.push_back(ns.meta.key.name);
                    }
                    return true;
                  },
                  {});
  if (!listed) return tl::unexpected<base::Error>(listed.error());
  std::ranges::sort(names);
  return names;
}

std::string DescribeFreeze(const FreezeWindow& window,
                           const base::Result<std::vector<std::string>>& namespaces) {
  const auto& once = std::get<resources::OneOffFreeze>(window.when);
  const std::string selector = resources::SelectorText(window.namespace_selector);
  std::string text =
      fmt::format("launches are frozen until {} in {}", base::FormatTime(once.end),
                  selector.empty() ? "every gated namespace" : "gated namespaces with " + selector);
  if (namespaces && namespaces->empty()) text += ": at present none";
  if (namespaces && !namespaces->empty()) {
    std::vector<std::string> shown = *namespaces;
    shown.resize(std::min(shown.size(), kMaxNamedNamespaces));
    if (namespaces->size() > shown.size()) {
      shown.push_back(fmt::format("{} more", namespaces->size() - shown.size()));
    }
    text += ": " + base::JoinWords(shown);
  }
  text += "\nlift it early: kubectl delete freezewindow " + window.meta.name + "\n";
  return text;
}

}  // namespace launchgate::app::cli
