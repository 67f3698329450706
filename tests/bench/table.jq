# The report for people.
def right($width): tostring | (" " * ([$width - length, 0] | max)) + .;
def left($width): tostring | . + (" " * ([$width - length, 0] | max));
def whole: round | tostring;
def mib: . / 1024 * 10 | round / 10 | tostring;
def row($what; $webhook; $ceiling; $ratio):
  "  " + ($what | left(37)) + ($webhook | right(10)) + ($ceiling | right(10)) + ($ratio | right(8));

"",
"\(.setting.reviews) LaunchReviews; \(.setting.recorded_requests) recorded requests, \(.setting.mean_request_bytes) bytes on average, \(.setting.allowed) of them allowed; TLS 1.3",
"",
row(""; "webhook"; "ceiling"; "ratio"),
(.load[] | (if .connections == 1 then "1 connection" else "\(.connections) connections" end) as $load |
  row("\($load): answers per second"; .webhook.rate | whole; .ceiling.rate | whole; .ratio.rate),
  row("\($load): p50, us"; .webhook.p50_us | whole; .ceiling.p50_us | whole; .ratio.p50),
  row("\($load): p99, us"; .webhook.p99_us | whole; .ceiling.p99_us | whole; .ratio.p99),
  row("\($load): CPU per answer, us"; .webhook.cpu_us | whole; .ceiling.cpu_us | whole; .ratio.cpu)),
(.memory | row("peak resident memory, MiB"; .webhook.peak_kib | mib; .ceiling.peak_kib | mib; ""),
  row("resident memory after the load, MiB"; .webhook.resident_kib | mib; .ceiling.resident_kib | mib; ""),
  row("threads"; .webhook.threads; .ceiling.threads; "")),
"",
(.aims[] | "  " + (if .met then "met     " else "not met " end) + .aim)
