// A Transport that answers from a script, without sockets or threads.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "shell/transport/transport.h"

namespace launchgate::test_support {

// Each request takes the next step of the script, whatever it asks for. When
// the script is at its end, `at_end` is called (stop the loop there) and
// kUnavailable returned. Not thread-safe.
class ScriptedTransport final : public transport::Transport {
 public:
  struct Step {
    int status = 200;
    std::string body;                 // Of Send(), or of a Stream() that is refused.
    std::vector<std::string> pieces;  // Of a Stream() that is answered with 200.
    bool broken = false;              // No (complete) answer: kUnavailable after the pieces.
    transport::Headers headers;
    std::function<void()> before;  // For instance: let time pass.
  };

  ScriptedTransport& Then(Step step) {
    script_.push_back(std::move(step));
    return *this;
  }

  base::Result<transport::HttpResponse> Send(const transport::HttpRequest& request,
                                             std::stop_token) override {
    Step step = Take(request);
    if (step.broken) return Broken();
    return transport::HttpResponse{step.status, step.headers, step.body};
  }

  base::Result<transport::HttpResponse> Stream(const transport::HttpRequest& request,
                                               transport::StreamSink& sink,
                                               std::chrono::milliseconds,
                                               std::stop_token) override {
    Step step = Take(request);
    if (step.status != 200) return transport::HttpResponse{step.status, step.headers, step.body};
    for (const std::string& piece : step.pieces) {
      if (!sink.OnData(piece)) return transport::HttpResponse{200, {}, {}};
    }
    if (step.broken) return Broken();
    return transport::HttpResponse{200, step.headers, {}};
  }

  std::vector<transport::HttpRequest> requests;
  std::function<void()> at_end = [] {};

 private:
  static tl::unexpected<base::Error> Broken() {
    return base::Fail(base::ErrorKind::kUnavailable, "connection reset by peer");
  }
  Step Take(const transport::HttpRequest& request) {
    requests.push_back(request);
    if (script_.empty()) {
      at_end();
      Step end;
      end.broken = true;
      return end;
    }
    Step step = std::move(script_.front());
    script_.pop_front();
    if (step.before) step.before();
    return step;
  }

  std::deque<Step> script_;
};

}  // namespace launchgate::test_support
