#include "tools/ctl/patient.hpp"

#include <filesystem>
#include <utility>

#include "actors/store/private_database.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/store/tenants_file.hpp"
#include "config/setting_table.hpp"
#include "model/tenant/list.hpp"
#include "tools/ctl/redis_asker.hpp"

namespace tonris::ctl {

namespace {

constexpr std::chrono::seconds sign_of_life{3}, patience{10};

using tenants_read = tl::expected<std::vector<model::tenant>, std::string>;

/// Each setting by itself, so that one that is wrong takes no other with it.
config::settings settings_of(const patient& p) {
  config::settings all;
  for (const auto& row : config::all_settings())
    if (const auto value = setting(row.name, p.environment, p.env); !value.empty()) (void)row.apply(all, value);
  return all;
}

std::vector<std::string> mistakes_of(const patient& p) {
  auto environment = p.environment;
  const auto look_up = [](void* context, std::string_view name) { return (*static_cast<lookup*>(context))(name); };
  const auto read = config::load({}, look_up, &environment, p.env_text);
  std::vector<std::string> lines;
  if (read) return lines;
  std::string_view text = read.error().text;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

/// A gateway that serves with TLS is known by its public name.
void find_gateway_of(patient& p, const tenants_place& place) {
  const auto& s = p.settings;
  const bool is_at_public_name = place.gateway.empty() && !s.tls_cert_file.empty() && s.admin_port == 0;
  // Where it is can be said without a token, and whether it is ready as well.
  const lookup with_a_token = [&p](std::string_view name) {
    const bool is_missing = name == "ADMIN_TOKEN" && p.settings.admin_token.empty();
    return is_missing ? std::optional<std::string>{"none"} : p.environment(name);
  };
  auto found = find_gateway(is_at_public_name ? s.app_base_url : place.gateway, with_a_token, p.env_text);
  if (!found) {
    p.not_at = found.error();
    return;
  }
  p.at = *std::move(found);
  p.gateway_answers =
      !s.admin_token.empty() && ask_gateway(*p.at, "GET", "/api/tenants?limit=1", "", sign_of_life).has_value();
}

tenants_read read_list(std::string_view json) {
  auto read = model::parse_tenants(json);
  if (!read) return tl::unexpected(to_string(read.error()));
  return std::move(read->good);
}

tenants_read through(const tenants_door& at, const std::string& tenant) {
  const auto text = tenant.empty() ? export_tenants(at)
                                   : show_tenant(at, tenant).map([](std::string&& one) { return "[" + one + "]"; });
  if (!text) return tl::unexpected(text.error().line);
  return read_list(*text);
}

/// What a gateway has left in its DATA_DIR, only read.
tenants_read from_data_dir(const std::string& data_dir) {
  auto db = actors::tenant_database::open_to_read(data_dir);
  if (!db) return tl::unexpected(db.error());
  std::vector<model::tenant> all;
  model::tenant_id after;
  do {
    const auto page = db->page(after, actors::max_tenant_page);
    if (!page) return tl::unexpected(page.error().line);
    for (const auto& one : page->tenants)
      if (auto read = model::parse_tenant(one.json)) all.push_back(*std::move(read));
    after = page->last;
  } while (!after.empty());
  return all;
}

tenants_read from_file(const std::string& file) {
  auto read = actors::read_tenants_file(file);
  if (!read) return tl::unexpected("TENANTS_FILE " + read.error());
  return std::move(read->good);
}

tenants_read in_redis(const patient& p) {
  const auto options = redis_options_of(p.environment, p.env);
  if (!options) return tl::unexpected(options.error());
  const auto at = tenants_in_redis(*options, p.settings.data_dir);
  if (!at) return tl::unexpected(at.error());
  return through(*at, "");
}

tenants_read in_store(const patient& p, const std::string& data_dir) {
  if (std::filesystem::exists(actors::path_in(data_dir, "tenants.db"))) return from_data_dir(data_dir);
  if (!p.settings.tenants_file.empty()) return from_file(p.settings.tenants_file);
  return tl::unexpected(std::string{"the gateway does not answer, and there is neither a store nor a TENANTS_FILE"});
}

tenants_read read_tenants(const patient& p, const tenants_place& place) {
  if (!place.data_dir.empty()) return in_store(p, place.data_dir);
  const bool is_shared = !p.settings.redis_url.empty();
  if (place.is_redis || (!p.gateway_answers && is_shared)) return in_redis(p);
  if (!p.gateway_answers) return in_store(p, p.settings.data_dir);
  return through(tenants_of(*p.at, patience), p.tenant);
}

}  // namespace

std::string patient::first_token() const {
  return settings.twilio_auth_tokens.empty() ? std::string{} : settings.twilio_auth_tokens.front().reveal();
}

patient admit(const tenants_place& place, const std::string& tenant, const lookup& environment) {
  patient p;
  p.environment = environment;
  p.env_file = place.env_file;
  p.env_text = env_text(place.env_file);
  p.env = config::parse_dotenv(p.env_text);
  p.tenant = tenant;
  p.settings = settings_of(p);
  p.mistakes = mistakes_of(p);
  find_gateway_of(p, place);
  auto tenants = read_tenants(p, place);
  if (!tenants) {
    p.no_tenants = tenants.error();
    return p;
  }
  p.tenants = *std::move(tenants);
  if (!tenant.empty()) std::erase_if(p.tenants, [&](const auto& one) { return one.id.value != tenant; });
  if (!tenant.empty() && p.tenants.empty()) p.no_tenants = "there is no tenant " + tenant;
  return p;
}

}  // namespace tonris::ctl
