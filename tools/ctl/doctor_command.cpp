#include "tools/ctl/doctor_command.hpp"

#include <chrono>
#include <ostream>

#include <CLI/CLI.hpp>

#include "model/doctor/report.hpp"
#include "tools/ctl/doctor.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds time_of_an_area{45};

}  // namespace

void add_doctor_command(CLI::App& app, doctor_flags& flags, tenant_command& run) {
  app.add_option("--tenant", flags.tenant, "this one's numbers and agents alone");
  app.add_flag("--json", flags.json, "for a program");
  add_place(app, flags);
  app.footer("Ends with 0: nothing is worse than a note, 1: a warning, 2: an error, or wrong usage. docs/doctor.md");
  app.callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream&) {
      const auto all = examine(admit(flags, flags.tenant, environment), time_of_an_area);
      out << (flags.json ? as_json(all) : as_text(all));
      return exit_status(all);
    };
  });
}

}  // namespace tonris::ctl
