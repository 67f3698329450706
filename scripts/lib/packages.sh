# shellcheck shell=bash
# Debian packages: the list is scripts/packages.txt, by group. Needs common.sh.

PACKAGE_LIST="$ROOT/scripts/packages.txt"

# packages_of GROUP... : the names in those groups, one a line.
packages_of() {
  awk -v wanted=" $* " '
    /^\[/ { group = substr($1, 2, length($1) - 2); next }
    /^[^#]/ && index(wanted, " " group " ") { print $1 }' "$PACKAGE_LIST"
}

package_groups() { sed -n 's/^\[\([a-z-]*\)\].*/\1/p' "$PACKAGE_LIST"; }

# Groups that ./dev setup installs: all but those marked "on demand".
standard_package_groups() {
  grep -v 'on demand' "$PACKAGE_LIST" | sed -n 's/^\[\([a-z-]*\)\].*/\1/p'
}

# missing_packages NAME... : those that are not installed, one a line.
missing_packages() {
  local installed name
  # dpkg-query exits with 1 when it does not know a name; that is an answer.
  installed="$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)"
  for name in "$@"; do
    grep -qx "installed $name" <<<"$installed" || printf '%s\n' "$name"
  done
}

# Runs a command as root: directly, or through sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    die "Installing packages needs root, and there is no sudo." \
      "As root, run: apt-get install -y --no-install-recommends ${*: -1}"
  fi
}

refresh_package_lists() {
  note "Refreshing the package lists (apt-get update)"
  as_root apt-get update -qq
}

# True when apt can install every one of the packages from the lists it has.
apt_knows() {
  local name
  for name in "$@"; do
    [[ -n "$(apt-cache madison "$name" 2>/dev/null)" ]] || return 1
  done
}

# ensure_packages GROUP... : installs what is missing; says so; quick when
# nothing is.
ensure_packages() {
  local wanted missing
  mapfile -t wanted < <(packages_of "$@")
  ((${#wanted[@]} > 0)) || die "No package group is called: $*"
  if ! have dpkg-query; then
    warn "This is not Debian: make sure that these are installed: ${wanted[*]}"
    return
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]} > 0)) || return 0

  step "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  install_packages "${missing[@]}"
}

install_packages() {
  apt_knows "$@" || refresh_package_lists
  # Lists can be older than the archive; then a file is gone, and fresh lists
  # are the cure.
  apt_install "$@" && return
  refresh_package_lists
  apt_install "$@" && return
  tail -n 15 "$CACHE/apt.log" >&2
  die "apt-get could not install: $*" "All it said: $CACHE/apt.log" \
    "Once that is mended, run the same command again."
}

# Its output is long and says little; it is kept, and a line is shown now and then.
apt_install() {
  local started=$SECONDS
  mkdir -p "$CACHE"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Use-Pty=0 "$@" </dev/null 2>&1 | tee "$CACHE/apt.log" | show_progress "$started"
}
