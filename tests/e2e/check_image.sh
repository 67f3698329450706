#!/usr/bin/env bash
# check_image.sh OCI-ARCHIVE
#
# Unpacks the image the way a container runtime does and holds it against what we
# promise: runs as nobody in particular, has no shell, is small, starts, and does so
# where nothing can be written.
set -euo pipefail

readonly MAX_MIB=80
readonly USER_ID=65532

archive="${1:?usage: check_image.sh OCI-ARCHIVE}"
work="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-image-check.XXXXXX")"
trap 'rm -rf "$work"' EXIT

promise() {
  local what="$1"
  shift
  if ! "$@" >"$work/output" 2>&1; then
    printf 'FAILED: %s\n' "$what" >&2
    sed 's/^/  /' "$work/output" >&2
    exit 1
  fi
  printf -- '-- ok: %s\n' "$what"
}

blob() { printf '%s/oci/blobs/%s\n' "$work" "${1/://}"; }

mkdir -p "$work/oci" "$work/root"
tar -xf "$archive" -C "$work/oci"
manifest="$(blob "$(jq -re '.manifests[0].digest' "$work/oci/index.json")")"
config="$(blob "$(jq -re '.config.digest' "$manifest")")"
for layer in $(jq -re '.layers[].digest' "$manifest"); do
  tar -xf "$(blob "$layer")" -C "$work/root"
done

digests_match() {
  local file
  for file in "$work"/oci/blobs/sha256/*; do
    [[ "$(sha256sum <"$file")" == "$(basename "$file")  -" ]] || return 1
  done
}
has_no_shell() {
  ! find "$work/root" \( -type f -o -type l \) \
    \( -name sh -o -name bash -o -name dash -o -name busybox -o -name perl -o -name apt -o -name dpkg \) | grep .
}
is_small() {
  local mib
  mib="$(du -sm "$work/root" | cut -f1)"
  echo "$mib MiB"
  ((mib < MAX_MIB))
}
nothing_is_writable() {
  # Symbolic links have no permissions; /tmp is where a volume is mounted.
  ! find "$work/root" -mindepth 1 ! -type l ! -path "$work/root/tmp" \
    \( -perm -o+w -o -perm -u+s -o -perm -g+s \) | grep .
}
# Through the image's own loader and libraries: works without being root.
with_own_loader() {
  local loader
  loader="$(find "$work/root/usr/lib" -name 'ld-linux*' | head -n 1)"
  env -i "$loader" --library-path "$(dirname "$loader")" "$@"
}
has_libraries() {
  with_own_loader --list "$work/root/usr/bin/launchgate" >"$work/libraries"
  ! grep 'not found' "$work/libraries"
}

# As the image's user inside its root, where we may change it.
run() {
  if ((EUID == 0)); then
    (cd / && env -i /usr/sbin/chroot --userspec="$USER_ID:$USER_ID" "$work/root" /usr/bin/launchgate "$@")
  else
    with_own_loader "$work/root/usr/bin/launchgate" "$@"
  fi
}

promise "every blob has the digest it is named by" digests_match
promise "it runs as user $USER_ID" jq -e --arg user "$USER_ID:$USER_ID" '.config.User == $user' "$config"
promise "it starts the operator" jq -e '.config.Entrypoint == ["/usr/bin/launchgate"]' "$config"
promise "there is no shell and no package manager" has_no_shell
promise "it is smaller than $MAX_MIB MiB" is_small
printf '   %s unpacked, %s archive\n' "$(cat "$work/output")" "$(du -h "$archive" | cut -f1)"
promise "nothing in it can be written by others or runs as others" nothing_is_writable
promise "public authorities are there" grep -q 'BEGIN CERTIFICATE' "$work/root/etc/ssl/certs/ca-certificates.crt"
promise "time zones are there" test -s "$work/root/usr/share/zoneinfo/Europe/Vienna"
promise "every library is there" has_libraries
promise "launchgate runs from it" run version
sed 's/^/   /' "$work/output"
