// launchgate sign --budget-review, statement and attach, against an API server
// that keeps objects.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/command.h"
#include "core/base/bytes.h"
#include "core/decision/budget_reviews.h"
#include "core/verdict/dsse.h"
#include "core/verdict/trust.h"
#include "shell/clock/clock.h"
#include "shell/kube/resource.h"
#include "tests/component/cli/cli_fixture.h"
#include "tests/support/fake_api_server.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kDue = "2099-12-01T00:00:00Z";

json Named(const std::string& name, const std::string& kind, json spec) {
  json object = {{"apiVersion", "launchgate.dev/v1alpha1"},
                 {"kind", kind},
                 {"metadata", {{"name", name}}},
                 {"spec", std::move(spec)}};
  if (kind != "LaunchAuthority") object["metadata"]["namespace"] = "shop";
  return object;
}

class SignOffTest : public CliTest {
 protected:
  SignOffTest() {
    for (const auto& type :
         {kube::kNamespaces, kube::kBudgetReviews, kube::kErrorBudgets, kube::kLaunchAuthorities}) {
      server_.AddKind(type);
    }
    server_.Create(kube::kNamespaces, {{"metadata", {{"name", "kube-system"}}}});
    server_.Create(kube::kErrorBudgets, Budget());
    server_.Create(kube::kLaunchAuthorities, Authority());
    json review = Named("gift-cards-2026-10", "BudgetReview",
                        {{"budgetRef", {{"name", "gift-cards"}}}, {"month", "2026-10"}});
    server_.Create(kube::kBudgetReviews, review);
    review["status"] = {{"agenda",
                         {{"asOf", "2026-11-01T00:00:00Z"},
                          {"objectives", {{{"name", "availability"}, {"consumed", "1.4"}}}}}}};
    server_.Replace(kube::kBudgetReviews, review, true);
    key_file_ = Write("alice.pem", std::string(key_.ToPem().value().Reveal()));
    kubeconfig_ = Write("kubeconfig", R"(
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u, namespace: shop}}]
clusters: [{name: c, cluster: {server: ")" +
                                          server_.url() + R"("}}]
users: [{name: u, user: {}}]
)");
  }

  static json Budget() {
    return Named(
        "gift-cards", "ErrorBudget",
        {{"prometheus", {{"server", "shop"}}},
         {"objectives",
          {{{"name", "availability"},
            {"target", "99.9"},
            {"events", {{"total", "sum(x[$window])"}, {"bad", "sum(y[$window])"}}}}}},
         {"review", {{"authorityRef", {{"name", "team"}}}, {"timeZone", "Europe/Zurich"}}}});
  }

  json Authority() const {
    return Named("team", "LaunchAuthority",
                 {{"namespaces", {"shop"}},
                  {"maxVerdictLifetime", "90d"},
                  {"roles", {{{"name", "sre"}, {"threshold", 1}}}},
                  {"keys",
                   {{{"id", "alice"},
                     {"identity", "alice@example.com"},
                     {"role", "sre"},
                     {"publicKey", crypto::PublicKeyPem(key_.public_key())}}}}});
  }

  Outcome Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--kubeconfig", kubeconfig_});
    return Launchgate(arguments);
  }
  Outcome Sign(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"sign", "--budget-review", "gift-cards-2026-10", "--key",
                                          key_file_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  }

  json Stored() { return server_.Get(kube::kBudgetReviews, {"shop", "gift-cards-2026-10"}).body; }

  // How the gate judges what is stored.
  verdict::SignOffStanding Standing() {
    std::vector<launchgate::json::Problem> problems;
    const auto review = resources::ParseBudgetReview(Stored(), problems);
    const auto budget = resources::ParseErrorBudget(
        server_.Get(kube::kErrorBudgets, {"shop", "gift-cards"}).body, problems);
    const auto authority = resources::ParseLaunchAuthority(Authority(), problems);
    const crypto::OpenSslSignatures signatures;
    const auto trust = verdict::Trust(authority, signatures);
    decision::BudgetReviewInputs inputs;
    inputs.budget = &budget;
    inputs.authority = &trust.authority;
    inputs.authority_serves_namespace = true;
    inputs.cluster_id = server_.Get(kube::kNamespaces, {"", "kube-system"}).body["metadata"]["uid"];
    EXPECT_TRUE(problems.empty());
    return decision::StandingOf(inputs, {&review, true}, signatures, clock::SystemClock().Now());
  }

  test_support::FakeApiServer server_;
  std::string key_file_;
  std::string kubeconfig_;
};

TEST_F(SignOffTest, SignsAMonthOffWithTheActionsThatWereDecided) {
  const Outcome outcome = Sign({"--action", std::string("a; b;carol@example.com;") + kDue});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_EQ(outcome.out,
            "budgetreview.launchgate.dev/gift-cards-2026-10 signed by \"alice@example.com\"\n");
  EXPECT_THAT(outcome.err, HasSubstr("\"availability\": 140 % of the budget consumed"));
  EXPECT_THAT(outcome.err, HasSubstr("action: \"a; b\" by \"carol@example.com\""));
  EXPECT_THAT(outcome.err, HasSubstr("the review is signed off"));
  const auto standing = Standing();
  EXPECT_TRUE(standing.signed_off);
  EXPECT_EQ(verdict::ActionsOf(standing).at(0).text, "a; b");
}

TEST_F(SignOffTest, KeepsWhatOthersSignedBefore) {
  ASSERT_EQ(Sign().code, kExitAllow);
  const json first = Stored()["spec"]["signOffs"][0];

  ASSERT_EQ(Sign({"--action", std::string("act;carol;") + kDue}).code, kExitAllow);

  EXPECT_EQ(Stored()["spec"]["signOffs"].size(), 2U);
  EXPECT_EQ(Stored()["spec"]["signOffs"][0], first);
  EXPECT_TRUE(Standing().signed_off);
}

TEST_F(SignOffTest, MakesRoomByDroppingOnesOwnEarlierSignOffs) {
  ASSERT_EQ(Sign().code, kExitAllow);
  json entries = json::array();
  for (int i = 0; i < 16; ++i) entries.push_back(Stored()["spec"]["signOffs"][0]);
  server_.Patch(kube::kBudgetReviews, {"shop", "gift-cards-2026-10"},
                {{"spec", {{"signOffs", entries}}}});

  ASSERT_EQ(Sign().code, kExitAllow);

  EXPECT_EQ(Stored()["spec"]["signOffs"].size(), 1U);
  EXPECT_TRUE(Standing().signed_off);
}

TEST_F(SignOffTest, WritesNothingOverASignOffThatCameMeanwhile) {
  bool changed = false;
  server_.SetRequestHook([&](const test_support::ReceivedRequest& request) {
    if (request.method != "PATCH" || changed) return;
    changed = true;
    server_.Patch(kube::kBudgetReviews, {"shop", "gift-cards-2026-10"},
                  {{"metadata", {{"labels", {{"touched", "yes"}}}}}});
  });

  const Outcome outcome = Sign();

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("run the command again"));
  EXPECT_FALSE(Stored()["spec"].contains("signOffs"));
}

TEST_F(SignOffTest, DryRunStoresNothing) {
  const Outcome outcome = Sign({"--dry-run"});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_TRUE(json::parse(outcome.out).contains("envelope"));
  EXPECT_FALSE(Stored()["spec"].contains("signOffs"));
}

TEST_F(SignOffTest, TheStatementIsSignedElsewhereAndAttached) {
  const Outcome statement = Run({"statement", "--budget-review", "gift-cards-2026-10", "--key-id",
                                 "alice", "--action", std::string("act;carol;") + kDue});
  ASSERT_EQ(statement.code, kExitAllow) << statement.err;
  const std::string file = Write("statement.json", statement.out);
  const auto signature = key_.Sign(verdict::Pae(verdict::kInTotoPayloadType, statement.out));
  const std::string signature_file = Write("statement.sig", base::Base64Encode(*signature));

  const Outcome attached = Run({"attach", "--statement", file, "--signature", signature_file});

  EXPECT_EQ(attached.code, kExitAllow) << attached.err;
  EXPECT_TRUE(Standing().signed_off);
}

TEST_F(SignOffTest, ASignatureThatDoesNotFitIsDenied) {
  const Outcome statement =
      Run({"statement", "--budget-review", "gift-cards-2026-10", "--key-id", "alice"});
  const std::string file = Write("statement.json", statement.out);
  const std::string other = Write("other.sig", base::Base64Encode(*key_.Sign("something else")));

  const Outcome attached = Run({"attach", "--statement", file, "--signature", other});

  EXPECT_EQ(attached.code, kExitDeny);
  EXPECT_THAT(attached.err, HasSubstr("the gate would not count this"));
  EXPECT_FALSE(Stored()["spec"].contains("signOffs"));
}

TEST_F(SignOffTest, AStatementOfAnAgendaThatWasReplacedIsDenied) {
  const Outcome statement =
      Run({"statement", "--budget-review", "gift-cards-2026-10", "--key-id", "alice"});
  const std::string file = Write("statement.json", statement.out);
  const auto signature = key_.Sign(verdict::Pae(verdict::kInTotoPayloadType, statement.out));
  json review = Stored();
  review["status"]["agenda"]["asOf"] = "2026-11-02T00:00:00Z";
  server_.Replace(kube::kBudgetReviews, review, true);

  const Outcome attached = Run({"attach", "--statement", file, "--signature",
                                Write("statement.sig", base::Base64Encode(*signature))});

  EXPECT_EQ(attached.code, kExitDeny);
  EXPECT_THAT(attached.err, HasSubstr("OtherAgenda"));
}

TEST_F(SignOffTest, EveryMistakeIsExitCodeTwo) {
  const auto stranger = *crypto::PrivateKey::Generate(verdict::SignatureAlgorithm::kEd25519);
  const std::string other_key = Write("bob.pem", std::string(stranger.ToPem().value().Reveal()));
  const std::vector<std::pair<std::vector<std::string>, const char*>> rows = {
      {{"sign", "--key", key_file_}, "name a LaunchReview, or a BudgetReview"},
      {{"sign", "--budget-review", "gift-cards-2026-10", "--go", "--key", key_file_},
       "none of --go"},
      {{"sign", "gift-cards", "--budget-review", "gift-cards-2026-10", "--key", key_file_},
       "it goes with no LaunchReview"},
      {{"sign", "--budget-review", "gift-cards-2026-09", "--key", key_file_},
       "there is no BudgetReview \"shop/gift-cards-2026-09\""},
      {{"sign", "--budget-review", "gift-cards-2026-10", "--key", other_key},
       "does not list this key"},
      {{"sign", "--budget-review", "gift-cards-2026-10", "--key", key_file_, "--action", "x"},
       "has no owner and no due time"},
      {{"sign", "--budget-review", "gift-cards-2026-10", "--key", key_file_, "--action",
        "x;y;soon"},
       "the due time"},
      {{"sign", "--budget-review", "gift-cards-2026-10", "--key", key_file_, "--action",
        "x;y;2020-01-01T00:00:00Z"},
       "actions.due must be later than issuedAt"},
  };
  for (const auto& [arguments, message] : rows) {
    const Outcome outcome = Run(arguments);
    EXPECT_EQ(outcome.code, kExitUsage) << message;
    EXPECT_THAT(outcome.err, HasSubstr(message));
    EXPECT_THAT(outcome.out, IsEmpty());
  }
}

TEST_F(SignOffTest, NobodySignsAReviewWithoutAnAgenda) {
  json review = Stored();
  review["status"] = json::object();
  server_.Replace(kube::kBudgetReviews, review, true);

  const Outcome outcome = Sign();

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("the review has no agenda yet"));
}

TEST_F(SignOffTest, TheAgendaIsReadFromTheCluster) {
  const Outcome outcome = Run({"agenda", "gift-cards"});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("Error budget review of shop/gift-cards, 2026-10"));
  EXPECT_THAT(outcome.out, HasSubstr("Consumed: 140 %"));
}

}  // namespace
}  // namespace launchgate::app::cli
