// Rows 5 to 8 of the decision table: what has to hold for a Go, each as a small
// check that gives the objections it has. Used by decide.cc only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/objection.h"
#include "core/base/time.h"
#include "core/decision/change.h"
#include "core/decision/facts.h"

namespace launchgate::decision {

// What is asked, with everything the rows look at.
// Refers to its parts; lives as long as one Decide().
struct Question {
  const Health& health;
  GateMode mode;
  const std::vector<std::shared_ptr<const ReviewFacts>>& reviews;
  const Change& change;
  base::Time now;
  // Of the template that would run; empty when nobody knows it.
  std::string_view template_hash;

  // The one review that decides, null where there is none or more than one.
  const ReviewFacts* Review() const {
    return reviews.size() == 1 ? reviews.front().get() : nullptr;
  }
};

// Every objection of rows 5 to 8, in the order in which people read them.
base::Objections CollectObjections(const Question& question);

// What is wrong with an item at `now`; nothing when it passes. Severity and
// waivers are not asked.
std::optional<base::Objection> WrongWith(const ItemFacts& item, base::Time now);

// "2026-11-24T12:00:00Z (in 1d)", "… (2d ago)".
std::string At(base::Time time, base::Time now);

// Longest text from outside inside a sentence.
inline constexpr std::size_t kMaxShownBytes = 240;

}  // namespace launchgate::decision
