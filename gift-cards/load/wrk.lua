-- Redeems a new code with every request, as fast as the service answers (a closed
-- loop: its ceiling, not what customers would see), and says in one line of JSON
-- what came of it. SEED: six of [A-Z0-9] that the store has not seen yet.
--   wrk -t1 -c32 -d5s -s wrk.lua http://127.0.0.1:PORT -- SEED
local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

-- `number` in base 36, in `width` letters.
local function letters(value, width)
  local text = ""
  for _ = 1, width do
    local digit = value % #LETTERS
    text = LETTERS:sub(digit + 1, digit + 1) .. text
    value = (value - digit) / #LETTERS
  end
  return text
end

function init(args)
  seed = assert(args[1], "no seed was given")
  assert(#seed == 6, "the seed must have six letters")
  count = 0
end

function request()
  count = count + 1
  local code = seed .. letters(number, 2) .. letters(count, 8)
  return wrk.format("POST", "/giftcards/redeem?code=" .. code .. "&amount=2500")
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"rate":%.1f,"p50_ms":%.1f,"p99_ms":%.1f,"max_ms":%.1f,"errors":%d}\n',
    summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
