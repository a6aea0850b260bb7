#include "tools/ctl/tenants_without_gateway.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "actors/store/tenant_write.hpp"
#include "config/time_zones.hpp"
#include "model/json/merge_patch.hpp"
#include "model/json/writer.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/change.hpp"
#include "model/tenant/circle_search.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/percent.hpp"

namespace tonris::ctl {

namespace {

using outcome = actors::tenant_written::outcome;
using answer = tl::expected<net::http_response, std::string>;

net::http_response says(unsigned status, std::string body) {
  return net::make_response(status, "application/json", std::move(body));
}

net::http_response refuses(unsigned status, std::string_view message, std::string_view code = {}) {
  std::string body;
  model::json_writer to{body};
  to.open_object();
  to.open_object("error");
  if (!code.empty()) to.member("code", code);
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

net::http_response knows_no_such_tenant() {
  return refuses(404, "there is no such tenant", "tenant_not_found");
}

class words_about_tenants {
 public:
  explicit words_about_tenants(std::unique_ptr<kept_tenants> tenants) : tenants_(std::move(tenants)) {}

  answer ask(std::string_view method, const std::string& path, std::string_view body) {
    constexpr std::string_view all = "/api/tenants";
    const auto question = path.find('?');
    const auto rest = std::string_view{path}.substr(
        all.size(), question == std::string::npos ? std::string::npos : question - all.size());
    if (rest.empty() && method == "GET") return list(question == std::string::npos ? "" : path.substr(question + 1));
    if (rest.empty()) return write({}, body);
    const model::tenant_id id{model::percent_decoded(rest.substr(1)).value_or("")};
    if (method == "DELETE") return erase(id);
    const auto there = tenants_->find(id);
    if (!there) return tl::unexpected(there.error());
    if (!*there) return knows_no_such_tenant();
    if (method == "GET") return says(200, (*there)->json);
    if (method == "PUT") return write(*there, body);
    const auto merged = model::merge_patch((*there)->json, body, model::tenant_rules::max_tenant_bytes);
    return merged ? write(*there, *merged) : refuses(merged.error());
  }

 private:
  answer list(std::string_view query) {
    const auto at = query.find("cursor=");
    const model::tenant_id after{
        at == std::string_view::npos ? "" : model::percent_decoded(query.substr(at + 7)).value_or("")};
    const auto page = tenants_->page(after);
    if (!page) return tl::unexpected(page.error());
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

  /// In place of who is there; nobody: a new one.
  answer write(const std::optional<actors::stored_tenant>& there, std::string_view json) {
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
    begin_experiment(before ? &*before : nullptr, *read, std::chrono::system_clock::now());
    const auto done = tenants_->write(actors::write_of(*read, there ? there->etag : ""));
    if (!done) return tl::unexpected(done.error());
    switch (done->is) {
      case outcome::ok: return says(there ? 200 : 201, to_json(*read));
      case outcome::exists: return refuses(409, "there is a tenant of that id");
      case outcome::taken: return refuses(409, "one of the numbers is that of tenant " + done->owner.value);
      case outcome::stale: return refuses(409, "it was changed meanwhile: run it again");
      case outcome::lost: return refuses(503, "the store has lost its tenants: nothing was changed");
      case outcome::unknown: break;
    }
    return knows_no_such_tenant();
  }

  /// A number that nothing can be read of leads nowhere.
  model::json_mistakes circles_of(const model::tenant& t) {
    model::circle_search search{t};
    while (const auto number = search.next()) {
      const auto there = tenants_->find_by_number(model::meeting_form(*number));
      if (!there || !*there) continue;
      if (const auto read = model::parse_tenant((*there)->json)) search.found(*read);
    }
    return search.mistakes();
  }

  answer erase(const model::tenant_id& id) {
    const auto done = tenants_->erase(id);
    if (!done) return tl::unexpected(done.error());
    return done->is == outcome::ok ? says(204, "") : knows_no_such_tenant();
  }

  std::unique_ptr<kept_tenants> tenants_;
};

}  // namespace

tenants_door door_to(std::unique_ptr<kept_tenants> tenants) {
  return [of = std::make_shared<words_about_tenants>(std::move(tenants))](
             std::string_view method, const std::string& path, const std::string& body) {
    return of->ask(method, path, body);
  };
}

}  // namespace tonris::ctl
