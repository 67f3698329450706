// The payment provider over HTTP, by cpprestsdk. What that library leaves to its
// user is answered here:
//
//   its timeout   Starts anew with every piece that arrives; a provider that
//                 drips never reaches it. We wait with a deadline of our own,
//                 then cancel, and leave even if cancelling has no effect.
//   redirects     Not followed: a charge goes where it was configured to go.
//   1xx answers   Taken as final by the library. An error here; the connection
//                 is not used again, because the real answer follows on it.
//   bodies        Bounded, in a buffer of ours; see charge_exchange.h.
//   mixed answers An answer must repeat the ref and the amount that were sent.
//                 One that does not belongs to another charge.
//   sent twice    The library repeats a request on a stale connection, POST
//                 too. Harmless only because a ref is charged once.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "gift-cards/payments.h"

namespace gift_cards {

inline constexpr int kMaxClientThreads = 64;

// Starts the library's threads, 1..kMaxClientThreads. First thing in main(), and
// before any PaymentsClient; a later call changes nothing and succeeds.
[[nodiscard]] tl::expected<void, std::string> StartPaymentsThreads(int count);

// What an answer means. `body` is the provider's JSON. Exposed for its tests.
[[nodiscard]] ChargeAnswer ReadChargeAnswer(const Charge& charge, int status,
                                            const std::string& body);

// "http://host[:port][/prefix]" or https; charges go to its path "/charge".
[[nodiscard]] tl::expected<std::unique_ptr<Payments>, std::string> ConnectPayments(
    const std::string& url);

}  // namespace gift_cards
