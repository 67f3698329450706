#include <gtest/gtest.h>

#include <string>

#include "gift-cards/payments_client.h"

namespace gift_cards {
namespace {

constexpr char kGood[] = R"({"chargeId":"ch_1","ref":"gc-1","amount":2500})";

struct Row {
  std::string name;
  int status;
  std::string body;
  AttemptResult result;
};

class ChargeAnswerTest : public ::testing::TestWithParam<Row> {};

TEST_P(ChargeAnswerTest, MeansWhatTheTableSays) {
  const ChargeAnswer answer = ReadChargeAnswer({"gc-1", 2'500}, GetParam().status, GetParam().body);

  EXPECT_EQ(answer.result, GetParam().result) << answer.detail;
  EXPECT_EQ(answer.charge_id, answer.result == AttemptResult::kCharged ? "ch_1" : "");
  EXPECT_EQ(answer.detail.empty(), answer.result == AttemptResult::kCharged);
}

INSTANTIATE_TEST_SUITE_P(
    Statuses, ChargeAnswerTest,
    ::testing::Values(Row{"Created", 201, kGood, AttemptResult::kCharged},
                      Row{"ChargedBefore", 200, kGood, AttemptResult::kCharged},
                      Row{"Accepted", 202, kGood, AttemptResult::kUnusable},
                      Row{"NoContent", 204, "", AttemptResult::kUnusable},
                      Row{"Redirect", 302, "", AttemptResult::kUnusable},
                      Row{"BadRequest", 400, R"({"error":"amount"})", AttemptResult::kRefused},
                      Row{"Unauthorized", 401, "", AttemptResult::kUnusable},
                      Row{"PaymentRequired", 402, "", AttemptResult::kRefused},
                      Row{"Forbidden", 403, "", AttemptResult::kUnusable},
                      Row{"WrongAddress", 404, "", AttemptResult::kUnusable},
                      Row{"OtherAmount", 409, "", AttemptResult::kConflict},
                      Row{"Unprocessable", 422, "", AttemptResult::kRefused},
                      Row{"TooMany", 429, "", AttemptResult::kUnusable},
                      Row{"ServerError", 500, "", AttemptResult::kUnavailable},
                      Row{"Unavailable", 503, R"({"error":"x"})", AttemptResult::kUnavailable},
                      Row{"Full", 507, "", AttemptResult::kUnavailable},
                      Row{"BeyondStatuses", 600, "", AttemptResult::kUnusable}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Bodies, ChargeAnswerTest,
    ::testing::Values(
        Row{"Empty", 201, "", AttemptResult::kUnusable},
        Row{"NotJson", 201, "<html>", AttemptResult::kUnusable},
        Row{"CutJson", 201, R"({"chargeId":"ch_1","ref":"gc-1","amo)", AttemptResult::kUnusable},
        Row{"Array", 201, "[]", AttemptResult::kUnusable},
        Row{"NoChargeId", 201, R"({"ref":"gc-1","amount":2500})", AttemptResult::kUnusable},
        Row{"NoRef", 201, R"({"chargeId":"ch_1","amount":2500})", AttemptResult::kUnusable},
        Row{"NoAmount", 201, R"({"chargeId":"ch_1","ref":"gc-1"})", AttemptResult::kUnusable},
        Row{"AnotherRef", 201, R"({"chargeId":"ch_1","ref":"gc-2","amount":2500})",
            AttemptResult::kUnusable},
        Row{"AnotherAmount", 201, R"({"chargeId":"ch_1","ref":"gc-1","amount":2501})",
            AttemptResult::kUnusable},
        Row{"AmountAsFraction", 201, R"({"chargeId":"ch_1","ref":"gc-1","amount":2500.0})",
            AttemptResult::kUnusable},
        Row{"AmountAsText", 201, R"({"chargeId":"ch_1","ref":"gc-1","amount":"2500"})",
            AttemptResult::kUnusable},
        Row{"EmptyChargeId", 201, R"({"chargeId":"","ref":"gc-1","amount":2500})",
            AttemptResult::kUnusable},
        Row{"ChargeIdWithMarkup", 201, R"({"chargeId":"<b>","ref":"gc-1","amount":2500})",
            AttemptResult::kUnusable},
        Row{"LongChargeId", 201,
            R"({"chargeId":")" + std::string(65, 'x') + R"(","ref":"gc-1","amount":2500})",
            AttemptResult::kUnusable},
        Row{"ChargeIdAsNumber", 201, R"({"chargeId":1,"ref":"gc-1","amount":2500})",
            AttemptResult::kUnusable},
        Row{"DeepNesting", 201, std::string(10'000, '['), AttemptResult::kUnusable},
        Row{"MoreFields", 201, R"({"chargeId":"ch_1","ref":"gc-1","amount":2500,"x":1})",
            AttemptResult::kCharged}),
    [](const auto& row) { return row.param.name; });

struct UrlRow {
  std::string name;
  std::string url;
};

class PaymentsUrlTest : public ::testing::TestWithParam<UrlRow> {};

TEST_P(PaymentsUrlTest, IsRefused) {
  const auto client = ConnectPayments(GetParam().url);

  ASSERT_FALSE(client);
  EXPECT_NE(client.error().find("http://HOST"), std::string::npos) << client.error();
}

INSTANTIATE_TEST_SUITE_P(Rows, PaymentsUrlTest,
                         ::testing::Values(UrlRow{"Empty", ""}, UrlRow{"NoScheme", "payments:80"},
                                           UrlRow{"OtherScheme", "ftp://payments"},
                                           UrlRow{"NoHost", "http://"},
                                           UrlRow{"User", "http://me:secret@payments"},
                                           UrlRow{"Query", "http://payments/?a=1"},
                                           UrlRow{"Fragment", "http://payments/#a"},
                                           UrlRow{"Ipv6Literal", "http://[::1]:80"},
                                           UrlRow{"NotAUrl", "http://pay ments"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gift_cards
