# shellcheck shell=bash
# What benches read off running processes.

# cpu_ticks PID : user and system time of a process so far, as its kernel counts.
cpu_ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }
# peak_kib PID : the most memory that it had resident.
peak_kib() { awk '/^VmHWM:/ {print $2}' "/proc/$1/status"; }
# metrics_sum URL PREFIX : of the series whose text begins so.
metrics_sum() { curl -fsS "$1/metrics" | awk -v prefix="$2" 'index($1, prefix) == 1 {sum += $NF} END {printf "%.15g\n", sum}'; }
