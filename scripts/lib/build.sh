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
  local preset="$1" dir log
  dir="$(build_dir "$preset")"
  local -a generator=()
  if [[ ! -f "$dir/CMakeCache.txt" ]] && have ninja; then generator=(-G Ninja); fi

  step "Configuring preset $preset"
  mkdir -p "$dir"
  log="$dir/configure.log"
  (cd "$ROOT" && cmake --preset "$preset" "${generator[@]}") >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    die "CMake could not configure preset $preset (all of it: build/$preset/configure.log)."
  }
}
