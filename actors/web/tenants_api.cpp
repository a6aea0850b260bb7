#include "actors/web/tenants_api.hpp"

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/access/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/web/circle_check.hpp"
#include "actors/web/conditional.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/numbers_api.hpp"
#include "actors/web/request_context.hpp"
#include "config/time_zones.hpp"
#include "model/access/field_seal.hpp"
#include "model/access/principal.hpp"
#include "model/json/merge_patch.hpp"
#include "model/tenant/change.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5};
constexpr unsigned most_tries = 3;  // of a change that insists on no version, and is overtaken by another

net::http_response with_etag(net::http_response response, std::string_view etag) {
  response.fields.set("ETag", quoted_etag(etag));
  return response;
}

net::http_response invalid(const model::tenant_error& error) {
  model::json_mistakes mistakes;
  for (const auto& m : error.mistakes) mistakes.push_back({m.path, m.message});
  return mistakes_answer(error_code::invalid_tenant, mistakes);
}

/// Whoever is given the id next is not to be opened by them.
void revoke_all_then(caf::event_based_actor* self, const access_registry& access, const revoke_api_keys& all,
                     std::function<void()> then) {
  ask(self, access, answer_limit, all)
      .then([then](const removed_api_keys&) { then(); },
            [then, tenant = all.tenant](const caf::error&) {
              log::error("The keys of tenant {tenant}, who is removed, could not be revoked", {{"tenant", tenant}});
              then();
            });
}

/// What a change needs of the house.
struct change_services {
  tenant_store store;
  tenant_registry registry;
  access_registry access;
  std::shared_ptr<const model::field_seal> seal;
  std::function<model::aead_nonce()> fresh_nonce;
  number_services numbers;
};

/// One change of one tenant, from the request to its answer. Lives with its actor.
class tenant_change_request : public std::enable_shared_from_this<tenant_change_request> {
 public:
  enum class kind : std::uint8_t { create, replace, patch };

  /// As it came.
  struct request {
    kind what = kind::create;
    model::principal by;
    model::tenant_id id;
    std::string body;
    precondition only_if;
  };

  tenant_change_request(caf::event_based_actor* self, request asked, change_services house, api_reply reply)
      : self_(self), asked_(std::move(asked)), house_(std::move(house)), reply_(std::move(reply)) {}

  void start() {
    if (asked_.what == kind::create) return read_document(asked_.body, "");
    ask(self_, house_.store, answer_limit, look_up_tenants{{{"", asked_.id, ""}}})
        .then([me = shared_from_this()](const looked_up_tenants& found) { me->go_on_from(found.found.at(0)); },
              [me = shared_from_this()](const caf::error&) { me->reply_.send(tenant_store_away()); });
  }

 private:
  /// The one that is looked up, then: what another change makes of the tenant meanwhile is not written over.
  [[nodiscard]] bool takes_any_version() const {
    return asked_.only_if.if_match.empty() || asked_.only_if.if_match == "*";
  }

  void go_on_from(const looked_up_tenant& there) {
    const auto& only_if = asked_.only_if;
    if (only_if.only_new) return read_document(asked_.body, "");
    if (there.is == looked_up_tenant::outcome::nobody) return reply_.send(no_such_tenant());
    if (auto before = model::parse_tenant(there.tenant.json)) former_ = std::move(*before);
    const auto& want = takes_any_version() ? there.tenant.etag : only_if.if_match;
    if (asked_.what == kind::replace) return read_document(asked_.body, want);
    auto merged = model::merge_patch(there.tenant.json, asked_.body, model::tenant_rules::max_tenant_bytes);
    if (!merged) return reply_.send(mistakes_answer(error_code::invalid_tenant, merged.error()));
    read_document(*merged, want);
  }

  void read_document(std::string_view json, const std::string& want) {
    const auto zones = config::has_time_zones() ? model::zone_check{config::is_time_zone} : model::zone_check{};
    auto read = model::parse_tenant_request(json, zones);
    if (!read) return reply_.send(invalid(read.error()));
    tenant_ = std::move(read->t);
    attaches_ = read->wish.attach;
    if (auto no = refused()) return reply_.send(std::move(*no));
    circle_check::start(self_, house_.registry, tenant_,
                        [me = shared_from_this(), want](const model::json_mistakes& circles) {
                          if (!circles.empty())
                            return me->reply_.send(mistakes_answer(error_code::invalid_tenant, circles));
                          me->write(want);
                        });
  }

  /// Why a document that is good cannot be taken all the same. Secrets are sealed when it can.
  std::optional<net::http_response> refused() {
    if (asked_.what != kind::create && tenant_.id != asked_.id) return in_words(model::change_refusal::another_id);
    const bool may_change_terms = may(asked_.by, model::action::change_terms, tenant_.id) == model::permission::granted;
    const auto* const former = former_ ? &*former_ : nullptr;
    if (const auto why = refused_change(former, tenant_, may_change_terms)) return in_words(*why);
    if (attaches_ && may(asked_.by, model::action::operate_the_node, tenant_.id) != model::permission::granted)
      return error_answer(error_code::forbidden, "to attach numbers is the operator's");
    keep_former(tenant_.secrets, former ? former->secrets : model::tenant_secrets{});
    model::json_mistakes mistakes;
    refuse_without_secret(tenant_, mistakes);
    if (!mistakes.empty()) return mistakes_answer(error_code::invalid_tenant, mistakes);
    if (!seal_secrets(tenant_.secrets, tenant_.id, *house_.seal, house_.fresh_nonce))
      return error_answer(error_code::no_secrets_key, "SECRETS_KEY is not set, without which no secret is kept");
    return std::nullopt;
  }

  [[nodiscard]] net::http_response in_words(model::change_refusal why) const {
    switch (why) {
      case model::change_refusal::another_id:
        return mistakes_answer(error_code::invalid_tenant, {{"id", "must be that of the address"}});
      case model::change_refusal::terms:
        return error_answer(error_code::forbidden,
                            "id, status, numbers, limits and outbound are the operator's to change");
      case model::change_refusal::status: break;
    }
    return error_answer(error_code::conflict, "a tenant that is " + std::string{to_string(former_->status)} +
                                                  " cannot become " + std::string{to_string(tenant_.status)});
  }

  /// The same request again, word for word, finds that it was done.
  void write(const std::string& want) {
    begin_experiment(former_ ? &*former_ : nullptr, tenant_, std::chrono::system_clock::now());
    auto wanted = write_of(tenant_, want);
    wanted.request = request_id(want + '\n' + asked_.body);
    ask(self_, house_.store, answer_limit, write_tenants{{std::move(wanted)}})
        .then([me = shared_from_this()](const tenants_written& done) { me->tell(done.answers.at(0)); },
              [me = shared_from_this()](const caf::error&) { me->reply_.send(tenant_store_away()); });
  }

  void tell(const tenant_written& done) {
    switch (done.is) {
      case tenant_written::outcome::ok: return tell_success(done.etag);
      case tenant_written::outcome::exists:
        return reply_.send(with_etag(
            error_answer(asked_.only_if.only_new ? error_code::precondition_failed : error_code::tenant_exists,
                         "there is a tenant of that id"),
            done.etag));
      case tenant_written::outcome::unknown: return reply_.send(no_such_tenant());
      case tenant_written::outcome::stale:
        if (takes_any_version() && ++tries_ < most_tries) return start();
        return reply_.send(
            with_etag(error_answer(error_code::precondition_failed, "it was changed meanwhile"), done.etag));
      case tenant_written::outcome::taken:
        return reply_.send(error_answer(error_code::number_taken, "one of the numbers is another tenant's"));
      case tenant_written::outcome::lost: return reply_.send(tenant_store_away());
    }
  }

  void tell_success(const std::string& etag) {
    const auto now = to_json(tenant_);
    auto answer = json_answer(shown_tenant(now));
    if (asked_.what == kind::create || asked_.only_if.only_new) {
      answer.status = 201;
      answer.fields.set("Location", "/api/tenants/" + tenant_.id.value);
    }
    auto go_on = [me = shared_from_this(), answer = with_etag(std::move(answer), etag)] {
      if (!me->attaches_) return me->reply_.send(answer);
      me->attach(answer);
    };
    const auto before = former_ ? to_json(*former_) : std::string{};
    if (before == now) return go_on();  // nothing was changed
    const auto* const what = former_ ? "tenant.change" : "tenant.create";
    note_then(self_, house_.access, entry_of(asked_.by, what, tenant_.id, before, now), std::move(go_on));
  }

  /// The tenant is written, whatever becomes of its numbers: of each the answer tells.
  void attach(const net::http_response& answer) {
    auto opened = tenant_;
    (void)open_secrets(opened.secrets, opened.id, *house_.seal);  // what cannot be opened is told with the numbers
    auto numbers = numbers_of(opened);
    work_on_numbers(self_, house_.numbers, house_.access, asked_.by,
                    {number_work::kind::attach, false, std::move(opened), std::move(numbers)},
                    [me = shared_from_this(), answer](const std::vector<number_outcome>& outcomes) {
                      auto told = answer;
                      told.body.pop_back();
                      told.body.append(R"(,"attach":)").append(to_json(outcomes)).append("}");
                      me->reply_.send(std::move(told));
                    });
  }

  // given
  caf::event_based_actor* self_;
  const request asked_;
  const change_services house_;
  api_reply reply_;

  // state
  std::optional<model::tenant> former_;
  model::tenant tenant_;
  bool attaches_ = false;
  unsigned tries_ = 0;
};

model::tenant_id tenant_of(const request_context& asked) {
  return {std::string{asked.parameters["id"]}};
}

/// Nothing: its client was told what is wrong with its conditions.
std::optional<precondition> conditions(request_context& asked) {
  auto read = precondition_of(asked.request.fields);
  if (read) return std::move(*read);
  asked.answer(error_answer(error_code::bad_request, read.error()));
  return std::nullopt;
}

void change(http_front& at, request_context& asked, tenant_change_request::kind what, precondition only_if) {
  const auto& house = at.settings();
  tenant_change_request::request request{what, asked.by, tenant_of(asked), std::move(asked.request.body),
                                         std::move(only_if)};
  change_services services{house.tenants, house.registry, house.access, house.seal, house.fresh_nonce, house.numbers};
  house.system->spawn([request = std::move(request), services = std::move(services), counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    std::make_shared<tenant_change_request>(self, request, services, std::move(*reply))->start();
  });
}

}  // namespace

std::string shown_tenant(const std::string& json) {
  if (json.find(R"("secrets")") == std::string::npos) return json;
  auto read = model::parse_tenant(json);
  if (!read) return "null";
  hide_secrets(read->secrets);
  return to_json(*read);
}

void create_tenant(http_front& at, request_context& asked) {
  change(at, asked, tenant_change_request::kind::create, {});
}

void replace_tenant(http_front& at, request_context& asked) {
  if (auto only_if = conditions(asked)) change(at, asked, tenant_change_request::kind::replace, std::move(*only_if));
}

void change_tenant(http_front& at, request_context& asked) {
  auto only_if = conditions(asked);
  if (!only_if) return;
  only_if->only_new = false;
  change(at, asked, tenant_change_request::kind::patch, std::move(*only_if));
}

void tell_tenant(http_front& at, request_context& asked) {
  auto only_if = conditions(asked);
  if (!only_if) return;
  const auto& house = at.settings();
  house.system->spawn([id = tenant_of(asked), known = only_if->known_etag, store = house.tenants,
                       counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, store, answer_limit, look_up_tenants{{{"", id, known}}})
        .then(
            [reply](looked_up_tenants& found) {
              auto& [is, tenant] = found.found.at(0);
              if (is == looked_up_tenant::outcome::nobody) return reply->send(no_such_tenant());
              net::http_response answer;
              answer.status = 304;
              if (is == looked_up_tenant::outcome::found) answer = json_answer(shown_tenant(tenant.json));
              reply->send(with_etag(std::move(answer), tenant.etag));
            },
            [reply](const caf::error&) { reply->send(tenant_store_away()); });
  });
}

void remove_tenant(http_front& at, request_context& asked) {
  auto only_if = conditions(asked);
  if (!only_if) return;
  const auto& house = at.settings();
  house.system->spawn([id = tenant_of(asked), by = asked.by, if_match = only_if->if_match, store = house.tenants,
                       access = house.access, counters = house.counters,
                       reply = std::make_shared<api_reply>(asked)](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto fail = [reply](const caf::error&) { reply->send(tenant_store_away()); };
    const auto erased = [=](const tenants_written& done, const std::string& before) {
      const auto& [is, etag, owner] = done.answers.at(0);
      if (is == tenant_written::outcome::stale)
        return reply->send(with_etag(error_answer(error_code::precondition_failed, "it was changed meanwhile"), etag));
      if (is != tenant_written::outcome::ok) return reply->send(no_such_tenant());
      revoke_all_then(self, access, {by, id, {}}, [=] {
        note_then(self, access, entry_of(by, "tenant.remove", id, before, ""), [reply] {
          net::http_response gone;
          gone.status = 204;
          reply->send(std::move(gone));
        });
      });
    };
    // It is looked at first, so that the trail says what was removed.
    ask(self, store, answer_limit, look_up_tenants{{{"", id, ""}}})
        .then(
            [=](const looked_up_tenants& found) {
              const auto& [is, tenant] = found.found.at(0);
              if (is == looked_up_tenant::outcome::nobody) return reply->send(no_such_tenant());
              ask(self, store, answer_limit, erase_tenant{id, if_match.empty() ? "*" : if_match})
                  .then([=, before = tenant.json](const tenants_written& done) { erased(done, before); }, fail);
            },
            fail);
  });
}

}  // namespace tonris::actors
