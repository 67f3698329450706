#include "shell/webhook/webhook.h"

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/decision/gate_index.h"
#include "tests/support/builders.h"

namespace launchgate::webhook {
namespace {

using decision::GateIndex;
using decision::GateMode;
using nlohmann::json;

class FixedIndex final : public IndexSource {
 public:
  void Set(std::shared_ptr<const GateIndex> index) {
    index_ = std::move(index);
    ++version_;
  }
  std::shared_ptr<const GateIndex> Current() const override { return index_; }
  std::uint64_t Version() const override { return version_; }

 private:
  std::shared_ptr<const GateIndex> index_ = std::make_shared<GateIndex>();
  std::uint64_t version_ = 1;
};

class FixedTime final : public TrustedTime {
 public:
  base::Time Now() const override { return test_support::kNow; }
  bool Trusted() const override { return trusted; }
  bool trusted = true;
};

class LastDecision final : public DecisionObserver {
 public:
  void OnDecision(std::string_view entry, bool allowed, std::string_view reason,
                  double seconds) override {
    last = std::string(entry) + " " + (allowed ? "Allow" : "Deny") + " " + std::string(reason);
    EXPECT_GE(seconds, 0);
  }
  std::string last;
};

std::string Sample(const std::string& name) {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/admission/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

// Synced, with the captures' namespace in `mode`.
std::shared_ptr<const GateIndex> IndexWith(GateMode mode, bool synced = true) {
  GateIndex::Builder builder;
  builder.SetHealth({synced, synced ? "" : "launchreviews", false});
  builder.AddNamespace("shop-cap", mode);
  return std::move(builder).Build();
}

class WebhookTest : public testing::Test {
 protected:
  WebhookTest() : webhook_(index_, time_, observer_, Options()) {
    index_.Set(IndexWith(GateMode::kEnforce));
  }

  static WebhookOptions Options() {
    return {admission::DefaultControllerIdentities(), admission::DefaultGuardOptions()};
  }

  // What `entry` answers to a body, which is padded as the server pads it.
  platform::Response Ask(platform::Response (Webhook::*entry)(const platform::Request&),
                         std::string body) {
    const std::size_t size = body.size();
    body.append(platform::Request::kBodyPadding, '\0');
    platform::Request request;
    request.body = std::string_view(body).substr(0, size);
    request.body_padding = platform::Request::kBodyPadding;
    return (webhook_.*entry)(request);
  }

  static json Answer(const platform::Response& response) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/json");
    const json parsed = json::parse(response.body, nullptr, false);
    EXPECT_EQ(parsed.value("kind", ""), "AdmissionReview");
    return parsed.value("response", json::object());
  }

  FixedIndex index_;
  FixedTime time_;
  LastDecision observer_;
  Webhook webhook_;
};

constexpr const char* kCreate = "v1.36/002-create-deployments.json";
constexpr const char* kScale = "v1.36/009-update-deployments-scale.json";

TEST_F(WebhookTest, DeniesANewWorkloadWithoutAReview) {
  const json answer = Answer(Ask(&Webhook::Gate, Sample(kCreate)));

  EXPECT_EQ(answer["allowed"], false);
  EXPECT_NE(answer["status"]["message"].get<std::string>().find("ReviewMissing"),
            std::string::npos);
  EXPECT_EQ(answer["uid"], json::parse(Sample(kCreate))["request"]["uid"]);
  EXPECT_EQ(observer_.last, "gate Deny ReviewMissing");
}

TEST_F(WebhookTest, AdmitsAScaleOfWhatRuns) {
  const json answer = Answer(Ask(&Webhook::Gate, Sample(kScale)));

  EXPECT_EQ(answer["allowed"], true);
  EXPECT_EQ(observer_.last, "gate Allow NoLaunchChange");
}

TEST_F(WebhookTest, AuditAdmitsWithAWarning) {
  index_.Set(IndexWith(GateMode::kAudit));
  const json answer = Answer(Ask(&Webhook::Audit, Sample(kCreate)));

  EXPECT_EQ(answer["allowed"], true);
  EXPECT_NE(answer["warnings"].dump().find("would be denied"), std::string::npos);
}

TEST_F(WebhookTest, AuditAdmitsWhatItCannotRead) {
  const json answer =
      Answer(Ask(&Webhook::Audit, R"({"apiVersion":"admission.k8s.io/v1",)"
                                  R"("kind":"AdmissionReview","request":{"uid":"u1"}})"));

  EXPECT_EQ(answer["allowed"], true);
  EXPECT_EQ(answer["uid"], "u1");
  EXPECT_EQ(observer_.last, "audit Deny RequestInvalid");
}

TEST_F(WebhookTest, GatesWhenTheApiServerSawTheLabelBeforeTheCache) {
  for (const GateMode seen : {GateMode::kNotOptedIn, GateMode::kAudit, GateMode::kUnknown}) {
    index_.Set(IndexWith(seen));
    EXPECT_EQ(Answer(Ask(&Webhook::Gate, Sample(kCreate)))["allowed"], false);
  }
}

TEST_F(WebhookTest, DeniesBeforeItsCachesAreComplete) {
  index_.Set(IndexWith(GateMode::kEnforce, false));
  const json answer = Answer(Ask(&Webhook::Gate, Sample(kCreate)));

  EXPECT_EQ(answer["allowed"], false);
  EXPECT_EQ(observer_.last, "gate Deny NotReady");
}

TEST_F(WebhookTest, DeniesWhenTheClockIsNotTrusted) {
  time_.trusted = false;
  Ask(&Webhook::Gate, Sample(kCreate));

  EXPECT_EQ(observer_.last, "gate Deny ClockUntrusted");
}

TEST_F(WebhookTest, UsesANewIndexFromTheNextRequestOn) {
  Ask(&Webhook::Gate, Sample(kCreate));
  index_.Set(IndexWith(GateMode::kEnforce, false));
  Ask(&Webhook::Gate, Sample(kCreate));

  EXPECT_EQ(observer_.last, "gate Deny NotReady");
}

TEST_F(WebhookTest, AnswersNothingToABodyWithoutAUid) {
  for (const char* body : {"", "{", "[]", "not json", R"({"kind":"AdmissionReview"})"}) {
    const platform::Response response = Ask(&Webhook::Gate, body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(observer_.last, "gate Deny RequestInvalid") << body;
  }
}

TEST_F(WebhookTest, DeniesABodyThatHasAUidAndMakesNoSense) {
  const json answer =
      Answer(Ask(&Webhook::Gate, R"({"apiVersion":"admission.k8s.io/v1",)"
                                 R"("kind":"AdmissionReview","request":{"uid":"u2"}})"));

  EXPECT_EQ(answer["allowed"], false);
  EXPECT_EQ(answer["uid"], "u2");
}

TEST_F(WebhookTest, AnswersEveryCutOfAReviewWithADenial) {
  const std::string whole = Sample(kCreate);
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    const platform::Response response = Ask(&Webhook::Gate, whole.substr(0, size));
    const bool denied =
        response.status == 400 || response.body.find("\"allowed\":false") != std::string::npos;
    EXPECT_TRUE(denied) << size;
  }
}

TEST_F(WebhookTest, GuardsTheLabelOfANamespace) {
  json review = json::parse(Sample("v1.36/001-update-namespaces.json"));
  review["request"]["oldObject"]["metadata"]["labels"]["launchgate.dev/gate"] = "enforce";
  review["request"]["object"]["metadata"]["labels"].erase("launchgate.dev/gate");
  const json answer = Answer(Ask(&Webhook::Guard, review.dump()));

  EXPECT_EQ(answer["allowed"], false);
  EXPECT_EQ(observer_.last, "guard Deny GateWeakened");
}

TEST_F(WebhookTest, ServesThreePathsByPostOnly) {
  const std::vector<platform::Route> routes = webhook_.Routes();

  ASSERT_EQ(routes.size(), 3U);
  for (const platform::Route& route : routes) {
    EXPECT_EQ(route.method, "POST");
    EXPECT_EQ(route.max_body_bytes, admission::kMaxReviewBytes);
    EXPECT_EQ(route.content_types, std::vector<std::string>{"application/json"});
  }
}

}  // namespace
}  // namespace launchgate::webhook
