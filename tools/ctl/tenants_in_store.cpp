/// The API's words about tenants for a store whose gateway does not run.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/store/access_database.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/store/tenant_write.hpp"
#include "config/time_zones.hpp"
#include "model/access/audit.hpp"
#include "model/access/principal.hpp"
#include "model/json/merge_patch.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/change.hpp"
#include "model/tenant/circle_search.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/hex.hpp"
#include "model/text/percent.hpp"
#include "net/random_bytes.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

namespace {

using outcome = actors::tenant_written::outcome;
using answer = tl::expected<net::http_response, std::string>;

net::http_response says(unsigned status, std::string body) {
  return net::make_response(status, "application/json", std::move(body));
}

net::http_response refuses(unsigned status, std::string_view message) {
  std::string body;
  model::json_writer to{body};
  to.open_object();
  to.open_object("error");
  to.member("message", message);
  to.close_object();
  to.close_object();
  return says(status, std::move(body));
}

net::http_response refuses(const model::json_mistakes& mistakes) {
  std::string message;
  for (const auto& m : mistakes)
    message.append(message.empty() ? "" : "; ").append(m.path).append(" ").append(m.message);
  return refuses(400, message);
}

class store_without_gateway {
 public:
  store_without_gateway(net::file_lock lock, actors::tenant_database db, std::string data_dir)
      : lock_(std::move(lock)), db_(std::move(db)), data_dir_(std::move(data_dir)) {}

  answer ask(std::string_view method, const std::string& path, std::string_view body) {
    constexpr std::string_view all = "/api/tenants";
    const auto question = path.find('?');
    const auto rest = std::string_view{path}.substr(
        all.size(), question == std::string::npos ? std::string::npos : question - all.size());
    if (rest.empty() && method == "GET") return list(question == std::string::npos ? "" : path.substr(question + 1));
    if (rest.empty()) return write({}, body, "");
    const model::tenant_id id{model::percent_decoded(rest.substr(1)).value_or("")};
    if (method == "DELETE") return erase(id);
    const auto there = db_.find(id);
    if (!there) return tl::unexpected(there.error().line);
    if (!*there) return refuses(404, "there is no such tenant");
    if (method == "GET") return says(200, (*there)->json);
    if (method == "PUT") return write(*there, body, "*");
    const auto merged = model::merge_patch((*there)->json, body, model::tenant_rules::max_tenant_bytes);
    return merged ? write(*there, *merged, "*") : refuses(merged.error());
  }

 private:
  answer list(std::string_view query) {
    const auto at = query.find("cursor=");
    const model::tenant_id after{
        at == std::string_view::npos ? "" : model::percent_decoded(query.substr(at + 7)).value_or("")};
    const auto page = db_.page(after, actors::max_tenant_page);
    if (!page) return tl::unexpected(page.error().line);
    std::string body;
    model::json_writer to{body};
    to.open_object();
    to.open_list("items");
    for (const auto& t : page->tenants) to.json(t.json);
    to.close_list();
    if (!page->last.empty()) to.member("nextCursor", page->last.value);
    to.close_object();
    return says(200, std::move(body));
  }

  answer write(const std::optional<actors::stored_tenant>& there, std::string_view json, std::string_view want) {
    const auto zones = config::has_time_zones() ? model::zone_check{config::is_time_zone} : model::zone_check{};
    auto read = model::parse_tenant(json, zones);
    if (!read) {
      model::json_mistakes all;
      for (const auto& m : read.error().mistakes) all.push_back({m.path, m.message});
      return refuses(all);
    }
    const auto before = there ? model::parse_tenant(there->json) : tl::unexpected(model::tenant_error{});
    // Who has the store may change all of it.
    if (const auto why = refused_change(before ? &*before : nullptr, *read, true))
      return *why == model::change_refusal::another_id ? refuses(400, "id must be that of the tenant")
                                                       : refuses(409, "that status does not follow the one before");
    if (auto circles = circles_of(*read); !circles.empty()) return refuses(circles);
    keep_former(read->secrets, before ? before->secrets : model::tenant_secrets{});
    model::json_mistakes mistakes;
    refuse_without_secret(*read, mistakes);
    if (!mistakes.empty()) return refuses(mistakes);
    if (has_plain(read->secrets)) return refuses(409, "secrets are sealed by the gateway: bring them in while it runs");
    const auto done = db_.write({actors::write_of(*read, want)}, [](const auto&) {});
    if (!done) return tl::unexpected(done.error().line);
    switch (done->at(0).is) {
      case outcome::ok: return says(there ? 200 : 201, to_json(*read));
      case outcome::exists: return refuses(409, "there is a tenant of that id");
      case outcome::taken: return refuses(409, "one of the numbers is that of tenant " + done->at(0).owner.value);
      case outcome::unknown:
      case outcome::stale:
      case outcome::lost: break;
    }
    return refuses(404, "there is no such tenant");
  }

  /// A number that nothing can be read of leads nowhere.
  model::json_mistakes circles_of(const model::tenant& t) {
    model::circle_search search{t};
    while (const auto number = search.next()) {
      const auto there = db_.find_by_number(model::meeting_form(*number));
      if (!there || !*there) continue;
      if (const auto read = model::parse_tenant((*there)->json)) search.found(*read);
    }
    return search.mistakes();
  }

  answer erase(const model::tenant_id& id) {
    auto keys = actors::access_database::open(data_dir_);
    if (!keys) return tl::unexpected(keys.error().line);
    const auto done = db_.erase(id, "*", [](const auto&) {});
    if (!done) return tl::unexpected(done.error().line);
    if (done->is != outcome::ok) return refuses(404, "there is no such tenant");
    model::audit_entry entry;
    entry.at = std::chrono::system_clock::now();
    entry.who = name_of(model::principal{});
    entry.what = "key.revoke";
    entry.tenant = id;
    put_change(R"({"keyId":"all"})", "", entry);
    if (const auto revoked = keys->remove_keys_of(id, entry); !revoked)
      return tl::unexpected("tenant " + id.value +
                            " is removed, his keys could not be revoked: " + revoked.error().line);
    return says(204, "");
  }

  // owned
  net::file_lock lock_;  // given up after the database is closed
  actors::tenant_database db_;

  // given
  const std::string data_dir_;
};

}  // namespace

tl::expected<tenants_door, std::string> tenants_in(const std::string& data_dir) {
  if (auto made = actors::make_data_dir(data_dir); !made) return tl::unexpected(made.error().line);
  auto lock = actors::lock_data_dir(data_dir);
  if (!lock) return tl::unexpected(lock.error().line);
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  auto db = actors::tenant_database::open(data_dir, model::to_hex(bytes));
  if (!db) return tl::unexpected(db.error().line);
  return [store = std::make_shared<store_without_gateway>(std::move(*lock), std::move(*db), data_dir)](
             std::string_view method, const std::string& path, const std::string& body) {
    return store->ask(method, path, body);
  };
}

}  // namespace tonris::ctl
