#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/image.sh"

usage() {
  cat <<'HELP'
Usage: ./dev image [--binary FILE] [--output FILE] [--tag TAG]

Builds the container image as an OCI archive, without a daemon and without a
registry, then unpacks it and runs the binary from it.

  --binary FILE  put this program into it (default: launchgate of preset release)
  --output FILE  (default: build/image/launchgate.tar)
  --tag TAG      (default: the project's version)

  ./dev image
  skopeo copy oci-archive:build/image/launchgate.tar docker://registry.example.com/launchgate:0.1.0
HELP
}

binary="" output="$ROOT/build/image/launchgate.tar"
tag="$(sed -n 's/^project(launchgate VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt")"
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --binary | --output | --tag)
      (($# >= 2)) || usage_error "$1 needs a value" image
      case "$1" in
        --binary) binary="$(realpath "$2")" ;;
        --output) output="$(realpath -m "$2")" ;;
        --tag) tag="$2" ;;
      esac
      shift
      ;;
    *) usage_error "unknown option $1" image ;;
  esac
  shift
done

ensure_packages test image
if [[ -z "$binary" ]]; then
  build_preset release launchgate
  binary="$(build_dir release)/operator/app/launchgate"
fi
[[ -x "$binary" ]] || die "$binary is not a program."

step "Building the image launchgate:$tag"
mkdir -p "$(dirname "$output")"
make_image_root "$(dirname "$output")/root" "$binary"
make_image_archive "$(dirname "$output")/root" "launchgate:$tag" "$output"

step "Checking it"
bash "$ROOT/tests/e2e/check_image.sh" "$output"
good "Built: ${output#"$ROOT"/}"
