#include "tools/ctl/doctor_command.hpp"

#include <chrono>
#include <ostream>

#include <CLI/CLI.hpp>

#include "model/doctor/report.hpp"
#include "tools/ctl/doctor.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds time_of_an_area{45}, time_where_long{140};

}  // namespace

void add_doctor_command(CLI::App& app, doctor_flags& flags, tenant_command& run) {
  app.add_option("--tenant", flags.tenant, "this one's numbers and agents alone");
  app.add_flag("--long", flags.takes_long, "also what takes a minute: is a silent WebSocket left open?");
  app.add_flag("--json", flags.json, "for a program");
  add_place(app, flags);
  app.footer("Ends with 0: nothing is worse than a note, 1: a warning, 2: an error, or wrong usage. docs/doctor.md");
  app.callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream&) {
      auto patient = admit(flags, flags.tenant, environment);
      patient.takes_long = flags.takes_long;
      const auto all = examine(patient, flags.takes_long ? time_where_long : time_of_an_area);
      out << (flags.json ? as_json(all) : as_text(all));
      return exit_status(all);
    };
  });
}

}  // namespace tonris::ctl
