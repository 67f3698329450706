// Redeems one code after another in a store, on some threads.
//
//   gift_cards_store_worker redeem DATABASE PREFIX THREADS
//     until it is killed. Writes a line after each acknowledgement:
//     "begun DIGEST" and "redeemed DIGEST CHARGE".
//   gift_cards_store_worker measure DATABASE THREADS SECONDS
//     prints redemptions per second (two commits each) and how long one takes.
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gift-cards/store/store.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace {

using gift_cards::Store;
using gift_cards::store_test::ChargeOf;
using gift_cards::store_test::DigestOf;
using Clock = std::chrono::steady_clock;

std::int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void Die(const std::string& sentence) {
  std::cerr << sentence << "\n";
  std::_Exit(1);
}

// One write() of less than PIPE_BUF bytes: lines of threads do not mix.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    std::_Exit(1);
  }
}

void RedeemForever(Store& store, const std::string& prefix) {
  for (int i = 0;; ++i) {
    const std::string digest = DigestOf(prefix + std::to_string(i));
    const auto begun = store.Begin(digest, 1 + i % 1000, NowMs());
    if (!begun) Die(begun.error());
    Say("begun " + digest + "\n");
    const auto completed = store.Complete(digest, ChargeOf(digest), NowMs());
    if (!completed) Die(completed.error());
    Say("redeemed " + digest + " " + ChargeOf(digest) + "\n");
  }
}

int Redeem(Store& store, const std::string& prefix, int threads) {
  std::vector<std::jthread> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&, i] { RedeemForever(store, prefix + "/" + std::to_string(i) + "/"); });
  }
  return 0;
}

int Measure(Store& store, int threads, int seconds) {
  std::mutex mutex;
  std::vector<double> all;  // Milliseconds of each redemption; guarded by the mutex.
  const auto begin = Clock::now();
  const auto end = begin + std::chrono::seconds(seconds);
  std::vector<std::jthread> workers;
  workers.reserve(static_cast<std::size_t>(threads));
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&, thread] {
      std::vector<double> mine;
      for (int i = 0; Clock::now() < end; ++i) {
        const auto start = Clock::now();
        const std::string digest = DigestOf(std::to_string(thread) + "/" + std::to_string(i));
        const auto begun = store.Begin(digest, 100, NowMs());
        if (!begun) Die(begun.error());
        const auto completed = store.Complete(digest, ChargeOf(digest), NowMs());
        if (!completed) Die(completed.error());
        mine.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
      }
      const std::lock_guard lock(mutex);
      all.insert(all.end(), mine.begin(), mine.end());
    });
  }
  workers.clear();
  std::ranges::sort(all);
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  const auto at = [&](double share) {
    return all[static_cast<std::size_t>(share * static_cast<double>(all.size() - 1))];
  };
  std::printf(
      "threads %d: %.0f redemptions/s, %.0f commits/s asked for, p50 %.1f ms, p99 %.1f ms, max "
      "%.1f ms\n",
      threads, static_cast<double>(all.size()) / took, 2 * static_cast<double>(all.size()) / took,
      at(0.5), at(0.99), at(1));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc == 5 ? argv[1] : "";
  if (mode != "redeem" && mode != "measure") {
    std::cerr << "usage: gift_cards_store_worker redeem DATABASE PREFIX THREADS\n"
                 "       gift_cards_store_worker measure DATABASE THREADS SECONDS\n";
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto store = Store::Open(argv[2]);
  if (!store) Die(store.error());
  return mode == "redeem" ? Redeem(**store, argv[3], std::atoi(argv[4]))
                          : Measure(**store, std::atoi(argv[3]), std::atoi(argv[4]));
}
