# shellcheck shell=bash
# How a step of the demo is told: the command, the answer, and whether it is the one
# that was expected. Source after common.sh; needs WORK, a folder.

PATIENCE_SECONDS=15 # Until an answer must be the expected one.
STEP=0

chapter() {
  STEP=$((STEP + 1))
  printf '\n%s%2d. %s%s\n' "$BOLD" "$STEP" "$*" "$PLAIN"
}

say() { printf '    %s\n' "$*"; }
# Paths as somebody in the project's folder would type them.
show() {
  local command="${*//$WORK\//}"
  printf '    $ %s\n' "${command//$ROOT\//}"
}

# What kubectl said, without the patch it sent.
answer() {
  sed -E -e '/^(\{"metadata"|to:|Resource:|Name:)/d' -e 's/^for: .*(admission webhook|Internal error)/\1/' \
    -e 's/^Error from server \(([A-Za-z]+)\): error when .*: admission webhook/Forbidden: admission webhook/' \
    -e 's/^/      /' "$1"
}

wrong() {
  fail "$1"
  if [[ -f "$WORK/answer" ]]; then answer "$WORK/answer"; fi
  note "What the processes said last:"
  tail -n 5 "$WORK"/*.log 2>/dev/null | sed 's/^/      /' >&2
  exit 1
}

# attempt COMMAND... : 0 when it succeeded; what it said is in $WORK/answer.
attempt() { "$@" >"$WORK/answer" 2>&1; }

# until_denied REASON COMMAND... : polls with a dry run first, so that nothing
# slips through while the operator is still reading the last change.
until_denied() {
  local pattern="$1" deadline=$((SECONDS + PATIENCE_SECONDS))
  shift
  while attempt "$@" --dry-run=server || ! grep -qE "$pattern" "$WORK/answer"; do
    ((SECONDS < deadline)) || wrong "Expected a denial matching /$pattern/: $*"
    sleep 0.2
  done
}

# denied REASON COMMAND...
denied() {
  local pattern="$1"
  shift
  until_denied "$pattern" "$@"
  show "$*"
  if attempt "$@"; then wrong "This should have been denied: $*"; fi
  grep -qE "$pattern" "$WORK/answer" || wrong "The denial should say /$pattern/: $*"
  answer "$WORK/answer"
  good "denied, as it should be"
}

# admitted COMMAND...
admitted() {
  local deadline=$((SECONDS + PATIENCE_SECONDS))
  show "$*"
  until attempt "$@"; do
    ((SECONDS < deadline)) || wrong "This should have been admitted: $*"
    sleep 0.2
  done
  answer "$WORK/answer"
  good "admitted"
}

# done_by COMMAND... : a step of people, which must simply work.
done_by() {
  show "$*"
  attempt "$@" || wrong "This should have worked: $*"
  answer "$WORK/answer"
}

# measured COMMAND... : as above, for what takes long and tells of itself while it does.
measured() {
  show "$*"
  "$@" >"$WORK/answer" || wrong "This should have worked: $*"
  answer "$WORK/answer"
}

# reaches WHAT EXPECTED COMMAND... : until the command prints EXPECTED.
reaches() {
  local what="$1" expected="$2" deadline=$((SECONDS + PATIENCE_SECONDS))
  shift 2
  until attempt "$@" && grep -qE -- "$expected" "$WORK/answer"; do
    ((SECONDS < deadline)) || wrong "$what"
    sleep 0.2
  done
  good "$what"
}
