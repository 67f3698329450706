# shellcheck shell=bash
# Programs that are not installed as packages: etcd, kube-apiserver,
# kube-controller-manager, kubectl, prometheus, promtool. Each is looked for in
# KUBEBUILDER_ASSETS, then PATH, then the cache folder; what is found nowhere is
# unpacked or built into the cache folder, once. Needs common.sh, packages.sh.

TOOLS_DIR="$CACHE/bin"

# find_tool NAME : prints its path, or fails when there is none yet.
find_tool() {
  local name="$1" assets="${KUBEBUILDER_ASSETS:-}"
  if [[ -n "$assets" && -x "$assets/$name" ]]; then
    printf '%s\n' "$assets/$name"
  elif have "$name"; then
    command -v "$name"
  elif [[ -x "$TOOLS_DIR/$name" ]]; then
    printf '%s\n' "$TOOLS_DIR/$name"
  else
    return 1
  fi
}

# require_tool NAME... : as above, but gets what is missing.
require_tool() {
  local name
  for name in "$@"; do
    find_tool "$name" >/dev/null && continue
    case "$name" in
      etcd) with_cache_lock unpack_package etcd-server etcd ;;
      kubectl) with_cache_lock unpack_package kubernetes-client kubectl ;;
      prometheus | promtool) with_cache_lock unpack_package prometheus prometheus promtool ;;
      kube-apiserver | kube-controller-manager) with_cache_lock build_kubernetes ;;
      *) die "No way is known to get \"$name\"." ;;
    esac
    find_tool "$name" >/dev/null || die "\"$name\" is still missing after it was fetched."
  done
}

require_control_plane_tools() {
  local assets="${KUBEBUILDER_ASSETS:-}"
  if [[ -n "$assets" && ! -x "$assets/kube-apiserver" ]]; then
    die "KUBEBUILDER_ASSETS is $assets, but there is no kube-apiserver in it." \
      "Unset it to use the cached or a newly built one."
  fi
  require_tool etcd kubectl kube-apiserver kube-controller-manager
  require_matching_versions
}

# "Kubernetes v1.20.2" -> 20. The same words in every release.
kubernetes_minor() { "$1" --version | sed -n 's/^Kubernetes v1\.\([0-9]*\).*/\1/p'; }

# Upstream supports a controller manager of the API server's version or one
# older. setup-envtest's assets, for one, carry no controller manager.
require_matching_versions() {
  local server manager
  server="$(kubernetes_minor "$(find_tool kube-apiserver)")"
  manager="$(kubernetes_minor "$(find_tool kube-controller-manager)")"
  if ((manager > server || manager < server - 1)); then
    die "kube-controller-manager 1.$manager cannot drive kube-apiserver 1.$server." \
      "API server:         $(find_tool kube-apiserver)" \
      "Controller manager: $(find_tool kube-controller-manager)" \
      "Put both of one release into one folder and name it in KUBEBUILDER_ASSETS."
  fi
}

# Two terminals may want the same tool at once; the second waits and finds it.
with_cache_lock() {
  mkdir -p "$TOOLS_DIR"
  local lock
  exec {lock}>"$CACHE/.lock"
  if ! flock --nonblock "$lock"; then
    note "Waiting for another ./dev that is filling $CACHE"
    flock "$lock"
  fi
  "$@"
  exec {lock}>&-
}

# unpack_package PACKAGE PROGRAM... : copies programs out of a Debian package
# without installing it, so that no service is started and no root is needed.
unpack_package() {
  local package="$1" work program
  shift
  [[ ! -x "$TOOLS_DIR/$1" ]] || return 0
  step "Unpacking $* from Debian's $package into $TOOLS_DIR"
  apt_knows "$package" || refresh_package_lists
  work="$(mktemp -d "$CACHE/unpack.XXXXXX")"
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download "$package") >&2 ||
    die "apt-get could not download $package."
  dpkg-deb -x "$work"/*.deb "$work/root"
  for program in "$@"; do
    [[ -f "$work/root/usr/bin/$program" ]] || die "Debian's $package holds no program \"$program\"."
    mv "$work/root/usr/bin/$program" "$TOOLS_DIR/"
  done
  rm -rf "$work"
}

# --- kube-apiserver and kube-controller-manager from Debian's source package

KUBERNETES_WORK="$CACHE/build-kubernetes"
KUBERNETES_DISK_MIB=4096

build_kubernetes() {
  if [[ -x "$TOOLS_DIR/kube-apiserver" && -x "$TOOLS_DIR/kube-controller-manager" ]]; then return; fi
  step "Building kube-apiserver and kube-controller-manager from Debian's source package"
  note "This happens once; it takes about 6 minutes on two processors."
  ensure_packages kubernetes-build
  mkdir -p "$KUBERNETES_WORK"
  local free_mib
  free_mib="$(df --output=avail -m "$KUBERNETES_WORK" | tail -n 1)"
  ((free_mib >= KUBERNETES_DISK_MIB)) ||
    die "The build needs $KUBERNETES_DISK_MIB MiB in $CACHE; there are $((free_mib)) MiB." \
      "Free some, or name another folder in LAUNCHGATE_CACHE."

  fetch_kubernetes_source
  compile_kubernetes
  local program
  for program in kube-apiserver kube-controller-manager; do
    mv "$(find "$KUBERNETES_WORK/src/_output" -type f -name "$program" | head -n 1)" "$TOOLS_DIR/"
  done
  # Go marks its caches read-only.
  chmod -R u+w "$KUBERNETES_WORK"
  rm -rf "$KUBERNETES_WORK"
  good "Kept in $TOOLS_DIR: $("$TOOLS_DIR/kube-apiserver" --version)"
}

# The source lines that belong to this machine's own Debian mirrors. They go to
# a file of our own: /etc/apt is never touched.
debian_source_lines() {
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg option="" lines
  if [[ -f "$keyring" ]]; then option="[signed-by=$keyring] "; fi
  lines="$(apt-get indextargets --format "\$(ORIGIN)|deb-src $option\$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
    'Created-By: Packages' | sed -n 's/^Debian|//p' | sort -u)"
  if [[ -z "$lines" ]]; then
    lines="deb-src ${option}http://deb.debian.org/debian $(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) main"
  fi
  printf '%s\n' "$lines"
}

fetch_kubernetes_source() {
  local work="$KUBERNETES_WORK"
  if [[ -f "$work/unpacked" ]]; then return; fi
  note "Downloading the source package (34 MB)"
  rm -rf "$work/src"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  debian_source_lines >"$work/sources.list"
  local -a apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/nonexistent
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update >&2 || die "The lists of source packages could not be fetched." \
    "They were asked for with the lines of $work/sources.list"
  (cd "$work" && "${apt[@]}" source --download-only kubernetes) >&2 ||
    die "This Debian release carries no source package \"kubernetes\"." \
      "Name a folder with ready binaries in KUBEBUILDER_ASSETS instead."
  # apt has checked the files against the signed archive; dpkg-source's own
  # check would need the maintainers' keyring as well.
  dpkg-source -x --no-check "$work"/kubernetes_*.dsc "$work/src" >"$work/unpack.log" ||
    die "dpkg-source failed; see $work/unpack.log"
  replace_vendored_reflect2
  touch "$work/unpacked"
}

# The reflect2 1.0.1 that Kubernetes 1.20 carries reads Go's internals as they were
# before Go 1.18: built with a later compiler, the API server panics on its first
# PATCH. Debian packages the release that mends it; newer sources carry it already.
replace_vendored_reflect2() {
  local work="$KUBERNETES_WORK" vendored="$KUBERNETES_WORK/src/vendor/github.com/modern-go/reflect2"
  if [[ ! -d "$vendored" || -f "$vendored/go_above_118.go" ]]; then return; fi
  mkdir -p "$work/reflect2"
  (cd "$work/reflect2" && apt-get -qq -o APT::Sandbox::User=root download golang-github-modern-go-reflect2-dev) >&2 ||
    die "apt-get could not download golang-github-modern-go-reflect2-dev."
  dpkg-deb -x "$work"/reflect2/*.deb "$work/reflect2/root"
  rm -rf "$vendored"
  cp -R "$work/reflect2/root/usr/share/gocode/src/github.com/modern-go/reflect2" "$vendored"
}

compile_kubernetes() {
  local work="$KUBERNETES_WORK" started=$SECONDS log="$KUBERNETES_WORK/make.log"
  note "Compiling; everything it says goes to $log"
  # -v names each Go package as it is compiled; this release's scripts take it
  # from WHAT only (a second word in GOFLAGS ends up in -tags). HOME and the Go
  # folders are ours, so that nothing outside the cache folder is written.
  (cd "$work/src" && env HOME="$work/home" GOPATH="$work/go" GOCACHE="$work/go-cache" \
    GOTOOLCHAIN=local GOFLAGS=-mod=vendor CGO_ENABLED=0 \
    make WHAT="cmd/kube-apiserver cmd/kube-controller-manager -v") 2>&1 |
    tee "$log" | show_progress "$started" || {
    tail -n 15 "$log" >&2
    die "Kubernetes did not compile; see $log" \
      "Running the same command again continues where it stopped."
  }
}
