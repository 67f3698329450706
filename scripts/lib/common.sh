# shellcheck shell=bash
# What every script needs: where things are, and how to talk to people.
# Source it first. Progress goes to stderr, answers to stdout.
# shellcheck disable=SC2034  # Used by those who source it.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
CACHE="${LAUNCHGATE_CACHE:-${XDG_CACHE_HOME:-${HOME:?HOME is not set}/.cache}/launchgate}"

if [[ -t 2 && -z "${NO_COLOR:-}" ]]; then
  BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' YELLOW=$'\e[33m' PLAIN=$'\e[0m'
else
  BOLD='' RED='' GREEN='' YELLOW='' PLAIN=''
fi

step() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN" >&2; }
note() { printf '    %s\n' "$*" >&2; }
good() { printf '%s    %s%s\n' "$GREEN" "$*" "$PLAIN" >&2; }
warn() { printf '%s    %s%s\n' "$YELLOW" "$*" "$PLAIN" >&2; }
fail() { printf '%serror: %s%s\n' "$RED" "$*" "$PLAIN" >&2; }

# die MESSAGE [WHAT TO DO NEXT...]
die() {
  fail "$1"
  shift
  local line
  for line in "$@"; do note "$line"; done
  exit 1
}

# For mistakes on the command line: exit code 2, as the binary itself does.
usage_error() {
  fail "$1"
  note "See: ./dev ${2:-} --help"
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

# git in this checkout, also where another user owns it (a build machine's root).
git_here() { git -C "$ROOT" -c safe.directory="$ROOT" "$@"; }

# How many compilers or tests run at once: the processors there are, as long
# as each has 1.5 GiB of memory (what our heaviest source file takes).
job_count() {
  if [[ -n "${LAUNCHGATE_JOBS:-}" ]]; then
    printf '%s\n' "$LAUNCHGATE_JOBS"
    return
  fi
  local processors memory_kib by_memory
  processors="$(nproc)"
  memory_kib="$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)"
  by_memory=$((memory_kib / (1536 * 1024)))
  ((by_memory >= 1)) || by_memory=1
  printf '%s\n' "$((processors < by_memory ? processors : by_memory))"
}

# "75" -> "1m15s"
duration() {
  local seconds="$1"
  if ((seconds < 60)); then
    printf '%ds' "$seconds"
  else
    printf '%dm%02ds' "$((seconds / 60))" "$((seconds % 60))"
  fi
}

# show_progress STARTED : reads what a long command says and tells, every few seconds,
# where it is. STARTED is the value of SECONDS when it began.
show_progress() {
  local started="$1" interval=5 line="" last="" shown=$SECONDS count=0 status
  while true; do
    status=0
    IFS= read -r -t "$interval" line || status=$?
    # Above 128: nothing was said in time. Otherwise 1: the end.
    if ((status > 0 && status <= 128)); then break; fi
    if ((status == 0)); then
      last="$line"
      count=$((count + 1))
    fi
    if ((SECONDS - shown >= interval)); then
      shown=$SECONDS
      note "$(printf '%7s  %5d lines  %s' "$(duration $((SECONDS - started)))" "$count" "${last:0:80}")"
    fi
  done
}
