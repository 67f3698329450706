#include "shell/fetch/guarded_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "shell/fetch/connect_guard.h"
#include "shell/fetch/exchange.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;

constexpr int kOk = 200;
constexpr int kNotModified = 304;

tl::unexpected<Failure> Refuse(RefusalReason reason, base::Error error) {
  return tl::unexpected(Failure{reason, std::move(error)});
}

tl::unexpected<Failure> TooSlow(const std::string& host) {
  return Refuse(RefusalReason::kTimeout,
                {ErrorKind::kUnavailable, host + ": the time for the whole fetch is over"});
}

}  // namespace

GuardedFetcher::GuardedFetcher(FetchOptions options, FetchCollaborators collaborators)
    : options_(std::move(options)),
      clock_(collaborators.clock != nullptr ? *collaborators.clock : system_clock_),
      resolver_(collaborators.resolver != nullptr ? *collaborators.resolver : system_resolver_),
      observer_(collaborators.observer),
      limiter_(options_.per_host, clock_),
      remembered_(options_.remembered) {
  internal::InitializeCurl();
}

base::Result<evidence::Page> GuardedFetcher::Fetch(std::string_view url) {
  const Instant start = clock_.Monotonic();
  auto step = Follow(url, start + options_.total_timeout);
  if (observer_ != nullptr) {
    FetchOutcome outcome = FetchOutcome::kAnswered;
    if (!step) {
      outcome = step.error().reason ? FetchOutcome::kRefused : FetchOutcome::kFailed;
      if (step.error().reason) observer_->Refused(*step.error().reason);
    } else if (step->not_modified) {
      outcome = FetchOutcome::kNotModified;
    }
    observer_->Finished(outcome,
                        std::chrono::duration_cast<milliseconds>(clock_.Monotonic() - start));
  }
  if (!step) return tl::unexpected(std::move(step.error().error));
  step->page.url = std::string(url);
  return std::move(step->page);
}

tl::expected<GuardedFetcher::Step, Failure> GuardedFetcher::Follow(std::string_view url,
                                                                   Instant deadline) {
  std::string next(url);
  bool was_https = false;
  for (int hop = 0; hop <= options_.max_redirects; ++hop) {
    const auto because = [&](RefusalReason reason) {
      return hop == 0 ? reason : RefusalReason::kRedirect;
    };
    const auto destination = ParseDestination(next);
    if (!destination) return Refuse(because(RefusalReason::kUrl), destination.error());
    if (was_https && destination->scheme == "http") {
      return Refuse(RefusalReason::kRedirect,
                    {ErrorKind::kInvalid, "a redirect from https to http is not followed"});
    }
    was_https = destination->scheme == "https";
    const auto rule = FindRule(options_.allow, *destination);
    if (!rule) return Refuse(because(RefusalReason::kDestination), rule.error());
    auto step = Ask(*destination, **rule, deadline);
    if (!step || step->redirect.empty()) return step;
    next = std::move(step->redirect);
  }
  return Refuse(
      RefusalReason::kRedirect,
      {ErrorKind::kExhausted, fmt::format("more than {} redirects", options_.max_redirects)});
}

tl::expected<GuardedFetcher::Step, Failure> GuardedFetcher::Ask(const Destination& destination,
                                                                const DestinationRule& rule,
                                                                Instant deadline) {
  const auto slot = limiter_.Acquire(destination.host, Left(deadline));
  if (!slot) return tl::unexpected(slot.error());
  const auto resolved = Resolve(destination, deadline);
  if (!resolved) return tl::unexpected(resolved.error());
  const auto guard = internal::ConnectGuard::Make(rule, *resolved);
  if (!guard) return Refuse(RefusalReason::kAddress, guard.error());
  const auto remembered = remembered_.Find(destination.url);
  const milliseconds left = Left(deadline);
  if (left <= milliseconds(0)) return TooSlow(destination.host);
  auto answer = internal::Exchange({&destination, &*guard, remembered.get(), left}, options_);
  if (!answer) return tl::unexpected(std::move(answer.error()));

  Step step;
  if (answer->status == kNotModified && remembered) {
    step.not_modified = true;
    step.page = {"", kOk, remembered->content_type, remembered->body};
    return step;
  }
  step.page = {"", answer->status, answer->page.content_type, answer->page.body};
  step.redirect = std::move(answer->redirect);
  if (answer->status == kOk && answer->may_remember) {
    remembered_.Remember(destination.url, std::move(answer->page));
  } else if (answer->status == kOk) {
    remembered_.Forget(destination.url);
  }
  return step;
}

tl::expected<std::vector<Address>, Failure> GuardedFetcher::Resolve(const Destination& destination,
                                                                    Instant deadline) {
  if (const auto literal = Address::Parse(destination.host)) return std::vector{*literal};
  const milliseconds left = Left(deadline);
  if (left <= milliseconds(0)) return TooSlow(destination.host);
  auto resolved = resolver_.Resolve(destination.host, left);
  if (resolved) return *std::move(resolved);
  if (Left(deadline) <= milliseconds(0)) return TooSlow(destination.host);
  return tl::unexpected(Failure{{}, std::move(resolved.error())});
}

milliseconds GuardedFetcher::Left(Instant deadline) const {
  const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.Monotonic());
  return std::max(left, milliseconds(0));
}

}  // namespace launchgate::fetch
