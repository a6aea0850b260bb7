#include "tools/ctl/tenant_commands.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include <CLI/CLI.hpp>

#include "config/dotenv.hpp"
#include "model/access/field_seal.hpp"
#include "model/text/key_ring.hpp"
#include "tools/ctl/program.hpp"
#include "tools/ctl/secrets.hpp"
#include "tools/ctl/setting.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

namespace {

/// "-" is what comes in; an error: it cannot be read.
tl::expected<std::string, std::string> text_in(const std::string& file) {
  if (file == "-") return std::string{std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in && text.empty()) return tl::unexpected(file + " cannot be read");
  return text;
}

int print(const told& what, std::ostream& out, std::ostream& err) {
  if (!what) return refuse(err, what.error());
  out << *what;
  return found;
}

int import_list(const tenants_door& at, const std::string& list, std::ostream& out, std::ostream& err) {
  const auto done = import_tenants(at, list);
  if (!done) return refuse(err, done.error());
  out << done->mistakes << done->made << " made, " << done->replaced << " replaced\n";
  return done->mistakes.empty() ? found : not_found;
}

}  // namespace

void add_tenant_commands(CLI::App& tenant, tenant_flags& flags, tenant_command& run) {
  using work = std::function<int(const tenants_door&, std::ostream&, std::ostream&)>;
  const auto add = [&](const char* name, const char* what, work does) {
    auto* command = tenant.add_subcommand(name, what);
    add_place(*command, flags);
    command->callback([&flags, &run, does = std::move(does)] {
      run = [&flags, does](const lookup& environment, std::ostream& out, std::ostream& err) {
        const auto at = tenants_at(flags, environment, err);
        return at ? does(*at, out, err) : refuse(err, at.error());
      };
    });
    return command;
  };
  const auto with_id = [&](CLI::App* command) {
    command->add_option("tenant", flags.id, "the tenant's id")->required();
    return command;
  };
  const auto with_file = [&](CLI::App* command, const char* what) {
    command->add_option("file", flags.file, what)->capture_default_str();
  };
  const auto with_text = [&flags](auto does) {
    return [&flags, does](const tenants_door& at, std::ostream& out, std::ostream& err) {
      const auto text = text_in(flags.file);
      return text ? does(at, *text, out, err) : refuse(err, text.error());
    };
  };
  const auto sets_status = [&flags](const std::string& status) {
    return [&flags, patch = R"({"status":")" + status + R"("})"](const tenants_door& at, std::ostream& out,
                                                                 std::ostream& err) {
      return print(edit_tenant(at, flags.id, patch), out, err);
    };
  };
  add("list", "all of them: id, status, number, name",
      [](const tenants_door& at, std::ostream& out, std::ostream& err) { return print(list_tenants(at), out, err); });
  add("export", "all of them as a JSON list, as TENANTS_FILE is one",
      [](const tenants_door& at, std::ostream& out, std::ostream& err) { return print(export_tenants(at), out, err); });
  const auto at_gateway = [&](const char* name, const char* what, told (*does)(const tenants_door&)) {
    auto* const command = tenant.add_subcommand(name, what);
    add_gateway_alone(*command, flags);
    command->callback([&flags, &run, does] {
      run = [&flags, does](const lookup& environment, std::ostream& out, std::ostream& err) {
        const auto at = tenants_at_gateway(flags, environment);
        return at ? print(does(*at), out, err) : refuse(err, at.error());
      };
    });
  };
  at_gateway("restore", "into a Redis that has lost them: those of the gateway's own copy", restore_tenants);
  at_gateway("whole", "of a Redis that had lost them: all are there again", declare_whole);
  with_id(add("show", "one of them as JSON", [&flags](const tenants_door& at, std::ostream& out, std::ostream& err) {
    return print(show_tenant(at, flags.id), out, err);
  }));
  with_id(add("delete", "one of them; its numbers are free",
              [&flags](const tenants_door& at, std::ostream& out, std::ostream& err) {
                return print(delete_tenant(at, flags.id), out, err);
              }));
  with_id(add("suspend", "it takes no calls", sets_status("suspended")));
  with_id(add("activate", "it takes calls", sets_status("active")));
  with_file(add("create", "a new one, from its JSON",
                with_text([](const tenants_door& at, const std::string& text, std::ostream& out, std::ostream& err) {
                  return print(create_tenant(at, text), out, err);
                })),
            "the document; - is standard input");
  auto* edit =
      with_id(add("edit", "a part of one, by a JSON Merge Patch",
                  with_text([&flags](const tenants_door& at, const std::string& text, std::ostream& out,
                                     std::ostream& err) { return print(edit_tenant(at, flags.id, text), out, err); })));
  with_file(edit, "the patch; - is standard input");
  with_file(add("import", "those of a JSON list: made, or replaced",
                with_text([](const tenants_door& at, const std::string& text, std::ostream& out, std::ostream& err) {
                  return import_list(at, text, out, err);
                })),
            "the list; - is standard input");
}

void add_secrets_commands(CLI::App& secrets, tenant_flags& flags, tenant_command& run) {
  auto* const rotate = secrets.add_subcommand("rotate", "seals all of them with the first key of SECRETS_KEY");
  add_gateway_alone(*rotate, flags);
  rotate->add_option("--data-dir", flags.data_dir, "the store in this DATA_DIR, whose gateway does not run")
      ->excludes(rotate->get_option("--gateway"));
  rotate->callback([&flags, &run] {
    run = [&flags](const lookup& environment, std::ostream& out, std::ostream& err) {
      if (flags.data_dir.empty()) {
        const auto at = tenants_at_gateway(flags, environment);
        return at ? print(rotate_secrets(*at), out, err) : refuse(err, at.error());
      }
      const auto ring =
          model::parse_key_ring(setting("SECRETS_KEY", environment, config::parse_dotenv(env_text(flags.env_file))));
      if (!ring) return refuse(err, "SECRETS_KEY " + std::string{ring.error()});
      return print(rotate_secrets_in(flags.data_dir, model::field_seal{derive(*ring)}), out, err);
    };
  });
}

}  // namespace tonris::ctl
