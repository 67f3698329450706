// What the operator keeps of a FreezeWindow that it watches (records.h).
#pragma once

#include <string>
#include <vector>

#include "app/records.h"
#include "core/base/result.h"
#include "core/json/reader.h"
#include "core/resources/freeze_window.h"
#include "shell/kube/watch_stream.h"

namespace launchgate::app {

struct FreezeWindowRecord {
  resources::FreezeWindow window;
  std::vector<json::Problem> problems;  // With any, the window freezes always.
  std::string status_text;
};

base::Result<FreezeWindowRecord> DecodeFreezeWindow(const kube::RawObject& object, KeepStatus keep);

}  // namespace launchgate::app
