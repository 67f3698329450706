#include "gift-cards/store/report.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "gift-cards/store/rows.h"

namespace gift_cards {
namespace {

using Json = nlohmann::ordered_json;

// A damaged store may hold any bytes; they are shown as U+FFFD.
std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string FormatTime(std::int64_t unix_ms) {
  using std::chrono::milliseconds;
  const std::chrono::sys_time<milliseconds> time{milliseconds(unix_ms)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

const char* Word(bool matches) { return matches ? "match" : "mismatch"; }

const char* Word(FileKind kind) { return kind == FileKind::kBackup ? "backup" : "store"; }

Json Describe(const StoreSummary& summary) {
  return {{"rows", summary.rows},         {"pending", summary.pending},
          {"redeemed", summary.redeemed}, {"redeemedCents", summary.redeemed_cents},
          {"checksum", summary.checksum}, {"newestAtMs", summary.newest_at}};
}

std::string Tell(const StoreSummary& summary) {
  std::string text = fmt::format("{} rows: {} redeemed ({} cents), {} pending", summary.rows,
                                 summary.redeemed, summary.redeemed_cents, summary.pending);
  if (summary.rows > 0) text += ", the newest of " + FormatTime(summary.newest_at);
  return text + "\n  checksum " + summary.checksum + "\n";
}

Json Describe(const VerifiedFile& file) {
  Json json = {{"path", file.path}, {"kind", Word(file.found.kind)}};
  json.update(Describe(file.found.summary));
  if (const auto& taken = file.found.taken) {
    json["taken"] = {
        {"atMs", taken->taken_at}, {"rows", taken->rows}, {"checksum", taken->checksum}};
  }
  json["damages"] = file.found.damages;
  return json;
}

std::string Tell(const VerifiedFile& file) {
  std::string text =
      fmt::format("{}, a {}: {}", file.path, Word(file.found.kind), Tell(file.found.summary));
  if (const auto& taken = file.found.taken) {
    text += fmt::format("  taken {} with {} rows, {}\n", FormatTime(taken->taken_at), taken->rows,
                        file.found.ChecksumMatches() ? "unchanged since" : "CHANGED since");
  }
  for (const auto& damage : file.found.damages) text += "  DAMAGED: " + damage + "\n";
  return text;
}

Json Describe(const Comparison& comparison, Relation relation) {
  Json json = {{"relation", relation == Relation::kEarlier ? "earlier" : "equal"},
               {"same", comparison.same},
               {"missing", comparison.missing},
               {"extra", comparison.extra},
               {"different", comparison.different}};
  if (relation == Relation::kEarlier) {
    json["begunSince"] = comparison.begun_since;
    json["settledSince"] = comparison.settled_since;
  }
  json["dataLossMs"] = comparison.data_loss_ms;
  return json;
}

std::string Tell(const Comparison& comparison, Relation relation) {
  std::string text =
      fmt::format("compared: {} rows are the same, {} missing, {} extra, {} different\n",
                  comparison.same, comparison.missing, comparison.extra, comparison.different);
  if (relation == Relation::kEarlier) {
    text += fmt::format("  since then {} were begun and {} settled\n", comparison.begun_since,
                        comparison.settled_since);
  }
  return text + fmt::format("  the newest row is {} ms older\n", comparison.data_loss_ms);
}

}  // namespace

bool VerifyReport::Undamaged() const {
  return database.found.damages.empty() && (!against || against->found.damages.empty());
}

bool VerifyReport::RowsMatch() const {
  return database.found.RowsMatch() && (!against || against->found.RowsMatch()) &&
         comparison.missing == 0 && comparison.extra == 0;
}

bool VerifyReport::ChecksumMatches() const {
  return database.found.ChecksumMatches() && (!against || against->found.ChecksumMatches()) &&
         comparison.different == 0;
}

std::string Render(const VerifyReport& report, OutputFormat format) {
  if (format == OutputFormat::kJson) {
    Json json = {{"verified", report.Good()},
                 {"checks",
                  {{"integrity", Word(report.Undamaged())},
                   {"rows", Word(report.RowsMatch())},
                   {"checksum", Word(report.ChecksumMatches())}}},
                 {"database", Describe(report.database)}};
    if (report.against) {
      json["against"] = Describe(*report.against);
      json["comparison"] = Describe(report.comparison, report.relation);
    }
    return Dump(json, 2) + "\n";
  }
  std::string text = Tell(report.database);
  if (report.against) {
    text += Tell(*report.against) + Tell(report.comparison, report.relation);
  }
  return text + fmt::format("integrity: {}, rows: {}, checksum: {}\n", Word(report.Undamaged()),
                            Word(report.RowsMatch()), Word(report.ChecksumMatches()));
}

std::string Render(const BackupReport& report, const std::string& verb, const std::string& target,
                   OutputFormat format) {
  if (format == OutputFormat::kJson) {
    Json json = {{"path", target}, {"backupTakenAtMs", report.taken_at}};
    json.update(Describe(report.summary));
    return Dump(json, 2) + "\n";
  }
  return fmt::format("{} {}, as of {}: {}", target, verb, FormatTime(report.taken_at),
                     Tell(report.summary));
}

std::string Render(const Redemption& row, OutputFormat format) {
  if (format == OutputFormat::kJson) {
    return Dump({{"codeDigest", row.code_digest},
                 {"amountCents", row.amount_cents},
                 {"ref", row.ref},
                 {"state", ToString(row.state)},
                 {"chargeId", row.charge_id}},
                -1);
  }
  return fmt::format("{} {:>8} {:<8} {}", row.ref, row.amount_cents, ToString(row.state),
                     row.charge_id);
}

}  // namespace gift_cards
