#include "app/cli/session.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <utility>

#include "app/cli/transport_threads.h"
#include "core/base/text.h"
#include "shell/clock/clock.h"
#include "shell/kube/config.h"
#include "shell/kube/discovery.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::app::cli {
namespace {

struct KindWord {
  std::string_view word;
  resources::TargetKind kind;
};
constexpr std::array kKindWords = {
    KindWord{"deployment", resources::TargetKind::kDeployment},
    KindWord{"deployments", resources::TargetKind::kDeployment},
    KindWord{"deploy", resources::TargetKind::kDeployment},
    KindWord{"statefulset", resources::TargetKind::kStatefulSet},
    KindWord{"statefulsets", resources::TargetKind::kStatefulSet},
    KindWord{"sts", resources::TargetKind::kStatefulSet},
    KindWord{"daemonset", resources::TargetKind::kDaemonSet},
    KindWord{"daemonsets", resources::TargetKind::kDaemonSet},
    KindWord{"ds", resources::TargetKind::kDaemonSet},
    KindWord{"cronjob", resources::TargetKind::kCronJob},
    KindWord{"cronjobs", resources::TargetKind::kCronJob},
    KindWord{"cj", resources::TargetKind::kCronJob},
    KindWord{"rollout", resources::TargetKind::kRollout},
    KindWord{"rollouts", resources::TargetKind::kRollout},
    KindWord{"ro", resources::TargetKind::kRollout},
};

std::uint64_t RandomSeed() { return std::random_device()(); }

}  // namespace

struct Session::Impl {
  Impl(std::unique_ptr<transport::Transport> the_transport, std::string the_ns)
      : transport(std::move(the_transport)),
        client(*transport, clock, waiter, kube::ClientOptions(), RandomSeed()),
        ns(std::move(the_ns)) {}

  clock::SystemClock clock;
  kube::SystemWaiter waiter;
  std::unique_ptr<transport::Transport> transport;
  kube::Client client;
  std::string ns;
};

void AddClusterFlags(CLI::App& command, ClusterFlags& flags) {
  command.add_option("-n,--namespace", flags.ns, "Namespace (default: that of the context)");
  AddConnectionFlags(command, flags);
}

void AddConnectionFlags(CLI::App& command, ClusterFlags& flags) {
  command.add_option("--kubeconfig", flags.kubeconfig,
                     "Kubeconfig file (default: $KUBECONFIG or ~/.kube/config)");
  command.add_option("--context", flags.context, "Context of the kubeconfig");
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;

base::Result<std::unique_ptr<Session>> Session::Open(const ClusterFlags& flags) {
  static const clock::SystemClock clock;  // Token files are re-read by its time.
  const base::Status threads = StartTransportThreads();
  if (!threads) return tl::unexpected(threads.error());
  std::string path = flags.kubeconfig;
  if (path.empty()) {
    const auto found = kube::FindKubeconfig(kube::SystemEnvironment());
    if (!found) return tl::unexpected(found.error());
    path = *found;
  }
  auto config = kube::LoadKubeconfig(path, flags.context, clock);
  if (!config) return tl::unexpected(config.error());
  config->transport.user_agent = "launchgate-cli/" LAUNCHGATE_VERSION;
  auto transport = transport::MakeCpprestTransport(config->transport);
  if (!transport) return tl::unexpected(transport.error());
  return std::unique_ptr<Session>(new Session(
      std::make_unique<Impl>(*std::move(transport), flags.ns.empty() ? config->ns : flags.ns)));
}

kube::Client& Session::client() { return impl_->client; }
const std::string& Session::ns() const { return impl_->ns; }

base::Status Session::ReadInto(World& world, const kube::ResourceType& type,
                               const kube::ObjectKey& key) {
  const auto object = impl_->client.Get(type, key, std::stop_token());
  if (object) {
    world.Add(*object->body);
    return {};
  }
  if (object.error().kind == base::ErrorKind::kNotFound) return {};
  return tl::unexpected<base::Error>(object.error());
}

base::Status Session::ListInto(World& world, const kube::ResourceType& type,
                               const std::string& ns) {
  const auto listed = impl_->client.List(
      type, ns, kube::ListOptions(),
      [&](const kube::ListPage& page) {
        for (const kube::Object& object : page.items) world.Add(*object.body);
        return true;
      },
      std::stop_token());
  if (listed) return {};
  return tl::unexpected<base::Error>(listed.error());
}

base::Result<World> Session::ReadWorld(const verdict::PublicKeyReader& reader) {
  World world(reader);
  const auto kube_system =
      impl_->client.Get(kube::kNamespaces, {"", "kube-system"}, std::stop_token());
  if (!kube_system) return tl::unexpected<base::Error>(kube_system.error());
  world.SetClusterId(kube_system->meta.uid);
  for (const auto& read : {ReadInto(world, kube::kNamespaces, {"", impl_->ns}),
                           ListInto(world, kube::kLaunchReviews, impl_->ns),
                           ListInto(world, kube::kLaunchVerdicts, impl_->ns),
                           ListInto(world, kube::kErrorBudgets, impl_->ns),
                           ListInto(world, kube::kBudgetReviews, impl_->ns),
                           ListInto(world, kube::kFreezeWindows, "")}) {
    if (!read) return tl::unexpected(read.error());
  }
  std::set<std::string> checklists;
  std::set<std::string> authorities;
  for (const auto& review : world.reviews()) {
    if (!review.object.checklist.empty()) checklists.insert(review.object.checklist);
    if (!review.object.authority.empty()) authorities.insert(review.object.authority);
  }
  for (const auto& budget : world.budgets()) {
    if (budget.object.review) authorities.insert(budget.object.review->authority);
  }
  for (const std::string& name : checklists) {
    const auto read = ReadInto(world, kube::kReadinessChecklists, {"", name});
    if (!read) return tl::unexpected(read.error());
  }
  for (const std::string& name : authorities) {
    const auto read = ReadInto(world, kube::kLaunchAuthorities, {"", name});
    if (!read) return tl::unexpected(read.error());
  }
  return world;
}

base::Result<kube::ResourceType> Session::TypeOf(resources::TargetKind kind) {
  switch (kind) {
    case resources::TargetKind::kDeployment:
      return kube::kDeployments;
    case resources::TargetKind::kStatefulSet:
      return kube::kStatefulSets;
    case resources::TargetKind::kDaemonSet:
      return kube::kDaemonSets;
    case resources::TargetKind::kRollout:
      return kube::kRollouts;
    case resources::TargetKind::kCronJob:
      break;
  }
  kube::Discovery discovery(impl_->client, impl_->clock, kube::DiscoveryOptions());
  const auto capabilities = discovery.Get(std::stop_token());
  if (!capabilities) return tl::unexpected(capabilities.error());
  if (capabilities->cron_jobs != nullptr) return *capabilities->cron_jobs;
  return base::Fail(base::ErrorKind::kUnsupported, "the API server serves no CronJobs");
}

base::Status Session::ReadTarget(const resources::TargetRef& target, World& world) {
  const auto type = TypeOf(target.kind);
  if (!type) return tl::unexpected(type.error());
  return ReadInto(world, *type, {target.ns, target.name});
}

base::Result<resources::TargetRef> ParseTargetWord(const std::string& word, const std::string& ns) {
  const std::size_t slash = word.find('/');
  std::string kind = slash == std::string::npos ? "deployment" : word.substr(0, slash);
  std::ranges::transform(kind, kind.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto* known = std::ranges::find(kKindWords, kind, &KindWord::word);
  const std::string name = slash == std::string::npos ? word : word.substr(slash + 1);
  if (known == kKindWords.end() || !base::IsDnsSubdomain(name)) {
    return base::Fail(base::ErrorKind::kInvalid,
                      base::Quote(word) +
                          " must name a workload, such as deployment/gift-cards (also statefulset, "
                          "daemonset, cronjob, rollout)");
  }
  return resources::TargetRef{known->kind, ns, name};
}

}  // namespace launchgate::app::cli
