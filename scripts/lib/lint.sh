# shellcheck shell=bash
# The house rules, one function each: prints what is wrong and fails, or says
# nothing. Called with the project's root as the current folder.
# Needs common.sh, packages.sh, build.sh and tools.sh.

# cpp_files PATHSPEC... : tracked and new files, without those just deleted.
cpp_files() {
  git_here ls-files --cached --others --exclude-standard -- "$@" | sort -u |
    while IFS= read -r file; do
      if [[ -f "$ROOT/$file" ]]; then printf '%s\n' "$file"; fi
    done
}

lint_format() {
  local problems
  problems="$(cpp_files '*.h' '*.cc' | xargs -r clang-format --dry-run 2>&1 | grep 'warning:')" || true
  [[ -n "$problems" ]] || return 0
  head -n 40 <<<"$problems"
  printf 'To mend it: git ls-files "*.h" "*.cc" | xargs clang-format -i\n'
  return 1
}

lint_banned() {
  local pattern where allowed why hits found=0
  while IFS= read -r line; do
    if [[ -z "$line" || "$line" == \#* ]]; then continue; fi
    pattern="${line%% ~ *}" line="${line#* ~ }"
    where="${line%% ~ *}" line="${line#* ~ }"
    allowed="${line%% ~ *}" why="${line#* ~ }"
    hits="$(cpp_files '*.h' '*.cc' | grep -E -- "$where" | grep -vE -- "$allowed" |
      xargs -r grep -nHE -- "$pattern" | without_comments "$pattern")" || true
    if [[ -n "$hits" ]]; then
      printf '%s\n  (%s)\n' "$hits" "$why"
      found=1
    fi
  done <scripts/lint/banned.txt
  return "$found"
}

# Drops hits of PATTERN that stand behind // on their line.
without_comments() {
  local pattern="$1" hit text
  while IFS= read -r hit; do
    text="${hit#*:*:}"
    if grep -qE -- "$pattern" <<<"${text%%//*}"; then printf '%s\n' "$hit"; fi
  done
}

# Each public header compiles alone.
lint_headers() {
  local log
  log="$(build_dir dev)/headers.log"
  configure_preset dev
  cmake --build "$(build_dir dev)" --parallel "$(job_count)" --target all_verify_interface_header_sets \
    >"$log" 2>&1 || {
    grep -E 'error|FAILED' "$log" | head -n 40
    return 1
  }
}

lint_shell() {
  local -a scripts
  mapfile -t scripts < <(cpp_files '*.sh' dev .ci/run)
  shellcheck "${scripts[@]}"
}

# Whatever kustomize and kubectl can check without a cluster.
lint_manifests() {
  local file folder kubectl status=0
  require_tool kubectl
  kubectl="$(find_tool kubectl)"
  while IFS= read -r file; do
    folder="$(dirname "$file")"
    "$kubectl" kustomize "$folder" >/dev/null 2>"$(build_dir dev)/kustomize.log" || {
      printf '%s does not build:\n%s\n' "$folder" "$(cat "$(build_dir dev)/kustomize.log")"
      status=1
    }
  done < <(cpp_files '*kustomization.yaml')
  return "$status"
}

# lint_tidy COMMAND... : clang-tidy over the files that COMMAND prints, those left out
# that passed before and are the same still, headers included. TIDY_CHECKS adds checks.
lint_tidy() {
  local status=0
  local -a files
  mapfile -t files < <("$@")
  if ((${#files[@]} == 0)); then
    note "no file to look at"
    return 0
  fi
  configure_preset dev
  export TIDY_BUILD_DIR TIDY_CHECKS="${TIDY_CHECKS:-}"
  TIDY_BUILD_DIR="$(build_dir dev)/tidy"
  mkdir -p "$TIDY_BUILD_DIR"
  # A source has to do without precompiled headers: it includes what it uses.
  sed -E 's/ -Winvalid-pch( -Xclang -include-pch -Xclang [^ ]+ -Xclang -include -Xclang [^ ]+)?//' \
    "$(build_dir dev)/compile_commands.json" >"$TIDY_BUILD_DIR/compile_commands.json"
  printf '%s\n' "${files[@]}" |
    xargs -P "$(job_count)" -n 1 bash "$ROOT/scripts/lint/tidy_one.sh" || status=1
  return "$status"
}
