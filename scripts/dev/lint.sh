#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"
source "$ROOT/scripts/lib/build.sh"
source "$ROOT/scripts/lib/lint.sh"

CHECKS=(format banned shell manifests headers tidy)

usage() {
  cat <<HELP
Usage: ./dev lint [CHECK...] [--changed [REVISION]] [--deep]

  format     clang-format, every C++ file
  banned     calls we do not make (scripts/lint/banned.txt)
  shell      shellcheck, every script
  manifests  every kustomization builds
  headers    every public header compiles alone
  tidy       clang-tidy on all sources but those of tests

  --changed [REVISION]  clang-tidy looks only at files that differ from REVISION
                        (default: main), for a quick answer while working
  --deep                clang-tidy also follows paths (clang-analyzer): twice the time

  ./dev lint
  ./dev lint format banned
  ./dev lint tidy --changed
HELP
}

# Everything but tests.
TIDY_SOURCES=('platform/*.cc' 'operator/*.cc' 'payments-stub/*.cc' 'gift-cards/*.cc' 'harness/*.cc')
tidy_all() { cpp_files "${TIDY_SOURCES[@]}"; }
tidy_changed() {
  { git_here diff --name-only "$since" -- "${TIDY_SOURCES[@]}"
    git_here ls-files --others --exclude-standard -- "${TIDY_SOURCES[@]}"
  } | sort -u | while IFS= read -r file; do
    if [[ -f "$ROOT/$file" ]]; then printf '%s\n' "$file"; fi
  done
}

chosen=() tidy_files=tidy_all since=main
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --deep) export TIDY_CHECKS="clang-analyzer-core.*,clang-analyzer-cplusplus.*" ;;
    --changed)
      tidy_files=tidy_changed
      if git_here rev-parse -q --verify "${2:-}^{commit}" >/dev/null 2>&1; then
        since="$2"
        shift
      fi
      ;;
    *)
      [[ " ${CHECKS[*]} " == *" $1 "* ]] || usage_error "There is no check \"$1\"." lint
      chosen+=("$1")
      ;;
  esac
  shift
done
if ((${#chosen[@]} == 0)); then chosen=("${CHECKS[@]}"); fi

ensure_packages lint
if [[ " ${chosen[*]} " =~ " headers "|" tidy " ]]; then ensure_packages build libraries; fi
mkdir -p "$(build_dir dev)"
cd "$ROOT"
# An empty list would pass every check.
[[ -n "$(cpp_files '*.cc')" ]] || die "git lists no source files in $ROOT."

failed=()
for check in "${chosen[@]}"; do
  started=$SECONDS
  step "Lint: $check"
  arguments=()
  if [[ "$check" == tidy ]]; then arguments=("$tidy_files"); fi
  if "lint_$check" "${arguments[@]}"; then
    good "ok ($(duration $((SECONDS - started))))"
  else
    failed+=("$check")
    fail "$check ($(duration $((SECONDS - started))))"
  fi
done
((${#failed[@]} == 0)) || die "Failed: ${failed[*]}" "Again, only these: ./dev lint ${failed[*]}"
good "Nothing to complain about."
