// POST /giftcards/redeem: reads the request, finds a worker, sees to the answer.
#pragma once

#include <chrono>

#include "gift-cards/answer.h"
#include "gift-cards/answer_deadline.h"
#include "gift-cards/bulkhead.h"
#include "gift-cards/redeemer.h"
#include "platform/http.h"

namespace gift_cards {

// Thread-safe. Runs on the server's I/O threads and does not block them.
class RedemptionEndpoint {
 public:
  // From the deadline of a redemption to the moment at which it is answered for
  // a worker that is late. The promise to customers is the deadline and 50 ms.
  static constexpr std::chrono::milliseconds kAnswerGrace{25};

  struct Parts {
    Redeemer& redeemer;
    Bulkhead& bulkhead;
    AnswerDeadline& answer_deadline;
    Answer::Parts answer;
    Chance& chance;  // For request ids.
  };

  RedemptionEndpoint(std::chrono::milliseconds deadline, const Parts& parts)
      : deadline_(deadline), parts_(parts) {}

  void Handle(const launchgate::platform::Request& request,
              launchgate::platform::Responder responder);

 private:
  [[nodiscard]] AnswerContext ContextOf(const launchgate::platform::Request& request);

  const std::chrono::milliseconds deadline_;
  const Parts parts_;
};

}  // namespace gift_cards
