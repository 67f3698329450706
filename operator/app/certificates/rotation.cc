#include "app/certificates/rotation.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/bytes.h"

namespace launchgate::app {
namespace {

using base::Duration;
using base::Time;
using crypto::KeyPair;
using json::Json;

constexpr const char* kAuthorityName = "launchgate webhook authority";
constexpr std::string_view kEndMarker = "-----END CERTIFICATE-----";

// One PEM block per certificate, in order.
std::vector<std::string> SplitPem(std::string_view bundle) {
  std::vector<std::string> blocks;
  while (true) {
    const std::size_t begin = bundle.find("-----BEGIN CERTIFICATE-----");
    const std::size_t end = bundle.find(kEndMarker);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) break;
    const std::size_t past = end + kEndMarker.size();
    blocks.push_back(std::string(bundle.substr(begin, past - begin)) + "\n");
    bundle.remove_prefix(past);
  }
  return blocks;
}

bool IsDue(const crypto::Validity& validity, Time now, const RotationOptions& options) {
  const auto life = static_cast<double>((validity.not_after - validity.not_before).count());
  const auto left = static_cast<double>((validity.not_after - now).count());
  return left < life * options.renew_below;
}

Time DueAt(const crypto::Validity& validity, const RotationOptions& options) {
  const auto life = static_cast<double>((validity.not_after - validity.not_before).count());
  return validity.not_after - Duration(static_cast<std::int64_t>(life * options.renew_below));
}

crypto::Validity ValidFor(Time now, Duration lifetime, const RotationOptions& options) {
  const auto start = std::chrono::floor<std::chrono::seconds>(now - options.backdate);
  return {start, start + lifetime};
}

base::Result<KeyPair> NewAuthority(Time now, const RotationOptions& options) {
  return crypto::MakeAuthority(kAuthorityName, ValidFor(now, options.authority_lifetime, options));
}

base::Result<KeyPair> NewLeaf(const KeyPair& signer, const crypto::ServerNames& names, Time now,
                              const RotationOptions& options) {
  const auto authority = crypto::ReadCertificate(signer.certificate_pem);
  if (!authority) return tl::unexpected(authority.error());
  crypto::Validity validity = ValidFor(now, options.leaf_lifetime, options);
  // Where no successor could be published for long, better a short leaf than none.
  validity.not_after = std::min(validity.not_after, authority->validity.not_after);
  return crypto::IssueServerCertificate(signer, names, validity);
}

base::Result<CertificateSet> NewSet(const crypto::ServerNames& names, Time now,
                                    const RotationOptions& options) {
  CertificateSet set;
  auto signer = NewAuthority(now, options);
  if (!signer) return tl::unexpected(signer.error());
  auto leaf = NewLeaf(*signer, names, now, options);
  if (!leaf) return tl::unexpected(leaf.error());
  set.trusted_pem = signer->certificate_pem;
  set.signer = *std::move(signer);
  set.leaf = *std::move(leaf);
  return set;
}

bool SameNames(crypto::ServerNames a, crypto::ServerNames b) {
  for (auto* list : {&a.dns_names, &a.ip_addresses, &b.dns_names, &b.ip_addresses}) {
    std::ranges::sort(*list);
  }
  return a.dns_names == b.dns_names && a.ip_addresses == b.ip_addresses;
}

bool Contains(std::string_view bundle, std::string_view certificate) {
  const auto wanted = SplitPem(certificate);
  const auto all = SplitPem(bundle);
  return !wanted.empty() && std::ranges::find(all, wanted.front()) != all.end();
}

// The stages of one look, each may change the set and says why.
class Rotation {
 public:
  Rotation(CertificateSet set, std::string_view published, const crypto::ServerNames& names,
           Time now, const RotationOptions& options)
      : set_(std::move(set)), published_(published), names_(names), now_(now), options_(options) {}

  base::Result<RotationStep> Run() {
    for (const auto stage : {&Rotation::PromoteNext, &Rotation::PrepareNext, &Rotation::NoticeNext,
                             &Rotation::RenewLeaf}) {
      const base::Status done = (this->*stage)();
      if (!done) return tl::unexpected(done.error());
    }
    RotationStep step;
    step.why = std::move(why_);
    const base::Status look = SetNextLook(step);
    if (!look) return tl::unexpected(look.error());
    if (!step.why.empty()) step.write = std::move(set_);
    return step;
  }

 private:
  base::Status PromoteNext() {
    if (!set_.next || set_.next_published_at == base::kNever) return {};
    if (!Contains(published_, set_.next->certificate_pem)) {
      // Somebody put an older caBundle back: its time to spread begins anew.
      set_.next_published_at = base::kNever;
      Because("the next authority is no longer in the caBundle");
      return {};
    }
    if (now_ < set_.next_published_at + options_.propagation) return {};
    set_.signer = *std::move(set_.next);
    set_.next.reset();
    set_.next_published_at = base::kNever;
    auto leaf = NewLeaf(set_.signer, names_, now_, options_);
    if (!leaf) return tl::unexpected(leaf.error());
    set_.leaf = *std::move(leaf);
    Because("the next authority signs from now on");
    return {};
  }

  base::Status PrepareNext() {
    const auto signer = crypto::ReadCertificate(set_.signer.certificate_pem);
    if (!signer) return tl::unexpected(signer.error());
    if (set_.next || !IsDue(signer->validity, now_, options_)) return {};
    auto next = NewAuthority(now_, options_);
    if (!next) return tl::unexpected(next.error());
    const auto bundle = MergedBundle(set_.trusted_pem, next->certificate_pem, now_);
    if (!bundle) return tl::unexpected(bundle.error());
    set_.trusted_pem = *bundle;
    set_.next = *std::move(next);
    Because("a new authority is published");
    return {};
  }

  base::Status NoticeNext() {
    if (!set_.next || set_.next_published_at != base::kNever) return {};
    if (!Contains(published_, set_.next->certificate_pem)) return {};
    set_.next_published_at = now_;
    Because("the new authority is in the caBundle");
    return {};
  }

  base::Status RenewLeaf() {
    const auto leaf = crypto::ReadCertificate(set_.leaf.certificate_pem);
    if (!leaf) return tl::unexpected(leaf.error());
    const bool same_names = SameNames(leaf->names, names_);
    if (same_names && IsTrusted() && !IsDue(leaf->validity, now_, options_)) return {};
    auto renewed = NewLeaf(set_.signer, names_, now_, options_);
    if (!renewed) return tl::unexpected(renewed.error());
    set_.leaf = *std::move(renewed);
    Because(same_names ? "the leaf is renewed" : "the leaf's names changed");
    return {};
  }

  base::Status SetNextLook(RotationStep& step) const {
    const auto signer = crypto::ReadCertificate(set_.signer.certificate_pem);
    const auto leaf = crypto::ReadCertificate(set_.leaf.certificate_pem);
    if (!signer) return tl::unexpected(signer.error());
    if (!leaf) return tl::unexpected(leaf.error());
    step.next_look = std::min(DueAt(leaf->validity, options_),
                              set_.next ? base::kNever : DueAt(signer->validity, options_));
    if (set_.next) {
      const Time promoted = set_.next_published_at == base::kNever
                                ? now_ + options_.propagation
                                : set_.next_published_at + options_.propagation;
      step.next_look = std::min(step.next_look, promoted);
    }
    return {};
  }

  // Whether the leaf is of an authority that the set publishes: a Secret may
  // have been put together from two.
  bool IsTrusted() const {
    const auto& hosts = names_.dns_names.empty() ? names_.ip_addresses : names_.dns_names;
    if (hosts.empty()) return true;
    const auto trust = crypto::CheckServerCertificate(set_.leaf.certificate_pem, set_.trusted_pem,
                                                      hosts.front(), now_);
    return trust && trust->trusted;
  }

  void Because(std::string_view why) { why_ += (why_.empty() ? "" : "; ") + std::string(why); }

  CertificateSet set_;
  std::string_view published_;
  const crypto::ServerNames& names_;
  const Time now_;
  const RotationOptions& options_;
  std::string why_;
};

Json Encoded(std::string_view text) { return base::Base64Encode(text); }

base::Result<std::string> Decoded(const Json& data, const char* key) {
  const auto value = data.find(key);
  if (value == data.end() || !value->is_string()) {
    return base::Fail(base::ErrorKind::kInvalid, std::string("the Secret has no ") + key);
  }
  return base::Base64Decode(value->get<std::string>());
}

base::Result<KeyPair> DecodedPair(const Json& data, const char* certificate, const char* key) {
  const auto certificate_pem = Decoded(data, certificate);
  if (!certificate_pem) return tl::unexpected(certificate_pem.error());
  auto key_pem = Decoded(data, key);
  if (!key_pem) return tl::unexpected(key_pem.error());
  KeyPair pair{*certificate_pem, crypto::Secret(std::move(*key_pem))};
  const auto fits = crypto::KeyFits(pair.certificate_pem, pair.private_key_pem);
  if (!fits) return tl::unexpected(fits.error());
  if (!*fits) {
    return base::Fail(base::ErrorKind::kInvalid,
                      std::string(key) + " does not belong to " + certificate);
  }
  return pair;
}

}  // namespace

Json ToSecretData(const CertificateSet& set) {
  Json data = {{"tls.crt", Encoded(set.leaf.certificate_pem)},
               {"tls.key", Encoded(set.leaf.private_key_pem.Reveal())},
               {"ca.crt", Encoded(set.trusted_pem)},
               {"signer.crt", Encoded(set.signer.certificate_pem)},
               {"signer.key", Encoded(set.signer.private_key_pem.Reveal())}};
  if (set.next) {
    data["next.crt"] = Encoded(set.next->certificate_pem);
    data["next.key"] = Encoded(set.next->private_key_pem.Reveal());
    if (set.next_published_at != base::kNever) {
      data["next-published-at"] = Encoded(base::FormatTime(set.next_published_at));
    }
  }
  return data;
}

base::Result<CertificateSet> FromSecretData(const Json& data) {
  if (!data.is_object()) return base::Fail(base::ErrorKind::kInvalid, "the Secret has no data");
  CertificateSet set;
  auto signer = DecodedPair(data, "signer.crt", "signer.key");
  if (!signer) return tl::unexpected(signer.error());
  auto leaf = DecodedPair(data, "tls.crt", "tls.key");
  if (!leaf) return tl::unexpected(leaf.error());
  const auto trusted = Decoded(data, "ca.crt");
  if (!trusted) return tl::unexpected(trusted.error());
  set.signer = *std::move(signer);
  set.leaf = *std::move(leaf);
  set.trusted_pem = *trusted;
  if (!data.contains("next.crt")) return set;
  auto next = DecodedPair(data, "next.crt", "next.key");
  if (!next) return tl::unexpected(next.error());
  set.next = *std::move(next);
  if (const auto at = Decoded(data, "next-published-at")) {
    set.next_published_at = base::ParseTime(*at).value_or(base::kNever);
  }
  return set;
}

base::Result<RotationStep> NextRotation(std::optional<CertificateSet> set,
                                        std::string_view published_pem,
                                        const crypto::ServerNames& names, Time now,
                                        const RotationOptions& options) {
  const bool usable = [&] {
    if (!set) return false;
    const auto signer = crypto::ReadCertificate(set->signer.certificate_pem);
    return signer && now < signer->validity.not_after &&
           Contains(set->trusted_pem, set->signer.certificate_pem);
  }();
  if (usable) return Rotation(*std::move(set), published_pem, names, now, options).Run();
  auto fresh = NewSet(names, now, options);
  if (!fresh) return tl::unexpected(fresh.error());
  RotationStep step;
  step.why = "there was no usable certificate";
  step.next_look = now + options.propagation;
  step.write = *std::move(fresh);
  return step;
}

base::Result<std::string> MergedBundle(std::string_view published_pem, std::string_view wanted_pem,
                                       Time now) {
  std::vector<std::string> blocks;
  for (const std::string_view bundle : {published_pem, wanted_pem}) {
    for (std::string& block : SplitPem(bundle)) {
      const auto facts = crypto::ReadCertificate(block);
      // Somebody else's garbage in the caBundle is not kept: the API server
      // refuses a bundle that it cannot parse.
      if (!facts || now > facts->validity.not_after) continue;
      if (std::ranges::find(blocks, block) == blocks.end()) blocks.push_back(std::move(block));
    }
  }
  if (blocks.size() > crypto::kMaxBundleCertificates) {
    blocks.erase(blocks.begin(), blocks.end() - crypto::kMaxBundleCertificates);
  }
  std::string merged;
  for (const std::string& block : blocks) merged += block;
  if (merged.empty()) {
    return base::Fail(base::ErrorKind::kInvalid, "no authority is left to trust");
  }
  return merged;
}

}  // namespace launchgate::app
