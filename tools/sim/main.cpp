#include <unistd.h>

#include <charconv>
#include <iostream>

#include <CLI/CLI.hpp>

#include "tools/sim/demo/demo.hpp"
#include "tools/sim/programs.hpp"
#include "tools/sim/wire/address.hpp"

// tonris-sim: Twilio and ElevenLabs as this project's tests and its demonstration need them.
namespace {

using namespace tonris::sim;

constexpr int usage = 2;

std::optional<std::chrono::milliseconds> optional_seconds(double seconds) {
  if (seconds < 0) return std::nullopt;
  return std::chrono::milliseconds{static_cast<long>(seconds * 1000)};
}

/// "2.5:7": the key 7 after 2.5 s.
std::optional<std::pair<std::chrono::milliseconds, char>> parse_key(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos || colon + 2 != text.size()) return std::nullopt;
  double seconds = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, seconds);
  const bool number = error == std::errc{} && end == text.data() + colon && seconds >= 0 && seconds < 86'400;
  if (!number || std::string_view{"0123456789*#ABCD"}.find(text.back()) == std::string_view::npos) return std::nullopt;
  return std::pair{*optional_seconds(seconds), text.back()};
}

struct twilio_flags {
  twilio_program program;
  std::string status = "auto", connect_to;
  double hang_up = -1, after_last_word = 2, drop = -1, at_most = 600, callbacks_late = 0;
  int silence_before_ms = 500, stream_setup_ms = static_cast<int>(world_stream_setup.count());
  std::vector<std::string> keys;
};

void add_twilio(CLI::App& app, twilio_flags& f) {
  auto& call = f.program.call;
  app.add_option("--webhook", call.webhook_url, "the number's voice webhook, as Twilio would sign it")->required();
  app.add_option("--token", call.account.token, "auth token")->required()->envname("TWILIO_AUTH_TOKEN");
  app.add_option("--account-sid", call.account.sid, "AC…")->required()->envname("TWILIO_ACCOUNT_SID");
  app.add_option("--from", call.from, "the caller")->capture_default_str();
  app.add_option("--to", call.to, "the number called")->capture_default_str();
  app.add_option("--call-sid", call.call_sid, "CA…, default random");
  app.add_option("--status-callback", f.status, "address, none, or auto: beside the webhook")->capture_default_str();
  app.add_option("--connect-to", f.connect_to, "origin to dial in place of the webhook's own (http://127.0.0.1:3000)");
  app.add_option("--wav", f.program.wav, "what the caller says")->check(CLI::ExistingFile);
  app.add_option("--silence-before", f.silence_before_ms, "ms")->check(CLI::Range(0, 600'000))->capture_default_str();
  app.add_option("--hang-up", f.hang_up, "s after the stream's start")->check(CLI::Range(0.0, 86'400.0));
  app.add_option("--hang-up-after-last-word", f.after_last_word, "s; negative: wait for the gateway")
      ->capture_default_str();
  app.add_option("--drop", f.drop, "s after the stream's start the line breaks")->check(CLI::Range(0.0, 86'400.0));
  app.add_option("--at-most", f.at_most, "s, the longest the call may take")->capture_default_str();
  app.add_option("--stream-setup", f.stream_setup_ms, "ms from the TwiML to a stream's start")
      ->check(CLI::Range(0, 10'000))
      ->capture_default_str();
  app.add_option("--callbacks-late", f.callbacks_late, "s until a status callback comes")
      ->check(CLI::Range(0.0, 3'600.0))
      ->capture_default_str();
  app.add_option("--callbacks-times", call.callbacks.times, "each comes so often")
      ->check(CLI::Range(1, 10))
      ->capture_default_str();
  app.add_flag("--callbacks-last-first", call.callbacks.last_first, "behind the call, the newest first");
  app.add_option("--key", f.keys, "SECONDS:KEY, may come several times");
  app.add_flag("--fast", call.twiml.fast, "sentences, pauses and ringing of the TwiML take no time");
  app.add_option("--dial-outcome", call.twiml.dial_outcome, "how a <Dial> ends")
      ->check(CLI::IsMember({"completed", "answered", "busy", "no-answer", "failed", "canceled"}))
      ->capture_default_str();
  app.add_option("--heard", f.program.heard, "WAV file for what the caller hears");
  app.add_option("--said", f.program.said, "WAV file for what he said");
  app.add_option("--report", f.program.report, "JSON file, default standard output");
}

int start_twilio(twilio_flags& f) {
  auto& call = f.program.call;
  const auto origin = origin_of(call.webhook_url);
  for (const auto& text : f.keys) {
    const auto key = parse_key(text);
    if (!key) return std::cerr << "--key " << text << ": must be SECONDS:KEY, as 2.5:7\n", usage;
    call.keys.push_back(*key);
  }
  if (origin.empty()) return std::cerr << "--webhook: must be an address\n", usage;
  if (f.status == "auto") call.status_callback_url = resolve(call.webhook_url, "status");
  if (f.status != "auto" && f.status != "none") call.status_callback_url = f.status;
  if (!f.connect_to.empty()) {
    call.account.public_origin = origin;
    call.account.dial_origin = f.connect_to;
  }
  f.program.silence_before = std::chrono::milliseconds{f.silence_before_ms};
  call.hang_up_after = optional_seconds(f.hang_up);
  call.hang_up_after_last_word = optional_seconds(f.after_last_word);
  call.drop_after = optional_seconds(f.drop);
  call.stream_setup = std::chrono::milliseconds{f.stream_setup_ms};
  call.callbacks.late = *optional_seconds(f.callbacks_late);
  call.at_most = optional_seconds(f.at_most).value_or(std::chrono::minutes{10});
  return run_twilio(f.program, std::cout);
}

void add_elevenlabs(CLI::App& app, elevenlabs_program& p) {
  app.add_option("--host", p.host, "to listen on")->capture_default_str();
  app.add_option("--port", p.port, "to listen on, 0 any")->capture_default_str();
  app.add_option("--key", p.key, "the API key to demand, default any")->envname("ELEVENLABS_API_KEY");
  app.add_option("--script", p.script, "conversation script (JSON)")->required()->check(CLI::ExistingFile);
  app.add_option("--speech", p.speech, "folder of its sounds")->required()->check(CLI::ExistingDirectory);
  app.add_option("--gateway", p.gateway, "origin that is asked for webhook tools and told after conversations");
  app.add_option("--webhook-secret", p.webhook_secret, "shown and signed with there")
      ->envname("ELEVENLABS_WEBHOOK_SECRET");
  app.add_option("--conversations", p.conversations, "end after so many, 0 never")->capture_default_str();
  app.add_option("--report", p.report, "JSON file, default standard output");
}

struct demo_flags {
  demo_options options;
  unsigned wait_seconds = 20;
};

void add_demo(CLI::App& app, demo_flags& f) {
  auto& o = f.options;
  app.add_option("--gateway", o.gateway, "origin of the gateway, http://127.0.0.1:3000")->required();
  app.add_option("--public-origin", o.public_origin, "its APP_BASE_URL, if that is another");
  app.add_option("--token", o.token, "Twilio auth token")->required()->envname("TWILIO_AUTH_TOKEN");
  app.add_option("--account-sid", o.account_sid, "AC…")->required()->envname("TWILIO_ACCOUNT_SID");
  app.add_option("--admin-token", o.admin_token, "to read the call's record")->envname("ADMIN_TOKEN");
  app.add_option("--from", o.from, "the caller")->capture_default_str();
  app.add_option("--to", o.to, "the number called")->capture_default_str();
  app.add_option("--elevenlabs-host", o.elevenlabs_host, "for the agent's side")->capture_default_str();
  app.add_option("--elevenlabs-port", o.elevenlabs_port, "for the agent's side")->capture_default_str();
  app.add_option("--elevenlabs-key", o.elevenlabs_key, "the API key to demand")->envname("ELEVENLABS_API_KEY");
  app.add_option("--webhook-secret", o.webhook_secret, "for tools over the webhook, and reports after the call")
      ->envname("ELEVENLABS_WEBHOOK_SECRET");
  app.add_option("--script", o.script, "conversation script (JSON)")->required()->check(CLI::ExistingFile);
  app.add_option("--speech", o.speech, "folder of its sounds")->required()->check(CLI::ExistingDirectory);
  app.add_option("--out", o.out, "folder for call.wav and call.txt")->capture_default_str();
  app.add_option("--wait-gateway", f.wait_seconds, "s for GET /health to answer")->capture_default_str();
}

int start_demo(demo_flags& f) {
  f.options.wait_gateway = std::chrono::seconds{f.wait_seconds};
  f.options.terminal = isatty(STDOUT_FILENO) == 1;
  return run_demo(f.options, std::cout);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulators of Twilio and ElevenLabs, true to their protocols and strict."};
  app.require_subcommand(1);
  twilio_flags twilio;
  elevenlabs_program elevenlabs;
  demo_flags demo;
  auto* as_twilio = app.add_subcommand("twilio", "places one call; ends with 1 on any violation by the gateway");
  auto* as_elevenlabs = app.add_subcommand("elevenlabs", "serves signed addresses and conversations by a script");
  auto* as_demo = app.add_subcommand("demo", "both, and a call shown as it goes");
  add_twilio(*as_twilio, twilio);
  add_elevenlabs(*as_elevenlabs, elevenlabs);
  add_demo(*as_demo, demo);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& mistake) {
    return app.exit(mistake) == 0 ? 0 : usage;
  }
  if (as_twilio->parsed()) return start_twilio(twilio);
  if (as_elevenlabs->parsed()) return run_elevenlabs(elevenlabs, std::cout);
  return start_demo(demo);
}
