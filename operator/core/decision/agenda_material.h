// What a service's review contributes to the agenda of its budget's monthly review.
#pragma once

#include "core/base/time.h"
#include "core/budget/agenda.h"
#include "core/decision/facts.h"

namespace launchgate::decision {

// Adds the break-glass verdicts that were signed for the review, the conditions of
// the Go that stand at `now`, and until when its evidence is good. What of it
// belongs to the month is budget::BuildAgenda()'s to say. Pure.
void AddService(const ReviewFacts& facts, base::Time now, budget::AgendaMaterial& material);

}  // namespace launchgate::decision
