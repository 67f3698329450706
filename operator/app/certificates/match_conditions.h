// Requests that the API server need not even send, where it can tell (1.28 and
// later): so scaling and metadata edits work while Launchgate is down.
#pragma once

#include <string_view>

#include "core/json/json.h"

namespace launchgate::app {

// The matchConditions of one entry of the webhook configuration, by its name; an
// empty list for entries that need none. Each condition must hold for the
// request to be sent, and an error in one denies it, so they guard every field.
json::Json MatchConditionsFor(std::string_view webhook_name);

}  // namespace launchgate::app
