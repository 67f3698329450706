// What the signing commands share: drafting the statement, and turning a
// signature into a LaunchVerdict.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/cli/session.h"
#include "app/world.h"
#include "core/json/json.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"
#include "core/verdict/statement.h"

namespace CLI {
class App;
}

namespace launchgate::app::cli {

// What the signer says, as flags.
struct StatementFlags {
  std::string review;
  bool go = false;
  bool no_go = false;
  bool break_glass = false;
  std::string reason;
  std::string ticket;
  std::string override_class;
  std::string valid_for = "30d";
  std::string template_hash;            // As a denial names it; empty: see template_from.
  std::string template_from;            // Workload manifest; empty: the stored target.
  std::vector<std::string> conditions;  // "item=…,owner=…,due=…,text=…"
};
void AddStatementFlags(CLI::App& command, StatementFlags& flags);

// Who signs: one of the authority's records.
struct Signer {
  std::string identity;
  std::string role;
};

struct Draft {
  verdict::Statement statement;
  std::string bytes;  // Exactly what is to be signed.
};

// The review called flags.review; kNotFound when the namespace has none.
base::Result<const World::Loaded<resources::LaunchReview>*> FindReview(const World& world,
                                                                       const std::string& ns,
                                                                       const std::string& name);

// The record of `key` (or of `key_id`) in the review's authority; kForbidden
// when the authority does not know it.
base::Result<Signer> FindSigner(const World& world, const resources::LaunchReview& review,
                                const verdict::PublicKey* key, const std::string& key_id,
                                const verdict::PublicKeyReader& reader);

// The same in an authority.
base::Result<Signer> FindSignerIn(const verdict::TrustedAuthority& authority,
                                  const verdict::PublicKey* key, const std::string& key_id);

// The hash of the manifest of `target` in a file, as it would be stored. Only the
// API server can tell: it fills in defaults that differ between versions. So it
// is asked with a dry run; where the gate denies that, the denial names the hash.
base::Result<std::string> StoredHashOf(Session& session, const resources::TargetRef& target,
                                       const std::string& path, std::istream& in);

// Reads the stored target where a template hash is needed, fills in everything
// the statement binds, and validates it.
base::Result<Draft> DraftStatement(const StatementFlags& flags, const Signer& signer,
                                   Session& session, World& world,
                                   const World::Loaded<resources::LaunchReview>& review,
                                   const verdict::SignatureVerifier& verifier, base::Time now,
                                   std::istream& in);

// What is about to be signed, for the person who signs.
void Summarize(const Draft& draft, std::ostream& out);

// The LaunchVerdict around an envelope, or around statement bytes with an SSH
// signature. Its name follows from its content, so creating it twice is one.
json::Json VerdictWithEnvelope(const verdict::Statement& statement, const std::string& envelope);
json::Json VerdictWithSshSignature(const verdict::Statement& statement, const std::string& bytes,
                                   const std::string& armored);

// Checks the finished object as the gate would, then creates it (or only prints
// it when `dry_run`). Exit code.
int Submit(Session& session, const World& world, const resources::LaunchReview& review,
           const json::Json& verdict, bool dry_run, std::ostream& out, std::ostream& err);

}  // namespace launchgate::app::cli
