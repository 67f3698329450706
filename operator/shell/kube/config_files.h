// Small files with credentials in them. Private to config.cc and kubeconfig.cc.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::kube {

// The whole file. kNotFound, kForbidden, kExhausted (over kMaxConfigFileBytes)
// or kUnavailable, each naming the path and never the content.
base::Result<std::string> ReadConfigFile(const std::string& path);

// Without white space at both ends.
std::string_view Trimmed(std::string_view text);

}  // namespace launchgate::kube
