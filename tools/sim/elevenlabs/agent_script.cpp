#include "tools/sim/elevenlabs/agent_script.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include "tools/sim/wire/json.hpp"

namespace tonris::sim {
namespace {

using rapidjson::Value;

/// Takes the keys of one object one after the other; the first mistake is kept with its path.
class section {
 public:
  section(const Value& value, std::string path, std::string& mistake)
      : value_(value), path_(std::move(path)), mistake_(mistake) {
    if (!value_.IsObject()) fail("", "must be an object");
  }

  const Value* raw(std::string_view key) {
    known_.insert(key);
    return find(value_, key);
  }
  void text(std::string_view key, std::string& out) {
    if (const auto* v = raw(key)) v->IsString() ? void(out = text_of(*v)) : fail(key, "must be a string");
  }
  void flag(std::string_view key, bool& out) {
    if (const auto* v = raw(key)) v->IsBool() ? void(out = v->GetBool()) : fail(key, "must be true or false");
  }
  template <class Number>
  void number(std::string_view key, Number& out, std::int64_t low, std::int64_t high) {
    const auto* v = raw(key);
    if (v == nullptr) return;
    if (!v->IsInt64() || v->GetInt64() < low || v->GetInt64() > high)
      return fail(key, "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    out = static_cast<Number>(v->GetInt64());
  }
  void ratio(std::string_view key, double& out) {
    const auto* v = raw(key);
    if (v == nullptr) return;
    if (!v->IsNumber() || !(v->GetDouble() >= 0.1 && v->GetDouble() <= 1000))
      return fail(key, "must be from 0.1 to 1000");
    out = v->GetDouble();
  }
  void ms(std::string_view key, std::chrono::milliseconds& out) {
    auto count = out.count();
    number(key, count, 0, 3'600'000);
    out = std::chrono::milliseconds{count};
  }
  void ms(std::string_view key, std::optional<std::chrono::milliseconds>& out) {
    if (raw(key) == nullptr) return;
    out.emplace(0);
    ms(key, *out);
  }
  void names(std::string_view key, std::set<std::string>& out) {
    each(key, [&](const Value& item, const std::string& path) {
      if (item.IsString())
        out.emplace(text_of(item));
      else
        mistake(path, "must be a string");
    });
  }
  template <class Enum, std::size_t N>
  void one_of(std::string_view key, Enum& out, const std::array<std::pair<std::string_view, Enum>, N>& choices) {
    const auto* v = raw(key);
    if (v == nullptr) return;
    for (const auto& [name, value] : choices)
      if (v->IsString() && text_of(*v) == name) return void(out = value);
    std::string names;
    for (const auto& choice : choices) names += (names.empty() ? "" : ", ") + std::string{choice.first};
    fail(key, "must be one of " + names);
  }
  template <class Take>
  void each(std::string_view key, Take take) {
    const auto* v = raw(key);
    if (v == nullptr) return;
    if (!v->IsArray() || v->Size() > 1000) return fail(key, "must be a list of at most 1000");
    for (rapidjson::SizeType i = 0; i < v->Size(); ++i) take((*v)[i], path_of(key) + "[" + std::to_string(i) + "]");
  }
  template <class Take>
  void object(std::string_view key, Take take) {
    if (const auto* v = raw(key)) take(section{*v, path_of(key), mistake_});
  }
  /// Refuses what was not asked for.
  void end() {
    if (!value_.IsObject()) return;
    for (const auto& member : value_.GetObject())
      if (!known_.contains(text_of(member.name))) fail(text_of(member.name), "is unknown");
  }
  void fail(std::string_view key, const std::string& what) { mistake(key.empty() ? path_ : path_of(key), what); }
  std::string& mistakes() { return mistake_; }

 private:
  std::string path_of(std::string_view key) const { return (path_.empty() ? "" : path_ + ".") + std::string{key}; }
  void mistake(const std::string& path, const std::string& what) {
    if (mistake_.empty()) mistake_ = (path.empty() ? "the script" : path) + " " + what;
  }

  const Value& value_;
  std::string path_;
  std::string& mistake_;
  std::set<std::string_view> known_;
};

utterance take_utterance(section s) {
  utterance out;
  s.text("text", out.text);
  s.text("sound", out.sound);
  s.end();
  return out;
}

tool_use take_tool(section s) {
  tool_use out;
  s.text("name", out.name);
  s.text("id", out.id);
  s.text("parameters", out.parameters);
  s.flag("expectsResponse", out.expects_response);
  s.flag("webhook", out.webhook);
  s.end();
  rapidjson::Document parameters;
  if (out.name.empty()) s.fail("name", "is missing");
  if (!parse_object(out.parameters, parameters)) s.fail("parameters", "must be the text of a JSON object");
  return out;
}

agent_turn take_turn(section s) {
  agent_turn out;
  s.text("hear", out.hear);
  s.object("say", [&](section say) { out.say = take_utterance(std::move(say)); });
  s.flag("interruptible", out.interruptible);
  s.flag("endCall", out.end_call);
  s.object("tool", [&](section tool) { out.tool = take_tool(std::move(tool)); });
  s.end();
  return out;
}

agent_failure take_failure(section s) {
  using f = agent_failure;
  f out;
  s.one_of("when", out.when,
           std::array{std::pair{std::string_view{"never"}, f::point::never},
                      std::pair{std::string_view{"on_open"}, f::point::on_open},
                      std::pair{std::string_view{"before_metadata"}, f::point::before_metadata},
                      std::pair{std::string_view{"after_metadata"}, f::point::after_metadata},
                      std::pair{std::string_view{"during_audio"}, f::point::during_audio},
                      std::pair{std::string_view{"after_turns"}, f::point::after_turns},
                      std::pair{std::string_view{"after_end_call"}, f::point::after_end_call}});
  s.one_of("how", out.how,
           std::array{std::pair{std::string_view{"close"}, f::manner::close},
                      std::pair{std::string_view{"drop"}, f::manner::drop},
                      std::pair{std::string_view{"silence"}, f::manner::silence},
                      std::pair{std::string_view{"reset"}, f::manner::reset},
                      std::pair{std::string_view{"blackhole"}, f::manner::blackhole},
                      std::pair{std::string_view{"stall"}, f::manner::stall},
                      std::pair{std::string_view{"garbage"}, f::manner::garbage},
                      std::pair{std::string_view{"binary"}, f::manner::binary},
                      std::pair{std::string_view{"broken_frame"}, f::manner::broken_frame},
                      std::pair{std::string_view{"corrupt"}, f::manner::corrupt}});
  s.one_of("error", out.frame,
           std::array{std::pair{std::string_view{"none"}, f::error_frame::none},
                      std::pair{std::string_view{"nested"}, f::error_frame::nested},
                      std::pair{std::string_view{"flat"}, f::error_frame::flat}});
  s.ms("afterMs", out.after);
  s.number("utterance", out.utterance, 0, 1000);
  s.number("code", out.code, 1000, 4999);
  s.text("errorType", out.error_type);
  s.text("message", out.message);
  s.text("reason", out.reason);
  s.end();
  if (out.reason.size() > 123) s.fail("reason", "must have at most 123 bytes");
  return out;
}

signed_url_behaviour take_signed_url(section s) {
  signed_url_behaviour out;
  s.number("status", out.status, 200, 599);
  s.number("times", out.times, 0, 1'000'000);
  s.ms("delayMs", out.delay);
  s.flag("neverAnswers", out.never_answers);
  auto valid = out.valid_for.count();
  s.number("validSeconds", valid, 0, 86'400);
  out.valid_for = std::chrono::seconds{valid};
  s.end();
  return out;
}

std::vector<std::size_t> take_sizes(section& s, std::string_view key) {
  std::vector<std::size_t> out;
  bool whole = true, some = false;
  s.each(key, [&](const Value& item, const std::string&) {
    whole = whole && item.IsUint() && item.GetUint() <= 4'000'000;
    some = some || (item.IsUint() && item.GetUint() > 0);
    out.push_back(item.IsUint() ? item.GetUint() : 0);
  });
  if (!whole || (!out.empty() && !some)) s.fail(key, "must hold sizes in bytes, one above 0 at least");
  return out;
}

agent_behaviour take_agent(section s) {
  agent_behaviour out;
  s.text("agentId", out.agent_id);
  s.text("outputFormat", out.output_format);
  s.text("inputFormat", out.input_format);
  s.object("greeting", [&](section u) { out.greeting = take_utterance(std::move(u)); });
  s.object("otherwise", [&](section u) { out.otherwise = take_utterance(std::move(u)); });
  s.object("whenTold", [&](section u) { out.when_told = take_utterance(std::move(u)); });
  s.each("turns", [&](const Value& item, const std::string& path) {
    out.turns.push_back(take_turn(section{item, path, s.mistakes()}));
  });
  s.ms("thinkMs", out.think);
  s.ms("bargeInAfterMs", out.barge_in_after);
  s.ms("metadataDelayMs", out.metadata_delay);
  s.ratio("pace", out.pace);
  out.chunk_bytes = take_sizes(s, "chunkBytes");
  s.number("paddedMessageBytes", out.padded_message_bytes, 0, 4'000'000);
  s.flag("alignment", out.alignment);
  s.flag("oddEvents", out.odd_events);
  s.number("stragglers", out.stragglers, 0, 1000);
  s.flag("transcripts", out.transcripts);
  s.flag("tentativeTranscripts", out.tentative);
  s.ms("settingsDelayMs", out.settings_delay);
  s.text("settings", out.settings);
  if (rapidjson::Document settings; !out.settings.empty() && !parse_object(out.settings, settings))
    s.fail("settings", "must be the text of a JSON object");
  s.flag("deaf", out.deaf);
  using sound = agent_behaviour::sound;
  s.one_of("voice", out.voice,
           std::array{std::pair{std::string_view{"audible"}, sound::audible},
                      std::pair{std::string_view{"silent"}, sound::silent},
                      std::pair{std::string_view{"missing"}, sound::missing}});
  s.ms("pingEveryMs", out.ping_every);
  s.ms("pongWithinMs", out.pong_within);
  s.ms("queueForMs", out.queue_for);
  s.flag("queueTimesOut", out.queue_times_out);
  s.names("allowedOverrides", out.allowed_overrides);
  s.names("declaredVariables", out.declared_variables);
  s.object("failure", [&](section f) { out.failure = take_failure(std::move(f)); });
  s.object("signedUrl", [&](section u) { out.signed_url = take_signed_url(std::move(u)); });
  s.end();
  return out;
}

caller_line take_line(section s) {
  caller_line out;
  s.object("say", [&](section u) { out.say = take_utterance(std::move(u)); });
  s.one_of("when", out.when,
           std::array{std::pair{std::string_view{"agent_quiet"}, caller_line::cue::agent_quiet},
                      std::pair{std::string_view{"agent_speaking"}, caller_line::cue::agent_speaking}});
  s.ms("afterMs", out.after);
  s.end();
  return out;
}

}  // namespace

bool agent_failure::needs_wire() const noexcept {
  switch (how) {
    case manner::reset:
    case manner::blackhole:
    case manner::stall:
    case manner::binary:
    case manner::broken_frame:
    case manner::corrupt: return when != point::never;
    case manner::close:
    case manner::drop:
    case manner::silence:
    case manner::garbage: return false;
  }
  return false;
}

tl::expected<conversation_script, std::string> parse_script(std::string_view json) {
  rapidjson::Document document;
  if (!parse_object(json, document)) return tl::unexpected{std::string{"the script is not one JSON object"}};
  std::string mistake;
  conversation_script out;
  section s{document, "", mistake};
  s.object("agent", [&](section agent) { out.agent = take_agent(std::move(agent)); });
  s.each("caller", [&](const Value& item, const std::string& path) {
    out.caller.push_back(take_line(section{item, path, mistake}));
  });
  s.ms("callerHangsUpAfterMs", out.caller_hangs_up_after);
  s.end();
  if (!mistake.empty()) return tl::unexpected{mistake};
  return out;
}

tl::expected<conversation_script, std::string> read_script(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return tl::unexpected{path + ": cannot be read"};
  std::ostringstream text;
  text << file.rdbuf();
  return parse_script(text.str()).map_error([&](const std::string& why) { return path + ": " + why; });
}

}  // namespace tonris::sim
