# shellcheck shell=bash
# What the benches at scale have in common: their options and their control plane.
# Source after common.sh and tools.sh; needs usage().

# options FLAG ARGUMENT... : sets format, seconds, and count to what --FLAG says.
options() {
  local flag="--$1"
  shift
  while (($# > 0)); do
    case "$1" in
      -h | --help) usage; exit 0 ;;
      -o | --output | "$flag" | --seconds)
        (($# >= 2)) || usage_error "$1 needs a value" bench
        case "$1" in
          "$flag") count="$2" ;;
          --seconds) seconds="$2" ;;
          *) format="$2" ;;
        esac
        shift 2
        ;;
      *) usage_error "unknown option $1" bench ;;
    esac
  done
  [[ "$format" =~ ^(text|json)$ ]] || usage_error "there is no output format \"$format\"" bench
  [[ "$count" =~ ^[1-9][0-9]{0,4}$ ]] || usage_error "$flag must be 1 to 99999" bench
  [[ "$seconds" =~ ^[1-9][0-9]{0,2}$ ]] || usage_error "--seconds must be 1 to 999" bench
}

# beside_control_plane SCRIPT FLAG : starts the script anew beside a control plane that
# lives as long as it does, with the same options.
beside_control_plane() {
  [[ -z "${LAUNCHGATE_BENCH_INSIDE:-}" ]] || return 0
  require_control_plane_tools
  require_tool prometheus promtool
  export PATH="$PATH:$TOOLS_DIR"
  LAUNCHGATE_BENCH_INSIDE=yes exec bash "$SOURCE_DIR/scripts/dev/control_plane.sh" run -- \
    bash "$1" -o "$format" "--$2" "$count" --seconds "$seconds"
}
