#!/usr/bin/env bash
# ./dev control-plane: several at once, and nothing is left behind, however the
# process that wanted it ends. Starts control planes of its own.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"
if [[ -z "${LAUNCHGATE_E2E_REQUIRED:-}" && -z "${LAUNCHGATE_E2E_KUBECONFIG:-}" ]]; then
  require_control_plane
fi

dev=("$SOURCE_DIR/dev" control-plane)

# Process ids that have the folder in their command line: all that a control plane
# starts. This script and its own children do not.
processes_of() {
  local file
  for file in /proc/[0-9]*/cmdline; do
    if tr '\0' ' ' <"$file" 2>/dev/null | grep -qE -- "(^|[ =])$1(/| |\$)"; then
      file="${file%/cmdline}"
      printf '%s\n' "${file##*/}"
    fi
  done
}
some_run() { [[ -n "$(processes_of "$1")" ]]; }
none_runs() { [[ -z "$(processes_of "$1")" ]]; }
is_gone() { [[ ! -e "$1" ]]; }

tell "up, env, user, down"
expect "one starts" "${dev[@]}" up --dir "$WORK/one"
expect "its processes are seen by this test" some_run "$WORK/one"
expect_failure "it cannot start twice" "already runs" "${dev[@]}" up --dir "$WORK/one"
eval "$("${dev[@]}" env --dir "$WORK/one")"
expect "env leads to it" kubectl get namespace default
expect "a user can be made" "${dev[@]}" user bob testers --dir "$WORK/one"
expect_failure "a user's name cannot break out of its file" "cannot be a user" \
  "${dev[@]}" user '../bob' --dir "$WORK/one"
expect "private keys are private" test "$(stat -c %a "$WORK/one/users/admin.key")" = 600

tell "a second one beside it, owned by a command"
expect "run gives the command's own control plane" \
  "${dev[@]}" run --dir "$WORK/two" -- bash -c "[[ \$LAUNCHGATE_E2E_DIR == '$WORK/two' ]] && kubectl get namespace default"
expect "nothing of it is left" none_runs "$WORK/two"
expect "nor its folder" is_gone "$WORK/two"
expect "the first still answers" kubectl get namespace default

expect "down stops" "${dev[@]}" down --dir "$WORK/one"
expect "nothing is left running" none_runs "$WORK/one"
expect "its folder is removed" is_gone "$WORK/one"

# run_until_ready NAME : `run` with a command that says when it starts, then waits
# to be killed. Sets RUNNER.
run_until_ready() {
  mkfifo "$WORK/$1.started"
  "${dev[@]}" run --dir "$WORK/$1" -- bash -c "echo started >'$WORK/$1.started'; exec sleep 600" \
    >"$WORK/$1.log" 2>&1 &
  RUNNER=$!
  read -r -t 60 <"$WORK/$1.started" || refuse "$1 starts" "$(cat "$WORK/$1.log")"
}

tell "the parent is terminated, and killed"
run_until_ready terminated
kill -TERM "$RUNNER"
wait "$RUNNER" || true
expect "after TERM nothing is left" none_runs "$WORK/terminated"
expect "and no folder" is_gone "$WORK/terminated"

run_until_ready killed
kill -KILL "$RUNNER"
wait "$RUNNER" 2>/dev/null || true
eventually 20 "after KILL nothing is left" none_runs "$WORK/killed"
eventually 20 "and no folder" is_gone "$WORK/killed"

tell "the parent is terminated while it starts"
is_starting() { [[ -s "$WORK/starting/logs/etcd.log" ]]; }
"${dev[@]}" run --dir "$WORK/starting" -- true >/dev/null 2>&1 &
RUNNER=$!
eventually 30 "its first process runs" is_starting
kill -TERM "$RUNNER"
wait "$RUNNER" || true
eventually 20 "nothing is left" none_runs "$WORK/starting"
eventually 20 "and no folder" is_gone "$WORK/starting"

tell "the supervisor itself is killed"
expect "one starts" "${dev[@]}" up --dir "$WORK/orphan"
kill -KILL "$(cut -d' ' -f1 "$WORK/orphan/supervisor")"
eventually 20 "the kernel ends the rest" none_runs "$WORK/orphan"
expect "down tidies up" "${dev[@]}" down --dir "$WORK/orphan"
expect "the folder is gone" is_gone "$WORK/orphan"

tell "a start that fails"
expect_failure "says why" "last lines of .*kube-apiserver.log" \
  "${dev[@]}" up --dir "$WORK/broken" --apiserver-flag=--no-such-flag
expect "and leaves nothing running" none_runs "$WORK/broken"
mkdir "$WORK/mine"
touch "$WORK/mine/precious"
expect_failure "a folder with other files is left alone" "holds other files" "${dev[@]}" up --dir "$WORK/mine"
expect "its file is still there" test -e "$WORK/mine/precious"
