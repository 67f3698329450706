# shellcheck shell=bash
# Runs payments-stub and gift-cards on free ports of loopback. Source after
# common.sh; SERVICES_BUILD_DIR is the folder of a build (build/dev).
#
#   start_payments_stub DIR [NAME=KNOB...]  sets PAYMENTS_PID, PAYMENTS_PORT, PAYMENTS_URL
#   start_gift_cards DIR [FLAG...]          sets GIFT_CARDS_PID, GIFT_CARDS_PORT, GIFT_CARDS_URL
#   start_seeded DIR [FLAG...]              sets SEEDED_PID, SEEDED_PORT, SEEDED_URL
#   stop_service PID [SIGNAL]               ends one and waits until it is gone
#
# Each returns when the service answers; its log is DIR/payments-stub.log,
# DIR/gift-cards.log or DIR/seeded.log, continued when it is started again. The two
# gift card services call PAYMENTS_URL. gift-cards keeps its store in
# DIR/gift-cards.db. Never call them in a subshell: services end with the shell that
# started them, however that ends.
# shellcheck disable=SC2034  # Used by those who source it.

SERVICES_START_SECONDS=20
SERVICES=(payments-stub gift-cards gift-cards-seeded) # Targets, for build_preset.

payments_stub_binary() { printf '%s/payments-stub/payments-stub\n' "$SERVICES_BUILD_DIR"; }
gift_cards_binary() { printf '%s/gift-cards/gift-cards\n' "$SERVICES_BUILD_DIR"; }
seeded_binary() { printf '%s/gift-cards/seeded/gift-cards-seeded\n' "$SERVICES_BUILD_DIR"; }

start_payments_stub() {
  local dir="$1"
  shift
  start_service "$dir" payments-stub env "$@" "$(payments_stub_binary)"
  PAYMENTS_PID="$SERVICE_PID" PAYMENTS_PORT="$SERVICE_PORT"
  PAYMENTS_URL="http://127.0.0.1:$PAYMENTS_PORT"
}

start_gift_cards() {
  local dir="$1"
  shift
  start_service "$dir" gift-cards "$(gift_cards_binary)" serve --database "$dir/gift-cards.db" \
    --payments-url "$PAYMENTS_URL" "$@"
  GIFT_CARDS_PID="$SERVICE_PID" GIFT_CARDS_PORT="$SERVICE_PORT"
  GIFT_CARDS_URL="http://127.0.0.1:$GIFT_CARDS_PORT"
}

start_seeded() {
  local dir="$1"
  shift
  start_service "$dir" seeded "$(seeded_binary)" --payments-url "$PAYMENTS_URL" "$@"
  SEEDED_PID="$SERVICE_PID" SEEDED_PORT="$SERVICE_PORT"
  SEEDED_URL="http://127.0.0.1:$SEEDED_PORT"
}

# start_service DIR NAME COMMAND... : sets SERVICE_PID and SERVICE_PORT.
start_service() {
  local dir="$1" name="$2" announced="$1/$2.port"
  shift 2
  rm -f "$announced"
  setpriv --pdeathsig TERM "$@" --announce-file "$announced" >>"$dir/$name.log" 2>&1 </dev/null &
  SERVICE_PID=$!
  await_announcement "$announced" "$SERVICE_PID" "$name" "$dir/$name.log"
  SERVICE_PORT="$(sed -n 's/^port=//p' "$announced")"
}

# await_announcement FILE PID NAME LOG : the file is put in place once it serves.
await_announcement() {
  local deadline=$((SECONDS + SERVICES_START_SECONDS))
  until [[ -f "$1" ]]; do
    if ! kill -0 "$2" 2>/dev/null; then die "$3 ended at once." "$(tail -n 10 "$4")"; fi
    ((SECONDS < deadline)) || die "$3 did not start within $SERVICES_START_SECONDS s." "$(tail -n 10 "$4")"
    sleep 0.02
  done
}

stop_service() {
  kill -"${2:-TERM}" "$1" 2>/dev/null || true
  # Its exit code is its own business; a killed one has none to be proud of.
  wait "$1" 2>/dev/null || true
}
