// Reviews judged from files, as the gate would in an enforced namespace: what
// `check` answers and what `render go-no-go` writes down come from here.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/cli/report.h"
#include "app/world.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace CLI {
class App;
}

namespace launchgate::crypto {
class OpenSslSignatures;
}

namespace launchgate::app::cli {

// As they were given; Judge() reads them.
struct JudgeFlags {
  std::vector<std::string> files;
  std::string evidence_root;
  std::vector<std::string> pages;       // "URL=FILE"
  std::vector<std::string> prometheus;  // "URL" or "NAME=URL"
  bool allow_fetch = false;
  std::string now;  // RFC 3339; empty: the time of the call.
  std::string template_from;
};

void AddJudgeFlags(CLI::App& command, JudgeFlags& flags);

struct Judged {
  World world;
  std::vector<Report> reports;  // One for each of world.reviews(), in their order.
  std::vector<std::string> warnings;
};

// An error is about usage or input: a file that cannot be read, no LaunchReview
// among the files, a flag that says nothing. Whatever is wrong with a review or
// its evidence is in its report. `signatures` must outlive the result.
base::Result<Judged> Judge(const JudgeFlags& flags, const crypto::OpenSslSignatures& signatures,
                           std::istream& in);

struct InputText {
  std::string path;
  std::string text;
};

// The texts in `paths`. A folder stands for the .yaml, .yml and .json files in it
// (not in folders below), by name; "-" is `in`.
base::Result<std::vector<InputText>> ReadFiles(const std::vector<std::string>& paths,
                                               std::istream& in);

// Adds the manifests of ReadFiles() to `world`.
base::Status AddFiles(const std::vector<std::string>& paths, std::istream& in, World& world);

}  // namespace launchgate::app::cli
