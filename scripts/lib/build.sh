# shellcheck shell=bash
# Configuring and compiling with the presets. Needs common.sh and packages.sh.

build_dir() { printf '%s/build/%s\n' "$ROOT" "$1"; }

preset_names() {
  sed -n '/"buildPresets"/,$ s/.*{"name": "\([a-z]*\)".*/\1/p' "$ROOT/CMakePresets.json"
}

require_preset() {
  preset_names | grep -qx -- "$1" ||
    usage_error "There is no preset \"$1\". There are: $(preset_names | paste -sd ' ')" build
}

# build_preset PRESET [TARGET...] : compiles everything, or only the targets.
build_preset() {
  local preset="$1" started=$SECONDS
  shift
  require_preset "$preset"
  ensure_packages build libraries

  configure_preset "$preset"
  step "Compiling preset $preset with $(job_count) jobs"
  local -a targets=()
  (($# == 0)) || targets=(--target "$@")
  cmake --build "$(build_dir "$preset")" --parallel "$(job_count)" "${targets[@]}" >&2 ||
    die "The build of preset $preset failed; the first error above is the one to mend."
  note "Compiled in $(duration $((SECONDS - started))): build/$preset"
}

configure_preset() {
  local preset="$1" dir log presets
  dir="$(build_dir "$preset")"
  presets="$(sha256sum <"$ROOT/CMakePresets.json")"
  local -a anew=()
  # What CMake remembers of other presets, their compiler above all, does not fit these.
  if [[ "$(cat "$dir/presets.sha256" 2>/dev/null)" != "$presets" ]]; then
    anew=(--fresh)
    if have ninja; then anew+=(-G Ninja); fi
  fi

  step "Configuring preset $preset"
  mkdir -p "$dir"
  log="$dir/configure.log"
  (cd "$ROOT" && cmake --preset "$preset" "${anew[@]}") >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    die "CMake could not configure preset $preset (all of it: build/$preset/configure.log)."
  }
  printf '%s\n' "$presets" >"$dir/presets.sha256"
}
