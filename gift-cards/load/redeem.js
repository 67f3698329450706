// The load test of gift-cards for k6: redemptions at a constant arrival rate, each of
// a new code.
//
//   k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=100 -e DURATION=60s \
//     -e SEED=ABC123 -e OUT=summary.json gift-cards/load/redeem.js
//
// SEED: six of [A-Z0-9] that the store has not seen yet; with the same one every
// redemption would be a repeat, which is not what is to be measured. OUT is what
// `loadTest` evidence is read from (docs/evidence.md). "./dev load" runs all of it.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';

const rate = Number(__ENV.RATE || 100);
const longestAnswerSeconds = 1; // The service answers within its deadline of 800 ms.

export const options = {
  scenarios: {
    redeem: {
      // Open loop: customers do not wait for each other's answers.
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: '1s',
      duration: __ENV.DURATION || '60s',
      preAllocatedVUs: Math.ceil(rate / 4),
      maxVUs: Math.ceil(rate * longestAnswerSeconds) + 10,
    },
  },
  thresholds: {
    http_req_duration: ['p(95)<250'],
    http_req_failed: ['rate<0.01'],
    // Iterations for which k6 had no virtual user left were never sent.
    dropped_iterations: ['count==0'],
  },
  summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)'],
};

// 16 of [A-Z0-9]: the seed, a zero and a running number.
function codeOf(iteration) {
  const seed = __ENV.SEED || 'LOADK6';
  return seed + iteration.toString(36).toUpperCase().padStart(16 - seed.length, '0');
}

export default function () {
  const code = codeOf(exec.scenario.iterationInTest);
  const answer = http.post(`${__ENV.BASE_URL}/giftcards/redeem?code=${code}&amount=2500`, null, {
    tags: { name: 'redeem' }, // Not one time series per code.
  });
  check(answer, { redeemed: (r) => r.status === 200 && r.json('status') === 'redeemed' });
}

export function handleSummary(data) {
  return { [__ENV.OUT || 'summary.json']: JSON.stringify(data, null, 2) };
}
