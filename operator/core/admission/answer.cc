#include <simdjson.h>

#include <algorithm>

#include "core/admission/review.h"
#include "core/base/text.h"

namespace launchgate::admission {
namespace {

constexpr std::string_view kAuditPrefix = "launchgate (audit): would be denied: ";

// Appends `text` as a JSON string. Bytes that are not UTF-8 are shown escaped.
void AppendString(std::string_view text, std::string& out) {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return AppendString(base::Printable(text, kMaxStatusMessageBytes), out);
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\u00");
      out.push_back(kHex[byte >> 4U]);
      out.push_back(kHex[byte & 0xFU]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// The first `max_bytes` of `text`, not cutting a character in two.
std::string_view CutText(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

// Warnings travel in an HTTP header: one line, no control characters.
std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return base::Printable(line, kMaxWarningBytes);
}

// Writes one AdmissionReview response from front to back.
class AnswerWriter {
 public:
  AnswerWriter(std::string_view uid, bool allowed) {
    out_.reserve(kUsualBytes);
    out_.append(
        R"({"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":)");
    AppendString(uid, out_);
    out_.append(allowed ? R"(,"allowed":true)" : R"(,"allowed":false)");
  }

  void Status(std::string_view message) {
    out_.append(R"(,"status":{"code":403,"reason":"Forbidden","message":)");
    AppendString(CutText(message, kMaxStatusMessageBytes), out_);
    out_.push_back('}');
  }

  // Empty values say nothing and are left out.
  void Annotation(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    out_.append(annotated_ ? "," : R"(,"auditAnnotations":{)");
    annotated_ = true;
    AppendString(key, out_);
    out_.push_back(':');
    AppendString(value, out_);
  }
  void EndAnnotations() {
    if (annotated_) out_.push_back('}');
  }

  // Beyond kMaxWarningsBytes the API server would drop them; so do we.
  void Warning(std::string_view text) {
    const std::string line = OneLine(text);
    if (line.empty() || warning_bytes_ + line.size() > kMaxWarningsBytes) return;
    out_.append(warning_bytes_ == 0 ? R"(,"warnings":[)" : ",");
    warning_bytes_ += line.size();
    AppendString(line, out_);
  }

  std::string Finish() && {
    if (warning_bytes_ > 0) out_.push_back(']');
    out_.append("}}");
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kUsualBytes = 768;
  std::string out_;
  bool annotated_ = false;
  std::size_t warning_bytes_ = 0;
};

std::string_view WordFor(const decision::Decision& decision, bool audit_only) {
  if (decision.allowed()) return "Allow";
  return audit_only ? "WouldDeny" : "Deny";
}

}  // namespace

std::string EncodeAnswer(std::string_view uid, const decision::Decision& decision,
                         const decision::Change& change, std::string_view denial_message,
                         bool audit_only) {
  AnswerWriter writer(uid, decision.allowed() || audit_only);
  if (!decision.allowed() && !audit_only) writer.Status(denial_message);
  writer.Annotation("decision", WordFor(decision, audit_only));
  writer.Annotation("reason", decision.reason());
  writer.Annotation("templateHash", change.template_hash);
  writer.Annotation("change", change.what);
  writer.EndAnnotations();
  if (!decision.allowed() && audit_only) {
    writer.Warning(std::string(kAuditPrefix).append(denial_message));
  }
  for (const std::string& warning : decision.warnings()) writer.Warning("launchgate: " + warning);
  return std::move(writer).Finish();
}

std::string EncodeAnswer(std::string_view uid, const GuardAnswer& answer) {
  AnswerWriter writer(uid, answer.allowed);
  // The code first: it is what people search for and what scripts match.
  if (!answer.allowed) writer.Status(std::string(answer.reason) + ": " + answer.message);
  writer.Annotation("decision", answer.allowed ? "Allow" : "Deny");
  writer.Annotation("reason", answer.reason);
  writer.EndAnnotations();
  return std::move(writer).Finish();
}

std::string EncodeRefusal(std::string_view uid, std::string_view reason, std::string_view message) {
  return EncodeAnswer(uid, GuardAnswer{false, reason, std::string(message)});
}

}  // namespace launchgate::admission
