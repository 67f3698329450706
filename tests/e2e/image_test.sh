#!/usr/bin/env bash
# The image keeps its promises, with the binary of this build in it; ./dev image
# holds the same against the released one.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

expect "the image can be built and run" "$SOURCE_DIR/dev" image \
  --binary "${LAUNCHGATE_BINARY:?the target launchgate was not built}" --output "$WORK/image/launchgate.tar"
cat "$WORK/output"
