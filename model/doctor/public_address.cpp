#include "model/doctor/public_address.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/percent.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::chrono::milliseconds slow{1'000};

std::string text(std::string_view view) {
  return std::string{view};
}

std::string host_of(std::string_view url) {
  const auto read = read_address(url);
  return read ? text(read->host) : text(url);
}

std::string port_of(const address& of) {
  if (of.has_port) return text(of.port_text);
  return of.scheme == "https" || of.scheme == "wss" ? "443" : "80";
}

std::string who(const reach& met) {
  return met.server.empty() ? "something" : met.server;
}

std::string without_double_slashes(std::string_view path) {
  std::string out;
  for (const char c : path)
    if (c != '/' || out.empty() || out.back() != '/') out += c;
  return out;
}

std::string lower(std::string_view path) {
  std::string out{path};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool means_the_same(std::string_view a, std::string_view b) {
  const auto decoded = percent_decoded(a);
  return decoded && decoded == percent_decoded(b);
}
bool is_the_same_query(std::string_view a, std::string_view b) {
  const auto decoded = form_decoded(a);
  return decoded && decoded == form_decoded(b);
}

std::pair<std::string_view, std::string_view> parts(std::string_view target) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

finding path_change(std::string_view sent, std::string_view seen) {
  if (seen == text(sent) + "/") return found("slash_added");
  if (sent == text(seen) + "/") return found("slash_removed");
  if (without_double_slashes(sent) == seen) return found("slashes_merged");
  if (lower(sent) == lower(seen)) return found("case_changed");
  if (means_the_same(sent, seen)) return found("encoding_changed", {{"sent", text(sent)}, {"seen", text(seen)}});
  return found("path_changed", {{"sent", text(sent)}, {"seen", text(seen)}});
}

finding query_change(std::string_view sent, std::string_view seen) {
  if (seen.empty()) return found("query_lost");
  if (is_the_same_query(sent, seen)) return found("encoding_changed", {{"sent", text(sent)}, {"seen", text(seen)}});
  return found("query_changed", {{"sent", text(sent)}, {"seen", text(seen)}});
}

void judge_target(std::string_view sent, std::string_view seen, findings& out) {
  const auto [sent_path, sent_query] = parts(sent);
  const auto [seen_path, seen_query] = parts(seen);
  if (sent_path != seen_path) out.push_back(path_change(sent_path, seen_path));
  if (sent_query != seen_query) out.push_back(query_change(sent_query, seen_query));
}

/// What the running gateway takes for its address.
void judge_origin(std::string_view origin, std::string_view seen, findings& out) {
  const auto here = read_address(origin), there = read_address(seen);
  if (!here || !there) return;
  const auto add = [&](std::string_view code, std::string_view a, std::string_view b) {
    if (a != b) out.push_back(found(code, {{"sent", text(a)}, {"seen", text(b)}}));
  };
  add("scheme_differs", here->scheme, there->scheme);
  add("host_differs", here->host, there->host);
  if (here->scheme == there->scheme) add("port_differs", port_of(*here), port_of(*there));
}

void judge_headers(const public_facts& facts, const seen_request& seen, findings& out) {
  if (!seen.has_signature) out.push_back(found("signature_header_lost"));
  if (facts.sent_callback_headers && !seen.has_callback_secret)
    out.push_back(found("callback_headers_lost", {{"header", "X-Webhook-Secret"}}));
  if (facts.sent_callback_headers && !seen.has_callback_signature)
    out.push_back(found("callback_headers_lost", {{"header", "ElevenLabs-Signature"}}));
  if (seen.content_type != facts.sent.content_type)
    out.push_back(found("content_type_changed", {{"sent", facts.sent.content_type}, {"seen", seen.content_type}}));
}

void judge_forwarded(const public_facts& facts, const seen_request& seen, findings& out) {
  if (!seen.peer_is_trusted || seen.forwarded_host.empty()) return;
  const auto first = seen.forwarded_host.substr(0, seen.forwarded_host.find(','));
  const auto wanted = read_address(facts.origin);
  if (!wanted || first == wanted->authority || first == wanted->host) return;
  out.push_back(found("forwarded_host_believed", {{"peer", seen.peer}, {"seen", first}}));
}

/// What happened to a request of which the gateway tells what it saw.
findings judge_seen(const public_facts& facts, const seen_request& seen) {
  findings out;
  const auto& sent = facts.sent;
  if (seen.method != sent.method)
    out.push_back(found("method_changed", {{"sent", sent.method}, {"seen", seen.method}}));
  judge_target(sent.target, seen.target, out);
  judge_origin(facts.origin, seen.public_origin, out);
  judge_headers(facts, seen, out);
  if (seen.body_sha256 != sent.body_sha256)
    out.push_back(
        found("body_changed", {{"sent", std::to_string(sent.body_bytes)}, {"seen", std::to_string(seen.body_bytes)}}));
  if (out.empty() && !seen.signature_holds) out.push_back(found("signature_wrong"));
  judge_forwarded(facts, seen, out);
  return out;
}

/// Of an answer that is not what the gateway says to the doctor.
finding judge_stranger(const public_facts& facts) {
  const auto& met = facts.echo;
  const auto status = std::to_string(met.status);
  if (met.code == "unauthorized" || met.code == "administration_off")
    return found("another_gateway", {{"origin", facts.origin}});
  if (met.code == "not_found") return found("path_lost");
  if (met.status >= 300 && met.status < 400)
    return found("public_address_redirects",
                 {{"origin", facts.origin}, {"status", status}, {"location", met.location}});
  if (met.status == 401 || met.status == 407)
    return found("public_address_wants_login", {{"server", who(met)}, {"status", status}});
  return found("public_address_elsewhere", {{"origin", facts.origin}, {"server", who(met)}, {"status", status}});
}

finding judge_reach(const public_facts& facts) {
  const auto& met = facts.echo;
  switch (met.is) {
    case reach::outcome::no_name: return found("public_name_unknown", {{"host", host_of(facts.origin)}});
    case reach::outcome::no_tls: return found("public_tls_broken", {{"origin", facts.origin}, {"why", met.why}});
    case reach::outcome::certificate:
      return found("certificate_refused", {{"host", host_of(facts.origin)}, {"detail", met.why}});
    case reach::outcome::unreachable:
    case reach::outcome::answered: break;
  }
  return found("public_address_unreachable", {{"origin", facts.origin}, {"why", met.why}});
}

/// Local addresses are good for simulators alone.
void judge_name(const public_facts& facts, findings& out) {
  const auto host = host_of(facts.origin);
  if (host.find('_') != std::string::npos) out.push_back(found("underscore_in_host"));
  if (!is_loopback(host)) return;
  out.push_back(found(facts.meets_simulators ? "public_address_of_simulators" : "public_address_local",
                      {{"origin", facts.origin}}));
}

bool answered(const std::optional<reach>& met, std::initializer_list<unsigned> good) {
  return met && met->is == reach::outcome::answered && std::ranges::find(good, met->status) != good.end();
}
std::string status_or_why(const reach& met) {
  return met.is == reach::outcome::answered ? std::to_string(met.status) : "not (" + met.why + ")";
}

/// What was sent once the echo had come through.
void judge_further(const public_facts& facts, findings& out) {
  if (facts.webhook && !answered(facts.webhook, {200, 204}))
    out.push_back(found("webhook_refused", {{"status", status_or_why(*facts.webhook)}, {"origin", facts.origin}}));
  if (facts.with_secret && !answered(facts.with_secret, {200}))
    out.push_back(found("callback_secret_refused", {{"status", status_or_why(*facts.with_secret)}}));
  if (facts.with_signature && !answered(facts.with_signature, {200}))
    out.push_back(found("callback_signature_refused", {{"status", status_or_why(*facts.with_signature)}}));
  if (facts.large && !answered(facts.large, {200}))
    out.push_back(found("bodies_limited",
                        {{"bytes", std::to_string(facts.large_bytes)}, {"status", status_or_why(*facts.large)}}));
  if (facts.took > slow)
    out.push_back(found("public_address_slow", {{"origin", facts.origin}, {"ms", std::to_string(facts.took.count())}}));
}

bool is_bad(const finding& one) {
  return one.is == severity::error;
}

/// Where nobody tells what arrives, only what comes back.
findings judge_without_echo(const public_facts& facts) {
  findings out;
  judge_name(facts, out);
  out.push_back(not_looked_at(area::public_address, "what arrives of a request", facts.echo_not_sent));
  judge_further(facts, out);
  return out;
}

}  // namespace

findings judge(const public_facts& facts) {
  if (!facts.echo_not_sent.empty()) return judge_without_echo(facts);
  findings out;
  judge_name(facts, out);
  if (facts.echo.is != reach::outcome::answered) {
    out.push_back(judge_reach(facts));
    return out;
  }
  if (!facts.seen) {
    out.push_back(judge_stranger(facts));
    return out;
  }
  auto of_echo = judge_seen(facts, *facts.seen);
  std::ranges::move(of_echo, std::back_inserter(out));
  judge_further(facts, out);
  if (std::ranges::none_of(out, is_bad))
    out.push_back(found("public_address_good", {{"origin", facts.origin}, {"ms", std::to_string(facts.took.count())}}));
  if (answered(facts.with_secret, {200}) && answered(facts.with_signature, {200}))
    out.push_back(found("callbacks_good"));
  return out;
}

std::string difference(std::string_view url, std::string_view wanted) {
  const auto is = read_address(url), should = read_address(wanted);
  if (!is || !should) return "it is no address";
  std::string words;
  const auto add = [&](std::string_view what, std::string_view a, std::string_view b) {
    if (a == b) return;
    words.append(words.empty() ? "" : ", ").append("its ").append(what).append(" is ");
    words.append(a.empty() ? "nothing" : a).append(", not ").append(b.empty() ? "nothing" : b);
  };
  add("scheme", is->scheme, should->scheme);
  add("host", is->host, should->host);
  if (is->scheme == should->scheme) add("port", port_of(*is), port_of(*should));
  const auto here = parts(is->target).first, there = parts(should->target).first;
  if (here == text(there) + "/")
    words.append(words.empty() ? "" : ", ").append("it ends with a slash");
  else
    add("path", here, there);
  return words;
}

namespace {

std::string_view code_of_break(const echo_facts& echo) {
  using step = echo_facts::step;
  if (echo.changed) return "stream_changed";
  switch (echo.reached) {
    case step::opening:
    case step::short_message: return "stream_breaks";
    case step::long_message: return "stream_long_messages_lost";
    case step::holding: return "stream_pings_lost";
    case step::done: break;
  }
  return {};
}

finding broken(std::string_view code, const echo_facts& echo) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(echo.held).count();
  return found(code, {{"bytes", std::to_string(echo.bytes)}, {"seconds", std::to_string(seconds)}, {"why", echo.why}});
}

/// Behind an opening that came through.
findings judge_open_stream(const stream_facts& facts) {
  findings out;
  if (!facts.echo_not_tried.empty())
    out.push_back(not_looked_at(area::public_address, "a WebSocket beyond its opening", facts.echo_not_tried));
  if (facts.echo)
    if (const auto code = code_of_break(*facts.echo); !code.empty()) out.push_back(broken(code, *facts.echo));
  if (out.empty()) out.push_back(found("stream_good"));
  if (facts.in_silence && facts.in_silence->reached == echo_facts::step::holding)
    out.push_back(broken("stream_cut_in_silence", *facts.in_silence));
  return out;
}

}  // namespace

findings judge(const stream_facts& facts) {
  using upgrade = stream_facts::upgrade;
  const auto& plain = facts.plain;
  if (plain.is != reach::outcome::answered) return {found("stream_failed", {{"why", plain.why}})};
  if (plain.code != "upgrade_required")
    return {found("stream_path_closed", {{"server", who(plain)}, {"status", std::to_string(plain.status)}})};
  if (facts.is == upgrade::failed) return {found("stream_failed", {{"why", facts.why}})};
  if (facts.is == upgrade::not_tried) return {};
  if (facts.is == upgrade::opened) return {found("stream_refused", {{"status", "101"}})};
  switch (facts.status) {
    case 404: return judge_open_stream(facts);
    case 426: return {found("upgrade_lost")};
    case 403: return {found("stream_signature_refused")};
    default: return {found("stream_refused", {{"status", std::to_string(facts.status)}})};
  }
}

}  // namespace tonris::model::doctor
