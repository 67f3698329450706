// Where the webhook finds what it decides from.
#pragma once

#include <cstdint>
#include <memory>

#include "core/decision/gate_index.h"

namespace launchgate::webhook {

// Thread-safe. Version() is one atomic read; a thread that keeps its copy and
// asks for Current() only when the version moved takes no lock per request.
class IndexSource {
 public:
  virtual ~IndexSource() = default;
  // Never null.
  virtual std::shared_ptr<const decision::GateIndex> Current() const = 0;
  // Grows with every new index.
  virtual std::uint64_t Version() const = 0;
};

}  // namespace launchgate::webhook
