#!/usr/bin/env bash
# tidy_one.sh FILE : clang-tidy on one source, remembered by what the compiler would
# see of it. Called by scripts/lib/lint.sh, several at a time, in the project's root
# with TIDY_BUILD_DIR (compile_commands.json) and TIDY_CHECKS in the environment.
set -euo pipefail

file="$1"
passed="$TIDY_BUILD_DIR/${file//\//_}.passed"

# The file after preprocessing, the checks, and the checker.
digest() {
  local command
  command="$(jq -re --arg file "$PWD/$file" 'first(.[] | select(.file == $file)).command' \
    "$TIDY_BUILD_DIR/compile_commands.json")" || return 1
  # The recorded command ends in: -o OBJECT -c FILE.
  {
    (cd "$TIDY_BUILD_DIR" && eval "${command%% -o *} -E -P $(printf %q "$OLDPWD/$file")")
    cat .clang-tidy
    clang-tidy --version
    printf '%s\n' "$TIDY_CHECKS"
  } | sha256sum
}

if ! now="$(digest)"; then
  printf '%s is compiled by no target\n' "$file"
  exit 1
fi
if [[ "$(cat "$passed" 2>/dev/null)" == "$now" ]]; then exit 0; fi

# The compiler has said its warnings already.
if clang-tidy -p "$TIDY_BUILD_DIR" --quiet --checks="$TIDY_CHECKS" --extra-arg=-Wno-error \
  --extra-arg=-Wno-unknown-warning-option "$file" >"$passed.new" 2>"$passed.stderr"; then
  printf '%s\n' "$now" >"$passed"
  rm -f "$passed.new" "$passed.stderr"
else
  cat "$passed.new"
  # A source clang cannot read says so on stderr only.
  if [[ ! -s "$passed.new" ]]; then tail -n 5 "$passed.stderr"; fi
  exit 1
fi
