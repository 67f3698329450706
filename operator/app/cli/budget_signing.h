// Signing off the monthly review of an error budget: reading what is signed,
// drafting the statement, and adding the signature to the BudgetReview.
#pragma once

#include <iosfwd>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/session.h"
#include "app/cli/signing.h"
#include "app/records.h"
#include "core/decision/budget_reviews.h"
#include "core/json/json.h"
#include "core/verdict/budget_sign_off.h"
#include "core/verdict/signature.h"

namespace launchgate::app::cli {

// What the signer says, as flags.
struct SignOffFlags {
  std::string review;                // Name of the BudgetReview; empty: a verdict is meant.
  std::vector<std::string> actions;  // "text;owner;due"
};
void AddSignOffFlags(CLI::App& command, SignOffFlags& flags);

// A stored BudgetReview and all that its sign-offs are judged by.
struct OpenedBudgetReview {
  std::unique_ptr<Session> session;
  json::Json object;  // As it is stored.
  resources::BudgetReview review;
  resources::ErrorBudget budget;
  AuthorityRecord authority;
  std::string cluster_id;

  // Points into this object.
  decision::BudgetReviewInputs Inputs() const;
};

// kNotFound where one of the objects does not exist, kInvalid where one of them
// has problems or there is nothing to sign yet.
base::Result<OpenedBudgetReview> OpenBudgetReview(const ClusterFlags& flags,
                                                  const std::string& name,
                                                  const verdict::PublicKeyReader& reader);

struct SignOffDraft {
  verdict::SignOff sign_off;
  std::string bytes;  // Exactly what is to be signed.
};

base::Result<SignOffDraft> DraftSignOff(const SignOffFlags& flags, const Signer& signer,
                                        const OpenedBudgetReview& opened, base::Time now);

// What is about to be signed, for the person who signs.
void Summarize(const SignOffDraft& draft, const OpenedBudgetReview& opened, std::ostream& out);

// The entry of spec.signOffs around an envelope, or around statement bytes with an
// SSH signature.
json::Json SignOffWithEnvelope(const std::string& envelope);
json::Json SignOffWithSshSignature(const std::string& bytes, const std::string& armored);

// Judges the entry as the gate would, then adds it to the BudgetReview that was
// read (or only prints it when `dry_run`): nothing is written over what somebody
// else added meanwhile. Where the list is full, earlier sign-offs of the same
// person make room. Exit code.
int SubmitSignOff(const OpenedBudgetReview& opened, const json::Json& entry, bool dry_run,
                  base::Time now, std::ostream& out, std::ostream& err);

}  // namespace launchgate::app::cli
