#include "actors/web/keys_api.hpp"

#include <caf/event_based_actor.hpp>
#include <memory>
#include <string>
#include <utility>

#include "actors/access/messages.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/enum_name.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{3};

using reply = std::shared_ptr<api_reply>;

auto say_unavailable(const reply& to) {
  return [to](const caf::error&) { to->send(error_answer(error_code::unavailable, "try again")); };
}

/// Asks the access registry on behalf of a tenant who is there, and answers with what `then` makes of what it says.
template <class Answer, class Question, class Then>
void ask_about(http_front& at, request_context& asked, Question question, Then then) {
  const auto& house = at.settings();
  house.system->spawn([to = std::make_shared<api_reply>(asked), tenants = house.registry, access = house.access,
                       question = std::move(question), then, counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    ask(self, tenants, answer_limit, find_tenant_by_id{question.tenant})
        .then(
            [=](const found_tenant& found) {
              if (!found.tenant) return to->send(no_such_tenant());
              ask(self, access, answer_limit, question)
                  .then([to, then](const Answer& answer) { to->send(then(answer)); }, say_unavailable(to));
            },
            say_unavailable(to));
  });
}

model::tenant_id tenant_of(const request_context& asked) {
  return {std::string{asked.parameters["id"]}};
}

bool is_not_blank(std::string_view text) {
  return text.find_first_not_of(' ') != std::string_view::npos;
}
constexpr model::text_rule name_rule{1, model::max_api_key_name_bytes, is_not_blank,
                                     "a name, by which you know it again"};
constexpr const char* scope_words = "must be a list of read, control, settings, recordings, and not empty";

model::scopes read_scopes(model::json_fields& body) {
  model::scopes wanted;
  bool all_known = true;
  body.list("scopes", model::scope_count, [&](const rapidjson::Value& item, const std::string&) {
    const auto one =
        item.IsString() ? model::find_named<model::scope>(model::text_of(item), model::scope_count) : std::nullopt;
    if (one)
      wanted.add(*one);
    else
      all_known = false;
  });
  if (wanted.empty() || !all_known) body.refuse("scopes", scope_words);
  return wanted;
}

net::http_response answer_with(const created_api_key& made) {
  using outcome = created_api_key::outcome;
  switch (made.is) {
    case outcome::created: break;
    case outcome::too_many:
      return error_answer(
          error_code::too_many_keys,
          "the tenant has " + std::to_string(model::max_api_keys_of_a_tenant) + " keys: revoke one first");
    case outcome::no_secrets_key:
      return error_answer(error_code::no_secrets_key, "SECRETS_KEY is not set, so that no key can be kept");
  }
  std::string json = R"({"key":")" + made.text + "\",";
  return json_answer(json.append(to_json(made.key), 1), 201);
}

}  // namespace

void tell_keys(http_front& at, request_context& asked) {
  ask_about<listed_api_keys>(at, asked, list_api_keys{tenant_of(asked)}, [](const listed_api_keys& all) {
    std::string json;
    model::json_writer out{json};
    out.open_object();
    out.open_list("items");
    for (const auto& key : all.keys) out.json(to_json(key));
    out.close_list();
    out.close_object();
    return json_answer(std::move(json));
  });
}

void make_key(http_front& at, request_context& asked) {
  create_api_key wanted{asked.by, tenant_of(asked), {}, {}};
  const auto read = [&](model::json_fields& body) {
    wanted.name = body.required_text("name", name_rule);
    wanted.granted = read_scopes(body);
  };
  if (!asked.read_json(read)) return;
  if (!asked.by.is_operator() && !asked.by.granted.has_all(wanted.granted))
    return asked.answer(error_answer(error_code::forbidden, "a key makes none that can do more than it can"));
  ask_about<created_api_key>(at, asked, std::move(wanted), answer_with);
}

void revoke_key(http_front& at, request_context& asked) {
  revoke_api_keys wanted{asked.by, tenant_of(asked), std::string{asked.parameters["keyId"]}};
  ask_about<removed_api_keys>(at, asked, std::move(wanted), [](const removed_api_keys& removed) {
    if (removed.ids.empty()) return error_answer(error_code::key_not_found, "the tenant has no such key");
    net::http_response gone;
    gone.status = 204;
    return gone;
  });
}

}  // namespace tonris::actors
