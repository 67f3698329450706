#!/usr/bin/env bash
# The restore drill, timed: takes a backup of the store in use, restores it into a
# fresh file, compares, and records how long that took and what would have been
# lost. A drill that fails is recorded as well. The record is what `backupDrill`
# evidence reads (docs/evidence.md).
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

MAX_DRILLS=24 # The newest that the record keeps: two years of a monthly drill.
MAX_NOTE=300  # Characters of an error that go into the record.

usage() {
  cat <<'HELP'
Usage: restore_drill.sh --binary PATH --database LIVE --out FILE.json [--keep-dir DIR]

  --binary PATH    gift-cards
  --database LIVE  the store, which may be served meanwhile
  --out FILE.json  the drill record; the newest 24 drills are kept in it
  --keep-dir DIR   keeps the backup and the restored store there (default: both
                   are removed)

Exit code: 0 the drill succeeded, 1 it failed and is recorded so, 2 it could not
be held or recorded.

  gift-cards/drill/restore_drill.sh --binary build/release/gift-cards/gift-cards \
    --database /var/lib/gift-cards/store.db --out drills.json
HELP
}

refuse() {
  fail "$1"
  note "See: restore_drill.sh --help"
  exit 2
}

now_ms() { date -u +%s%3N; }

# rfc3339 MILLISECONDS
rfc3339() { printf '%s.%03dZ\n' "$(date -u -d "@$(($1 / 1000))" +%Y-%m-%dT%H:%M:%S)" "$(($1 % 1000))"; }

# as_duration MILLISECONDS : "4.017s"
as_duration() { printf '%d.%03ds\n' "$(($1 / 1000))" "$(($1 % 1000))"; }

BINARY="" DATABASE="" OUT="" KEEP=""
while (($# > 0)); do
  case "$1" in
    -h | --help) usage && exit 0 ;;
    --binary | --database | --out | --keep-dir)
      (($# >= 2)) || refuse "$1 needs a value"
      case "$1" in
        --binary) BINARY="$2" ;;
        --database) DATABASE="$2" ;;
        --out) OUT="$2" ;;
        --keep-dir) KEEP="$2" ;;
      esac
      shift 2
      ;;
    *) refuse "There is no option $1" ;;
  esac
done
[[ -n "$BINARY" ]] || refuse "--binary is missing"
[[ -n "$DATABASE" ]] || refuse "--database is missing"
[[ -n "$OUT" ]] || refuse "--out is missing"
[[ -x "$BINARY" ]] || refuse "$BINARY cannot be run"
have jq || refuse "jq is missing: ./dev setup"
# Before anything is done: a result that cannot be recorded is no evidence.
if [[ -e "$OUT" ]]; then
  [[ "$(jq -r '.drills | type' "$OUT" 2>/dev/null)" == array ]] || refuse "$OUT is not a drill record: name another file"
fi
[[ -d "$(dirname "$OUT")" && -w "$(dirname "$OUT")" ]] || refuse "$OUT cannot be written"

SCRATCH="$(mktemp -d "${TMPDIR:-/tmp}/gift-cards-drill.XXXXXX")"
RECORD_PARTIAL=""
clean_up() {
  rm -rf "$SCRATCH"
  [[ -z "$RECORD_PARTIAL" ]] || rm -f "$RECORD_PARTIAL"
}
trap clean_up EXIT

FOLDER="$SCRATCH"
if [[ -n "$KEEP" ]]; then
  mkdir -p "$KEEP"
  FOLDER="$KEEP"
fi
STAMP="$(date -u +%Y%m%dT%H%M%S)-$$"
BACKUP="$FOLDER/gift-cards-$STAMP.backup.db"
RESTORED="$FOLDER/gift-cards-$STAMP.restored.db"

# What the drill found out so far, as the fields of its record.
echo '{}' >"$SCRATCH/drill.json"
# learn JQ_PROGRAM [JQ_OPTION...] : adds to it.
learn() {
  local program="$1"
  shift
  jq "$@" "$program" "$SCRATCH/drill.json" >"$SCRATCH/drill.next"
  mv "$SCRATCH/drill.next" "$SCRATCH/drill.json"
}

# Puts this drill before the others; the file is replaced whole or not at all.
record() {
  local folder others="$SCRATCH/others.json"
  exec {folder}<"$(dirname "$OUT")"
  flock "$folder" # Two drills at once would forget one of them.
  RECORD_PARTIAL="$(mktemp "$OUT.XXXXXX")"
  chmod 644 "$RECORD_PARTIAL"
  echo '{"drills": []}' >"$others"
  [[ ! -e "$OUT" ]] || cp "$OUT" "$others"
  jq --slurpfile drill "$SCRATCH/drill.json" --argjson most "$MAX_DRILLS" \
    '{drills: ([$drill[0]] + .drills | sort_by(.restoredAt) | reverse | .[:$most])}' "$others" >"$RECORD_PARTIAL"
  sync "$RECORD_PARTIAL"
  mv "$RECORD_PARTIAL" "$OUT"
  RECORD_PARTIAL=""
  exec {folder}<&-
}

# finish SUCCEEDED NOTES
finish() {
  learn '{restoredAt: $at, succeeded: $succeeded} + . + {environment: $environment, notes: $notes[:$most]}' \
    --arg at "$(rfc3339 "$(now_ms)")" --argjson succeeded "$1" --arg notes "$2" --argjson most "$MAX_NOTE" \
    --arg environment "$(uname -n), $(uname -sr), $(stat -f -c %T "$FOLDER")"
  record
}

# failed WHAT : records why, from what the last command complained of.
failed() {
  local why
  why="$(head -n 1 "$SCRATCH/complaint")"
  finish false "$1${why:+: $why}"
  fail "$1${why:+: $why}"
  note "Recorded in $OUT"
  exit 1
}

# run NAME ARGUMENT... : the answer is then in $SCRATCH/NAME.json, and is an object
# where this succeeds.
run() {
  local name="$1"
  shift
  setpriv --pdeathsig TERM "$BINARY" "$@" -o json >"$SCRATCH/$name.json" 2>"$SCRATCH/complaint" || return 1
  answered "$name" && return
  echo "the answer of $1 is no JSON object" >"$SCRATCH/complaint"
  return 1
}

answered() { [[ "$(jq -r type "$SCRATCH/$1.json" 2>/dev/null)" == object ]]; }

of() { jq -r "$2" "$SCRATCH/$1.json"; }

step "Backing up $DATABASE"
backup_began="$(now_ms)"
run backup backup --database "$DATABASE" --to "$BACKUP" || failed "the backup failed"
backup_ended="$(now_ms)"
taken_ms="$(of backup .backupTakenAtMs)"
learn '. + {backupTakenAt: $at}' --arg at "$(rfc3339 "$taken_ms")"
# What the store has by now and the backup has not is what a loss of the store
# at this instant would cost.
run live verify --database "$DATABASE" || failed "the store itself is not sound"
loss_ms=$(($(of live .database.newestAtMs) - $(of backup .newestAtMs)))
((loss_ms > 0)) || loss_ms=0
learn '. + {dataLoss: $loss}' --arg loss "$(as_duration "$loss_ms")"
good "$(of backup .rows) rows in $((backup_ended - backup_began)) ms"

step "Restoring into a fresh file"
restore_began="$(now_ms)"
if ! run restore restore --from "$BACKUP" --database "$RESTORED"; then
  cp "$SCRATCH/complaint" "$SCRATCH/why"
  # Where the backup can still be read, which check it was.
  if ! run backup_now verify --database "$BACKUP" && answered backup_now; then
    learn '. + {checks: $now[0].checks}' --slurpfile now "$SCRATCH/backup_now.json"
  fi
  cp "$SCRATCH/why" "$SCRATCH/complaint"
  failed "the restore failed"
fi
verified=true
run compared verify --database "$RESTORED" --against "$BACKUP" || verified=false
restore_ended="$(now_ms)"
answered compared || failed "the restored store cannot be read"
recovery_ms=$((restore_ended - restore_began))
learn '. + {recoveryTime: $time, checks: $compared[0].checks}' --arg time "$(as_duration "$recovery_ms")" \
  --slurpfile compared "$SCRATCH/compared.json"
[[ "$verified" == true ]] || failed "the restored store differs from the backup"
good "$(of compared .database.rows) rows in $recovery_ms ms"

step "Comparing with the store in use"
run against_live verify --database "$RESTORED" --against "$DATABASE" --earlier || verified=false
answered against_live || failed "the store in use cannot be compared"
# One name of a check tells both comparisons.
learn '.checks = (.checks | with_entries(.key as $key | if $live[0].checks[$key] == "match" then . else .value = "mismatch" end))' \
  --slurpfile live "$SCRATCH/against_live.json"
[[ "$verified" == true ]] || failed "the restored store does not match the store in use"

finish true "$(of compared .database.rows) rows; backed up in $((backup_ended - backup_began)) ms; $(
  of against_live '"\(.comparison.begunSince) begun and \(.comparison.settledSince) settled since the backup"'
)"
good "recovery time $(as_duration "$recovery_ms"), data loss $(as_duration "$loss_ms")"
note "Recorded in $OUT"
