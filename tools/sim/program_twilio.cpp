#include <fstream>
#include <future>
#include <ostream>

#include "net/run_on.hpp"
#include "tools/sim/programs.hpp"
#include "tools/sim/wire/wav.hpp"

namespace tonris::sim {
namespace {

/// Says a source's frames and keeps them, and what comes back.
class taping final : public frame_source, public frame_sink {
 public:
  explicit taping(recorded_source source) : source_(std::move(source)) {}
  bool next(std::uint64_t number, std::span<std::uint8_t> frame) override {
    const bool more = source_.next(number, frame);
    said.put(number, frame);
    return more;
  }
  void heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool) override { ear.put(number, frame); }
  tape said, ear;

 private:
  recorded_source source_;
};

bool write_text(const std::string& path, const std::string& text) {
  std::ofstream file{path, std::ios::binary};
  file << text;
  file.flush();
  return file.good();
}

int keep(const twilio_program& program, const caller_report& report, const taping& tapes, std::ostream& out) {
  int status = 0;
  const auto wav = [&](const std::string& path, const tape& from) {
    if (path.empty()) return;
    if (const auto written = write_wav(path, from.ulaw()); !written) out << written.error() << '\n', status = 2;
  };
  wav(program.heard, tapes.ear);
  wav(program.said, tapes.said);
  if (!program.report.empty() && !write_text(program.report, to_json(report)))
    out << program.report << ": cannot be written\n", status = 2;
  if (program.report.empty()) out << to_json(report);
  return status;
}

int verdict(const caller_report& report, std::ostream& out) {
  if (!report.reached) return out << report.ended_why << '\n', 3;
  for (const auto& found : report.violations.all()) out << "violation: " << found.rule << ": " << found.detail << '\n';
  return report.violations.empty() ? 0 : 1;
}

}  // namespace

int run_twilio(const twilio_program& program, std::ostream& out) {
  std::vector<std::uint8_t> ulaw;
  if (!program.wav.empty()) {
    auto read = read_wav(program.wav);
    if (!read) return out << read.error() << '\n', 2;
    ulaw = std::move(*read);
  }
  auto tls = net::tls_client_context::make();
  if (!tls) return out << "no TLS: " << tls.error().detail << '\n', 2;
  taping tapes{recorded_source{std::move(ulaw), program.silence_before}};
  net::loop loop{"sim"};
  loop.start();
  std::unique_ptr<net::http_client> client;
  std::promise<caller_report> over;
  loop.post([&] {
    client = net::http_client::make(loop, *tls);
    twilio_caller::make(loop, *client, *tls, program.call, tapes, tapes)->call([&over](const caller_report& report) {
      over.set_value(report);
    });
  });
  const auto report = over.get_future().get();
  net::run_on(loop, [&] { return client.reset(), 0; });
  loop.stop();
  const int kept = keep(program, report, tapes, out);
  return kept != 0 ? kept : verdict(report, out);
}

}  // namespace tonris::sim
