// Asking for a passphrase without showing it.
#pragma once

#include <string>

#include "app/cli/command.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {

// From the first line of `file`, or, when that is empty, from the terminal with
// the echo off. kInvalid when there is neither. `streams` must outlive it.
crypto::PassphraseSource PassphraseFrom(const std::string& file, Streams& streams);

}  // namespace launchgate::app::cli
