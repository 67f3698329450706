-- Sends the recorded AdmissionReviews given as arguments, one after another, and
-- says in one line of JSON what came of it:
--   wrk -t1 -c16 -d5s -s load.lua https://127.0.0.1:PORT/v1/gate -- REVIEW.json...
local requests = {}
local turn = 0

function init(args)
  for _, path in ipairs(args) do
    local file = assert(io.open(path, "rb"))
    requests[#requests + 1] = wrk.format("POST", nil, {
      ["Content-Type"] = "application/json", ["Host"] = "127.0.0.1" }, file:read("*a"))
    file:close()
  end
  assert(#requests > 0, "no recorded reviews were given")
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%.6f,"p50_us":%d,"p99_us":%d,"max_us":%d,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    latency.max, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
