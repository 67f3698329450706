# The measurements, one object each, to one report: medians, ratios, aims.
def median: sort | if length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def figures($who; $connections):
  map(select(.who == $who and .connections == $connections)) |
  {rate: (map(.rate) | median), p50_us: (map(.p50_us) | median), p99_us: (map(.p99_us) | median),
   cpu_us: (map(.cpu_us) | median)};
def ratio($a; $b): if $b > 0 then $a / $b * 100 | round / 100 else null end;

. as $results |
[1, 16] | map(. as $connections |
  ($results | figures("webhook"; $connections)) as $webhook |
  ($results | figures("ceiling"; $connections)) as $ceiling |
  {connections: $connections, webhook: $webhook, ceiling: $ceiling,
   ratio: {rate: ratio($webhook.rate; $ceiling.rate), p50: ratio($webhook.p50_us; $ceiling.p50_us),
           p99: ratio($webhook.p99_us; $ceiling.p99_us),
           cpu: ratio($webhook.cpu_us; $ceiling.cpu_us)}}) |
. as $load |
{setting: {reviews: $reviews, recorded_requests: $kinds, allowed: $allowed, mean_request_bytes: $bytes, io_threads: $threads},
 load: $load,
 memory: {webhook: $webhook, ceiling: $ceiling},
 aims: [
   ($load[] | {aim: "at \(.connections) connection(s), at least half of the ceiling's rate", met: (.ratio.rate >= 0.5)}),
   {aim: "p99 at 16 connections within 3 times the ceiling's", met: ($load[1].ratio.p99 <= 3)},
   {aim: "under 40 MiB resident, at the peak", met: ($webhook.peak_kib < 40 * 1024)}]}
