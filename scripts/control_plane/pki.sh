# shellcheck shell=bash
# Certificates and kubeconfigs of a throw-away control plane. Everything is
# ECDSA P-256, lives in one folder, and is readable by its owner only.
# Needs common.sh.

readonly PKI_DAYS=30

# new_ca NAME : NAME.crt and NAME.key in the current folder.
new_ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$PKI_DAYS" \
    -subj "/CN=launchgate-$1" -keyout "$1.key" -out "$1.crt" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" 2>/dev/null
}

# new_certificate CA NAME SUBJECT USAGE [SUBJECT-ALTERNATIVE-NAMES]
new_certificate() {
  local ca="$1" name="$2" subject="$3" usage="$4" names="${5:-}"
  local -a alternative=()
  if [[ -n "$names" ]]; then alternative=(-addext "subjectAltName=$names"); fi
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days "$PKI_DAYS" \
    -subj "$subject" -CA "$ca.crt" -CAkey "$ca.key" -keyout "$name.key" -out "$name.crt" \
    -addext "basicConstraints=critical,CA:FALSE" -addext "keyUsage=critical,digitalSignature" \
    -addext "extendedKeyUsage=$usage" "${alternative[@]}" 2>/dev/null
}

# Two authorities: what proves a user to the API server must not open etcd.
create_pki() {
  local dir="$1"
  mkdir -p "$dir/pki" "$dir/users"
  (
    cd "$dir/pki"
    new_ca ca
    new_ca etcd-ca
    new_certificate etcd-ca etcd "/CN=etcd" "serverAuth,clientAuth" "IP:127.0.0.1,DNS:localhost"
    new_certificate etcd-ca etcd-client "/CN=kube-apiserver" "clientAuth"
    # 10.0.0.1 is the first address of the service range, where Pods would ask.
    new_certificate ca apiserver "/CN=kube-apiserver" "serverAuth" \
      "IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
    openssl ecparam -name prime256v1 -genkey -noout -out service-account.key
    openssl ec -in service-account.key -pubout -out service-account.pub 2>/dev/null
  ) || die "openssl could not create the certificates in $dir/pki."
}

# mint_user DIR USER [GROUP...] : a client certificate for that user in those
# groups, and a kubeconfig with it. Prints the kubeconfig's path.
mint_user() {
  local dir="$1" user="$2" group subject kubeconfig
  shift 2
  # The names end up in an openssl subject, a file name and a YAML file.
  for group in "$user" "$@"; do
    [[ "$group" =~ ^[A-Za-z0-9][A-Za-z0-9:._@-]*$ ]] ||
      die "\"$group\" cannot be a user or group here: use letters, digits and : . _ @ -"
  done
  subject="/CN=$user"
  for group in "$@"; do subject+="/O=$group"; done

  kubeconfig="$dir/users/$user.kubeconfig"
  (
    cd "$dir/pki"
    new_certificate ca "../users/$user" "$subject" "clientAuth"
  ) || die "openssl could not create a certificate for \"$user\"."
  write_kubeconfig "$dir" "$user" >"$kubeconfig.new"
  mv "$kubeconfig.new" "$kubeconfig"
  printf '%s\n' "$kubeconfig"
}

write_kubeconfig() {
  local dir="$1" user="$2"
  cat <<YAML
apiVersion: v1
kind: Config
clusters:
- name: launchgate
  cluster:
    server: $(cat "$dir/server")
    certificate-authority-data: $(base64 -w0 "$dir/pki/ca.crt")
users:
- name: "$user"
  user:
    client-certificate-data: $(base64 -w0 "$dir/users/$user.crt")
    client-key-data: $(base64 -w0 "$dir/users/$user.key")
contexts:
- name: launchgate
  context: {cluster: launchgate, user: "$user"}
current-context: launchgate
YAML
}
