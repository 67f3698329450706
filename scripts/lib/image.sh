# shellcheck shell=bash
# The root folder of the image, put together from files of installed Debian
# packages, and the OCI archive made of it. Needs common.sh.

IMAGE_USER=65532

# make_image_root ROOT BINARY : fills the folder ROOT.
make_image_root() {
  local root="$1" binary="$2"
  rm -rf "$root"
  # As Debian does: /lib and /lib64 lead into /usr.
  mkdir -p "$root"/{usr/bin,usr/lib,usr/lib64,etc/ssl/certs,tmp,var/lib/dpkg/status.d}
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  ln -s usr/bin "$root/bin"
  chmod 1777 "$root/tmp"

  install -m 755 "$binary" "$root/usr/bin/launchgate"
  strip --strip-debug "$root/usr/bin/launchgate"
  ln -s launchgate "$root/usr/bin/kubectl-launchgate"

  printf 'launchgate:x:%s:%s:launchgate:/tmp:/usr/sbin/nologin\n' "$IMAGE_USER" "$IMAGE_USER" >"$root/etc/passwd"
  printf 'launchgate:x:%s:\n' "$IMAGE_USER" >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  cp -L /etc/os-release "$root/etc/os-release"

  copy_libraries "$root" "$binary"
  # From the packages, not from /etc: this machine may trust authorities of its own.
  cat /usr/share/ca-certificates/mozilla/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
  copy_package_files "$root" tzdata '^/usr/share/zoneinfo/' '/(posix|right)/'
  local package
  for package in base-files ca-certificates tzdata; do record_package "$root" "$package"; done
}

# Each library ld.so would load, at the path it would be found at, with the package
# it comes from recorded.
copy_libraries() {
  local root="$1" binary="$2" path real package
  while IFS= read -r path; do
    [[ -e "$path" ]] || die "The shared library $path of $binary is not installed."
    real="$(readlink -f "$path")"
    package="$(dpkg-query -S "$real" 2>/dev/null || dpkg-query -S "${real#/usr}" 2>/dev/null)" ||
      die "$path belongs to no Debian package, so it cannot go into the image."
    package="${package%%: *}"
    install -D -m 755 "$real" "$root/usr/lib/$(library_folder "$path")$(basename "$path")"
    record_package "$root" "${package%%:*}"
  done < <(libraries_of "$binary")
  local loader
  loader="$(loader_of "$binary")"
  mkdir -p "$root/$(dirname "$loader")"
  if [[ ! -e "$root$loader" ]]; then
    ln -s "/usr/lib/$(library_folder "$(readlink -f "$loader")")$(basename "$(readlink -f "$loader")")" "$root$loader"
  fi
}

# The program loader and the libraries, as absolute paths.
libraries_of() {
  ldd "$1" | awk '$2 == "=>" {print ($3 == "not" ? $1 : $3)}'
  readlink -f "$(loader_of "$1")"
}

loader_of() { ldd "$1" | awk '$1 ~ /ld-linux/ {print $1}'; }

# "/lib/x86_64-linux-gnu/libc.so.6" -> "x86_64-linux-gnu/"
library_folder() {
  local folder
  folder="$(dirname "${1#/usr}")"
  folder="${folder#/lib}"
  printf '%s' "${folder:+${folder#/}/}"
}

# copy_package_files ROOT PACKAGE PATTERN BUT : files of an installed package.
copy_package_files() {
  local root="$1" package="$2" pattern="$3" but="$4"
  dpkg-query -L "$package" | grep -E -- "$pattern" | grep -vE -- "$but" |
    tar --create --no-recursion --directory / --files-from <(sed 's|^/||') | tar --extract --directory "$root"
}

# What scanners read to know what is in an image without a package manager, and the
# licence each package asks to be kept with it.
record_package() {
  local root="$1" package="$2"
  if [[ -f "$root/var/lib/dpkg/status.d/$package" ]]; then return; fi
  dpkg-query -s "$package" >"$root/var/lib/dpkg/status.d/$package"
  install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
}

# make_image_archive ROOT NAME:TAG ARCHIVE : one layer; the same root gives the same
# digest, because every time in it is that of the commit.
make_image_archive() {
  local root="$1" name="$2" archive="$3" work epoch
  work="$(mktemp -d "${TMPDIR:-/tmp}/launchgate-image.XXXXXX")"
  epoch="${SOURCE_DATE_EPOCH:-$(git_here log -1 --format=%ct)}"
  # No daemon and no storage of the machine's own is involved.
  local -a buildah=(env STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
    buildah --root "$work/storage" --runroot "$work/run")
  rm -f "$archive"
  # shellcheck disable=SC2153  # ROOT, the checkout, is not root, the image's.
  if ! "${buildah[@]}" build --quiet --timestamp "$epoch" --tag "$name" --file "$ROOT/Dockerfile" "$root" >"$work/id" ||
    ! "${buildah[@]}" push --quiet "$name" "oci-archive:$archive:$name"; then
    rm -rf "$work"
    die "buildah could not build the image; the lines above say why."
  fi
  rm -rf "$work"
}
