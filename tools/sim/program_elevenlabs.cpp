#include <unistd.h>

#include <csignal>
#include <fstream>
#include <ostream>

#include "net/run_on.hpp"
#include "tools/sim/elevenlabs/conversation_report.hpp"
#include "tools/sim/elevenlabs/server.hpp"
#include "tools/sim/programs.hpp"

namespace tonris::sim {
namespace {

/// Says what happens, a line each, and ends the program after so many conversations.
class narrator final : public conversation_listener {
 public:
  narrator(std::ostream& out, std::uint64_t limit) : out_(out), limit_(limit) {}
  void live(const conversation_facts& facts) override { tell(facts, "is live"); }
  void said(const conversation_facts& facts, const std::string& role, const std::string& text) override {
    tell(facts, role + ": " + text);
  }
  void interrupted(const conversation_facts& facts) override { tell(facts, "is interrupted"); }
  void tool_answered(const conversation_facts& facts, const std::string& name, const std::string& answer) override {
    tell(facts, "asked for " + name + ": " + answer);
  }
  void ended(const conversation_record& record) override {
    tell(record.facts, "ended by the " + record.ended_by + " with " + std::to_string(record.close_code));
    if (limit_ != 0 && ++ended_ == limit_) kill(getpid(), SIGTERM);
  }

 private:
  void tell(const conversation_facts& facts, const std::string& what) {
    out_ << facts.conversation_id << ' ' << what << std::endl;
  }
  std::ostream& out_;
  std::uint64_t limit_, ended_ = 0;
};

/// Blocks the signals in this thread and all that it starts, to be waited for.
sigset_t held_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

std::string report_of(const elevenlabs_server& server) {
  std::vector<conversation_record> all(server.ended().begin(), server.ended().end());
  for (const auto& talk : server.live()) all.push_back(talk->record());
  return to_json(all, server.violations().all());
}

}  // namespace

int run_elevenlabs(const elevenlabs_program& program, std::ostream& out) {
  auto script = read_script(program.script);
  if (!script) return out << script.error() << '\n', 2;
  const auto signals = held_signals();
  speech_folder speech{program.speech};
  narrator tell{out, program.conversations};
  net::loop loop{"sim"};
  loop.start();
  elevenlabs_options how;
  how.host = program.host;
  how.port = program.port;
  how.api_key = program.key;
  how.callbacks.origin = program.gateway;
  how.callbacks.secret = program.webhook_secret;
  how.behaviour = [agent = script->agent](const std::string& id, std::uint64_t) {
    return agent.agent_id == "*" || agent.agent_id == id ? std::optional{agent} : std::nullopt;
  };
  auto server = net::run_on(loop, [&] { return elevenlabs_server::listen(loop, std::move(how), speech, tell); });
  if (!server) return out << "cannot listen: " << server.error().detail << '\n', 2;
  out << "agent side at " << (*server)->base_url() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  std::size_t found = 0;
  const auto report = net::run_on(loop, [&] {
    found = (*server)->all_violations().size();
    auto text = report_of(**server);
    server->reset();
    return text;
  });
  loop.stop();
  if (program.report.empty()) return out << report, found == 0 ? 0 : 1;
  std::ofstream file{program.report, std::ios::binary};
  file << report;
  file.flush();
  if (!file) return out << program.report << ": cannot be written\n", 2;
  return found == 0 ? 0 : 1;
}

}  // namespace tonris::sim
