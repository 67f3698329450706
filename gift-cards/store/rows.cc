#include "gift-cards/store/rows.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <utility>

#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    good_ = context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1;
  }

  void Add(std::string_view bytes) {
    good_ = good_ && EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1;
  }

  // Lowercase hex; empty when OpenSSL failed at any point.
  std::string Finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (!good_ || EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) return {};
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
      fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
    return hex;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  bool good_ = false;
};

void AddField(std::string_view field, std::string& bytes) {
  fmt::format_to(std::back_inserter(bytes), "{}:{},", field.size(), field);
}

void AddField(std::int64_t field, std::string& bytes) {
  AddField(std::string_view(fmt::format_int(field).c_str()), bytes);
}

void AddRow(const Redemption& row, std::string& bytes) {
  AddField(row.code_digest, bytes);
  AddField(row.amount_cents, bytes);
  AddField(row.ref, bytes);
  AddField(ToString(row.state), bytes);
  AddField(row.charge_id, bytes);
  AddField(row.begun_at, bytes);
  AddField(row.redeemed_at, bytes);
}

}  // namespace

Redemption ReadRow(const Statement& statement) {
  Redemption row;
  row.code_digest = statement.Text(0);
  row.amount_cents = statement.Integer(1);
  row.ref = statement.Text(2);
  row.state =
      statement.Text(3) == "redeemed" ? RedemptionState::kRedeemed : RedemptionState::kPending;
  row.charge_id = statement.Text(4);
  row.begun_at = statement.Integer(5);
  row.redeemed_at = statement.Integer(6);
  return row;
}

std::string_view ToString(RedemptionState state) {
  return state == RedemptionState::kRedeemed ? "redeemed" : "pending";
}

std::int64_t NewestOf(const Redemption& row) { return std::max(row.begun_at, row.redeemed_at); }

tl::expected<Statement, std::string> SelectAllRows(Connection& connection) {
  return connection.Prepare(
      fmt::format("SELECT {} FROM redemptions ORDER BY code_digest", kRowColumns));
}

tl::expected<StoreSummary, std::string> SummarizeRows(Connection& connection) {
  auto rows = SelectAllRows(connection);
  if (!rows) return Fail(rows.error());
  StoreSummary summary;
  Sha256 checksum;
  std::string bytes;
  while (true) {
    const auto more = rows->Step();
    if (!more) return Fail(more.error());
    if (!*more) break;
    const Redemption row = ReadRow(*rows);
    const bool redeemed = row.state == RedemptionState::kRedeemed;
    ++summary.rows;
    ++(redeemed ? summary.redeemed : summary.pending);
    if (redeemed) summary.redeemed_cents += row.amount_cents;
    summary.newest_at = std::max(summary.newest_at, NewestOf(row));
    bytes.clear();
    AddRow(row, bytes);
    checksum.Add(bytes);
  }
  summary.checksum = checksum.Finish();
  if (summary.checksum.empty()) return Fail("SHA-256 could not be computed: OpenSSL failed");
  return summary;
}

}  // namespace gift_cards
