// Prometheus's own tool on rule files of this project, and the words in expressions.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/component/crypto/command.h"

namespace launchgate::contract {

// `label="value"` for each alternative of every matcher (=, !=, =~ and !~) on one of the
// labels, as an exporter would write it.
std::vector<std::string> LabelValuesIn(const std::string& expression,
                                       const std::vector<std::string>& labels);

// A folder of this project with rules.yaml and its unit tests, copied into a workspace.
// Fails and does not skip where there is no promtool: alerts that nobody tested would look
// tested.
class PromtoolTest : public ::testing::Test {
 protected:
  PromtoolTest(std::string folder, std::vector<std::string> unit_tests);
  void SetUp() override;

  static std::string Command(const std::string& arguments);
  bool UnitTestsPass();
  // Expressions that Prometheus can parse; what it has to say is in workspace_.Output().
  bool Parses(const std::vector<std::string>& expressions);

  // Runs the unit tests with every alert's expression replaced by `expression`, and returns
  // the alerts that a test then complains about, where what it has to say contains `finding`:
  // "got:[]" when an alert is missing, "exp:[]" when there is one that should not be. What is
  // recorded is left out: no alert reads it any more.
  std::set<std::string> AlertsMissedWith(const std::string& expression, const std::string& finding);

  crypto::Workspace workspace_;

 private:
  const std::string folder_;
  const std::vector<std::string> unit_tests_;
};

}  // namespace launchgate::contract
