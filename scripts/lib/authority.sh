# shellcheck shell=bash
# Records of keys in a LaunchAuthority, for scripts that make keys for one run.

# authority_key NAME ROLE PUBLIC_KEY_FILE NOT_BEFORE : one entry of spec.keys.
authority_key() {
  printf '  - id: %s\n    identity: %s@example.com\n    role: %s\n    notBefore: "%s"\n    publicKey: |\n' "$1" "$1" "$2" "$4"
  sed 's/^/      /' "$3"
}
