#include "tools/sim/demo/demo.hpp"

#include <filesystem>
#include <fstream>
#include <future>
#include <ostream>

#include "net/run_on.hpp"
#include "tools/sim/demo/call.hpp"
#include "tools/sim/wire/wav.hpp"

namespace tonris::sim {
namespace {

tl::expected<std::vector<dialogue::line>, std::string> read_lines(const conversation_script& script,
                                                                  const std::string& folder) {
  std::vector<dialogue::line> out;
  for (const auto& line : script.caller) {
    auto ulaw = read_wav(folder + "/" + line.say.sound);
    if (!ulaw) return tl::unexpected{ulaw.error()};
    out.push_back({line.say.text, std::move(*ulaw), line.when, line.after});
  }
  return out;
}

/// The agent's sounds are read when they are needed; one that is missing is better known before the call.
std::string missing_sound(const conversation_script& script, const std::string& folder) {
  std::vector<utterance> all;
  if (script.agent.greeting) all.push_back(*script.agent.greeting);
  if (script.agent.otherwise) all.push_back(*script.agent.otherwise);
  for (const auto& turn : script.agent.turns) all.push_back(turn.say);
  for (const auto& one : all)
    if (const auto ulaw = read_wav(folder + "/" + one.sound); !ulaw) return ulaw.error();
  return {};
}

/// Writes what is left of the call; a file that cannot be written is a shortcoming of its own.
bool keep(const demo_options& options, const demo_call& call, std::ostream& out) {
  const auto& account = call.account();
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  const auto wav =
      write_stereo_wav(options.out + "/call.wav", call.caller_side().said().ulaw(), call.caller_side().ear().ulaw());
  if (!wav) out << wav.error() << '\n';
  std::ofstream text{options.out + "/call.txt"};
  text << to_text(account);
  text.flush();
  if (!text) out << options.out << "/call.txt: cannot be written\n";
  return wav.has_value() && text.good();
}

int verdict(const call_account& account, bool kept, std::ostream& out) {
  for (const auto& why : account.shortcomings) out << "not well: " << why << '\n';
  for (const auto& found : account.violations) out << "violation: " << found.rule << ": " << found.detail << '\n';
  if (account.well() && kept) out << "The call went well. Its sound is in call.wav, its account in call.txt.\n";
  return account.well() && kept ? 0 : 1;
}

}  // namespace

int run_demo(const demo_options& options, std::ostream& out) {
  auto script = read_script(options.script);
  if (!script) return out << script.error() << '\n', 2;
  auto lines = read_lines(*script, options.speech);
  if (!lines) return out << lines.error() << '\n', 2;
  if (const auto missing = missing_sound(*script, options.speech); !missing.empty()) return out << missing << '\n', 2;

  live_view view{out, options.terminal};
  net::loop loop{"demo"};
  loop.start();
  std::unique_ptr<demo_call> call;
  const auto listening = net::run_on(loop, [&] {
    call = std::make_unique<demo_call>(loop, options, std::move(*script), std::move(*lines), view);
    return call->listen();
  });
  const auto tear_down = [&] {
    net::run_on(loop, [&] {
      call.reset();
      return 0;
    });
  };
  if (!listening) {
    out << "the agent's side cannot listen on port " << options.elevenlabs_port << ": " << listening.error().detail
        << '\n';
    tear_down();
    return 2;
  }
  std::promise<bool> over;
  loop.post([&] { call->run([&over](bool reached) { over.set_value(reached); }); });
  if (!over.get_future().get()) {
    out << "the gateway at " << options.gateway << " did not answer GET /health in time\n";
    tear_down();
    return 3;
  }
  const bool kept = keep(options, *call, out);
  const int status = verdict(call->account(), kept, out);
  tear_down();
  loop.stop();
  return status;
}

}  // namespace tonris::sim
