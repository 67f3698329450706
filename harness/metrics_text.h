// Reads a figure from a page of metrics in the Prometheus text format. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace harness {

using Label = std::pair<std::string_view, std::string_view>;  // Name and value.

// The sum of all samples of the metric `name` that carry every one of `labels`;
// nothing where the page has no such sample. For metrics whose label values are
// plain words: a value with an escaped character is not found. Lines that are no
// samples are passed over.
std::optional<double> SumOf(std::string_view page, std::string_view name,
                            std::initializer_list<Label> labels = {});

}  // namespace harness
