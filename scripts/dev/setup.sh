#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
source "$ROOT/scripts/lib/packages.sh"
source "$ROOT/scripts/lib/tools.sh"

usage() {
  cat <<'HELP'
Usage: ./dev setup [--list] [GROUP...]

Installs the Debian packages that are missing, as root or through sudo, and
makes sure that a control plane can be started. Takes a second when nothing is
missing. Every package is listed, with its reason, in scripts/packages.txt.

  ./dev setup             everything that building and testing takes
  ./dev setup image       also the packages of one group (here: buildah)
  ./dev setup --list      what is installed and what is missing; changes nothing
HELP
}

list() {
  local group name state
  local -a names missing
  for group in $(package_groups); do
    printf '%s\n' "$group"
    mapfile -t names < <(packages_of "$group")
    mapfile -t missing < <(missing_packages "${names[@]}")
    for name in "${names[@]}"; do
      state="installed"
      if [[ " ${missing[*]} " == *" $name "* ]]; then state="missing"; fi
      printf '  %-28s %s\n' "$name" "$state"
    done
  done
}

groups=()
while (($# > 0)); do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --list) list; exit 0 ;;
    -*) usage_error "unknown option $1" setup ;;
    *)
      package_groups | grep -qx -- "$1" ||
        usage_error "There is no package group \"$1\". There are: $(package_groups | paste -sd ' ')" setup
      groups+=("$1")
      ;;
  esac
  shift
done

if ((${#groups[@]} > 0)); then
  ensure_packages "${groups[@]}"
else
  mapfile -t groups < <(standard_package_groups)
  ensure_packages "${groups[@]}"
  require_control_plane_tools
  require_tool prometheus promtool
fi
good "Ready. Next: ./dev build, ./dev test or ./dev demo"
