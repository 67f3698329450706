#include "app/freeze_window_record.h"

#include <nlohmann/json.hpp>

#include "core/json/json.h"

namespace launchgate::app {

base::Result<FreezeWindowRecord> DecodeFreezeWindow(const kube::RawObject& object,
                                                    KeepStatus keep) {
  const auto parsed = json::ParseTrusted(object.json);
  if (!parsed) return tl::unexpected(parsed.error());
  FreezeWindowRecord record;
  record.window = resources::ParseFreezeWindow(*parsed, record.problems);
  if (const auto status = parsed->find("status");
      keep == KeepStatus::kYes && status != parsed->end()) {
    record.status_text = json::Canonical(*status);
  }
  return record;
}

}  // namespace launchgate::app
