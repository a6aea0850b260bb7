/// docs/openapi.yaml against the gateway's own table of routes, and against what its doors answer.
#include "tests/openapi/openapi_file.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/recording/recorder.hpp"
#include "actors/web/call_watchers.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/routes.hpp"
#include "actors/web/usage_api.hpp"
#include "model/access/doctor_proof.hpp"
#include "model/call/end_reason.hpp"
#include "model/call/machine.hpp"
#include "model/call/timeline.hpp"
#include "model/elevenlabs/signature.hpp"
#include "model/json/lookup.hpp"
#include "model/tenant/route.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/admission/counting.hpp"
#include "tests/actors/recording/recordings_at_twilio.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/vendor/numbers_at_twilio.hpp"
#include "tests/actors/web/front_fixture.hpp"
#include "tests/actors/web/tenants_in_a_database.hpp"
#include "tests/model/call/whole_record.hpp"

namespace tonris::actors::test {
namespace {

using model::json_text;
using model::scope;
using model::text_of;
using testing::HasSubstr;
using tonris::test::header_in;
using tonris::test::openapi_file;

const openapi_file& the_file() {
  static const openapi_file file;
  return file;
}

model::scopes all_but(std::optional<scope> one) {
  model::scopes some;
  for (std::size_t i = 0; i < model::scope_count; ++i)
    if (const auto each = static_cast<scope>(i); each != one) some.add(each);
  return some;
}

/// Of a tenant's keys the scope that a route takes; nothing: none of them opens it.
std::optional<scope> scope_for(const route& of) {
  for (std::size_t i = 0; i < model::scope_count; ++i) {
    const auto one = static_cast<scope>(i);
    if (model::may_ever({model::principal::kind::tenant, {"salon-1"}, {one}, {}}, of.does)) return one;
  }
  return std::nullopt;
}

/// As OpenAPI writes it: the rest of a path is a parameter like others.
std::string path_of(const route& of) {
  std::string path{of.pattern};
  if (const auto rest = path.find("..."); rest != std::string::npos) path.erase(rest, 3);
  return path;
}

/// Each route once for each method: "GET /health".
std::map<std::string, const route*> routes_by_operation() {
  std::map<std::string, const route*> all;
  for (const auto& one : routes()) {
    if (one.by.has(methods::websocket)) all["GET " + path_of(one)] = &one;
    for (const auto* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
      if (one.by.has(std::string_view{method})) all[method + (" " + path_of(one))] = &one;
  }
  return all;
}

std::string security_of(const route& of) {
  switch (of.may) {
    case audience::anybody: return "[]";
    case audience::metrics_reader: return R"([{"metricsToken":[]},{}])";
    case audience::twilio: return R"([{"twilioSignature":[]}])";
    case audience::doctor: return R"([{"doctorProof":[]}])";
    case audience::elevenlabs:
      return of.streams ? R"([{"elevenLabsSignature":[]}])" : R"([{"elevenLabsSecret":[]},{"elevenLabsSignature":[]}])";
    case audience::api_user: break;
  }
  const auto needed = scope_for(of);
  if (!needed) return R"([{"operator":[]}])";
  return R"([{"operator":[]},{"tenantKey":[")" + std::string{to_string(*needed)} + R"("]}])";
}

// --- the file by itself, and the table of routes

TEST(OpenApiFile, HasEachRouteAndNothingElse) {
  const auto there = routes_by_operation();
  for (const auto& [name, to] : there) EXPECT_TRUE(the_file().find(name) != nullptr) << name << " is not in the file";
  for (const auto& one : the_file().operations())
    EXPECT_TRUE(there.contains(one.name())) << one.name() << " is no route";
}

TEST(OpenApiFile, SaysWhoMayAsk) {
  for (const auto& [name, to] : routes_by_operation())
    if (const auto* const one = the_file().find(name)) {
      EXPECT_EQ(json_text((*one->says)["security"]), security_of(*to)) << name;
    }
}

TEST(OpenApiFile, NamesEachOperationOnceAndEachParameterOfItsPath) {
  std::set<std::string> ids;
  for (const auto& one : the_file().operations()) {
    EXPECT_TRUE(ids.insert(std::string{text_of((*one.says)["operationId"])}).second) << one.name();
    std::string braces;
    for (const auto* parameter : the_file().parameters(one, "path"))
      braces += "{" + std::string{text_of((*parameter)["name"])} + "}";
    std::string in_path;
    for (auto at = one.path.find('{'); at != std::string::npos; at = one.path.find('{', at + 1))
      in_path += one.path.substr(at, one.path.find('}', at) - at + 1);
    EXPECT_EQ(braces, in_path) << one.name();
  }
}

void check_example(std::string_view type, const openapi_file::value& media) {
  const auto example = media.FindMember("example");
  if (example == media.MemberEnd()) return;
  const auto& it = example->value;
  const auto text = it.IsString() ? std::string{text_of(it)} : json_text(it);
  EXPECT_EQ(the_file().objection_to_content(type, media, text), "") << text;
}

/// Of a parameter, a body or an answer, where it has one.
void check_own_examples(const openapi_file::value& in) {
  if (in.HasMember("in") && in.HasMember("example")) {
    EXPECT_EQ(the_file().objection_to_value(in["schema"], in["example"]), "") << json_text(in);
  }
  if (!in.HasMember("content")) return;
  for (const auto& one : in["content"].GetObject()) check_example(text_of(one.name), one.value);
}

/// Every reference leads somewhere, and every example is what its schema says.
void check_examples(const openapi_file::value& in) {
  if (in.IsArray())
    for (const auto& one : in.GetArray()) check_examples(one);
  if (!in.IsObject()) return;
  if (in.HasMember("$ref")) {
    EXPECT_NO_THROW((void)the_file().behind(in)) << json_text(in);
  }
  check_own_examples(in);
  for (const auto& member : in.GetObject()) check_examples(member.value);
}

TEST(OpenApiFile, HasExamplesThatFit) {
  check_examples(the_file().document());
}

template <class Enumeration>
std::vector<std::string> words_up_to(Enumeration last) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i)
    all.emplace_back(to_string(static_cast<Enumeration>(i)));
  return all;
}

std::vector<std::string> error_codes() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(error_code::not_ready); ++i)
    all.emplace_back(name_of(static_cast<error_code>(i)));
  return all;
}

std::vector<std::string> events() {
  auto all = words_up_to(model::call_moment::ended);
  all.insert(all.begin(), {"snapshot", "levels", "state"});
  return all;
}

TEST(OpenApiFile, KnowsTheWordsThatTheCodeKnows) {
  const struct {
    const char* at;
    std::vector<std::string> words;
  } lists[] = {
      {"schemas/EndReason/enum", words_up_to(model::end_reason::internal_error)},
      {"schemas/CausedBy/enum", words_up_to(model::caused_by::operators)},
      {"schemas/CallState/enum", words_up_to(model::call_state::ended)},
      {"schemas/CallMoment/enum", words_up_to(model::call_moment::ended)},
      {"schemas/Scopes/items/enum", words_up_to(scope::recordings)},
      {"schemas/RouteTold/properties/rule/enum", words_up_to(model::route_rule::agents_failing)},
      {"schemas/CallRecord/properties/rule/enum", words_up_to(model::route_rule::agents_failing)},
      {"schemas/ErrorCode/enum", error_codes()},
      {"schemas/WebhookRoute/enum", words_up_to(web_metrics::endpoint::other)},
      {"schemas/WebhookRefusal/enum", words_up_to(web_metrics::refusal::too_large)},
      {"responses/Events/content/text~1event-stream/x-events", events()},
  };
  for (const auto& list : lists)
    EXPECT_EQ(the_file().texts_at((std::string{"/components/"} + list.at).c_str()), list.words) << list.at;
}

// --- what is answered

/// Keeps what tenants' webhooks are told, and what ElevenLabs tells; as much of it as is asked for here.
caf::behavior keeper_of_notices(caf::event_based_actor*, std::shared_ptr<deliveries_listed> page) {
  return {[page](const list_deliveries&) { return *page; },
          [page](const redeliver_notice& m) {
            notice_redelivered again;
            for (const auto& one : page->page)
              if (one.id == m.id) again.which.push_back(one);
            return again;
          },
          [](const forget_events&) { return events_forgotten{}; }};
}

caf::behavior keeper_of_callbacks(caf::event_based_actor*, std::shared_ptr<callback_kept::outcome> says) {
  return {[](const forget_callbacks&) { return callbacks_forgotten{}; }, [](begin_audio) { return incoming_audio{1}; },
          [](const append_audio&) { return audio_appended{}; }, [](const drop_audio&) {},
          [says](const keep_callback&) { return callback_kept{*says}; }};
}

class OpenApi;

/// An operation, and what is asked of it: each of its statuses.
struct row {
  std::string operation;
  std::function<void(OpenApi&)> asks;
};
void PrintTo(const row& one, std::ostream* out) {
  *out << one.operation;
}

/// A gateway with everything behind its doors that an operation may need.
class OpenApi : public FrontTest, public testing::WithParamInterface<row> {
 public:
  static const std::vector<row>& rows();

 protected:
  struct request {
    std::string query{}, body{}, shown = "admin", fields{};
    std::map<std::string, std::string> in_path{};  ///< else the file's examples
  };

  void SetUp() override;
  void TearDown() override;
  /// The doors, with something changed.
  void open(const std::function<void(http_front::config&)>& change = [](auto&) {}) {
    auto with = *house;
    change(with);
    open_doors(std::move(with));
  }

  [[nodiscard]] std::string target_of(const request& asked) const;
  answer send(const request& asked);
  /// Asks the operation, and holds the answer against the file.
  answer expect(unsigned status, const request& asked);
  answer expect(unsigned status) { return expect(status, {}); }
  void check(unsigned status, const answer& got);
  void check_request(const request& asked) const;
  void check_too_big();
  void strangers();
  void each_parameter();
  void try_parameter(const openapi_file::value& parameter, const form& others);

  // --- what operations are asked about

  static std::string document(const std::string& id, const std::string& number, const std::string& more = "") {
    return R"({"id":")" + id + R"(","name":"Salon )" + id + R"(","twilioPhoneNumber":")" + number + "\"" + more + "}";
  }
  void sign_up(const std::string& json) { EXPECT_EQ(api("POST", "/api/tenants", "admin", json).status, 201u) << json; }
  void store_record(const std::string& json) { stored->record = json; }  ///< of whichever call is asked for
  static std::string ended_record() {
    auto record = model::test::whole_record();
    record.lines_left_out = 3;
    return to_json(record);
  }
  static std::map<std::string, std::string> call(const std::string& sid) { return {{"CallSid", sid}}; }
  /// The statuses of one call that all of its operations have.
  void nobodys_and_unreadable(const std::string& body = "") {
    expect(404, {.body = body, .in_path = call("CA9")});
    store_record(unreadable);
    expect(500, {.body = body, .in_path = call("CA9")});
  }
  void twilio_asks(unsigned status, const form& fields);
  void places_calls();  ///< its tenant does, four a day
  void rings(const model::call_sid& call);
  tenant_registry registry_that_is_away() {
    return track_as<tenant_registry>(system.spawn([](caf::event_based_actor*) -> caf::behavior {
      const auto nobody_there = [] { return caf::make_error(caf::sec::runtime_error, "away"); };
      return {[nobody_there](const find_tenant&) -> caf::result<found_tenant> { return nobody_there(); },
              [nobody_there](const find_tenant_by_id&) -> caf::result<found_tenant> { return nobody_there(); }};
    }));
  }

  static constexpr auto own_number = "+15550100002", allowed = "+15550100050";
  static inline const std::string unreadable = R"({"callSid":"CA9"})";
  const openapi_file::operation* op = nullptr;
  const route* to = nullptr;
  std::set<unsigned> answered;

  a_directory directory;
  std::shared_ptr<tenant_database> db;
  bool away = false;
  std::function<void()> meanwhile;
  std::uint8_t nonces = 0;
  std::shared_ptr<numbers_at_twilio> at_twilio = std::make_shared<numbers_at_twilio>();
  std::shared_ptr<deliveries_listed> deliveries = std::make_shared<deliveries_listed>();
  std::shared_ptr<callback_kept::outcome> keeper_says =
      std::make_shared<callback_kept::outcome>(callback_kept::outcome::kept);
  std::shared_ptr<recordings_at_twilio> at_recordings = std::make_shared<recordings_at_twilio>();
  std::optional<http_front::config> house;
  std::shared_ptr<outbound_dials> dials = std::make_shared<outbound_dials>();
  bool stops = false;
};

void OpenApi::SetUp() {
  FrontTest::SetUp();
  model::tenant::transfer_type transfers;
  transfers.numbers = {allowed};
  tenant->transfer = transfers;
  tenant->recording.allowed = true;
  tenant->limits.max_concurrent_calls = 10;
  tenant->limits.calls_per_minute = 30;
  tenant->limits.minutes_per_month = 2000;
  tenant->limits.cost_per_month = 500.5;
  tenant->limits.reserved_calls = 2;
  tenant->tools["services"].static_json = R"({"services":["cut"]})";
  replace(registry, {*tenant});
  who_may_come = track(spawn_counting(
      system, std::make_shared<admission_books>(), [] { return std::chrono::system_clock::time_point{}; }, counters));
  db = std::make_shared<tenant_database>(tenant_database::open(directory.data(), "g").value());
  auto with = front_config();
  with.tenants = track(system.spawn(store_over, db, &away, &meanwhile));
  with.mirror = track_as<tenant_mirror>(system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](restore_tenants) { return restored_tenants{3, 1, 0}; }};
  }));
  with.seal = std::make_shared<const model::field_seal>(
      derive(model::parse_key_ring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value()));
  with.fresh_nonce = [this] { return model::aead_nonce{++nonces}; };
  at_twilio->calls[own_number].voice = {"https://old.example/voice", "GET"};
  with.numbers = {track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio)),
                  {some_account, config::secret{"main-token"}},
                  origin,
                  with.tenants};
  with.notices = track_as<notice_keeper>(system.spawn(keeper_of_notices, deliveries));
  const auto records = track_as<twilio_rest>(system.spawn(fake_recordings, at_recordings));
  with.recorder = track_as<call_recorder>(caf::actor_cast<caf::actor>(record_calls(system, {records, &counters})));
  with.webhooks.dials = dials;
  with.stops = [this] { return stops; };
  with.callbacks = track_as<callback_keeper>(system.spawn(keeper_of_callbacks, keeper_says));
  with.elevenlabs.secrets = {"wsec"};
  with.elevenlabs.unix_now = [] { return std::int64_t{1'800'000'000}; };
  with.conversations = calls->conversations;
  house = std::move(with);
  net::http_server_limits limits;
  limits.body_plan = [this](const net::http_request& head) { return front->body_plan(head); };
  service = std::make_shared<net::http_service>(io, limits, nullptr,
                                                [this](net::http_request asked, net::http_responder responder) {
                                                  front->handle(std::move(asked), std::move(responder));
                                                });
  open();
  sign_up(document("salon-1", own_number, R"(,"secrets":{"elevenLabs":{"apiKey":"sk_1"}})"));
  sign_up(document("b", "+15551234568"));
}

void OpenApi::TearDown() {
  house.reset();
  FrontTest::TearDown();
}

std::string OpenApi::target_of(const request& asked) const {
  auto path = op->path;
  for (const auto* parameter : the_file().parameters(*op, "path")) {
    const std::string name{text_of((*parameter)["name"])};
    const auto given = asked.in_path.find(name);
    const auto braces = "{" + name + "}";
    path.replace(path.find(braces), braces.size(),
                 given != asked.in_path.end() ? given->second : std::string{text_of((*parameter)["example"])});
  }
  return path + asked.query;
}

FrontTest::answer OpenApi::send(const request& asked) {
  const auto shown = asked.shown.empty() ? std::string{} : "Authorization: Bearer " + asked.shown + "\r\n";
  return exchange(op->method + " " + target_of(asked) + " HTTP/1.1\r\nHost: gw\r\n" + shown + asked.fields +
                  "Content-Length: " + std::to_string(asked.body.size()) + "\r\n\r\n" + asked.body);
}

FrontTest::answer OpenApi::expect(unsigned status, const request& asked) {
  auto got = send(asked);
  check(status, got);
  if (status / 100 == 2) check_request(asked);
  return got;
}

void OpenApi::check(unsigned status, const answer& got) {
  EXPECT_EQ(got.status, status) << op->name() << '\n' << got.body;
  EXPECT_EQ(the_file().objection(*op, {got.status, got.head, got.body}), "") << op->name() << '\n' << got.body;
  answered.insert(got.status);
}

/// What is taken is what the file says may be sent.
void OpenApi::check_request(const request& asked) const {
  if (!asked.body.empty()) {
    EXPECT_EQ(the_file().objection_to_request(*op, asked.body), "") << op->name() << '\n' << asked.body;
  }
  const auto known = the_file().parameters(*op, "query");
  const auto fields = model::parse_form(asked.query.empty() ? "" : asked.query.substr(1)).value();
  for (const auto& field : fields)
    EXPECT_TRUE(std::any_of(known.begin(), known.end(),
                            [&](const auto* one) { return text_of((*one)["name"]) == field.first; }))
        << op->name() << " takes " << field.first;
}

/// What the API tells those who may not ask, whatever they ask for.
void OpenApi::strangers() {
  const auto needed = scope_for(*to);
  const std::string body = op->says->HasMember("requestBody") ? "{}" : "";
  expect(401, {.body = body, .shown = ""});
  expect(401, {.body = body, .shown = "wrong"});
  expect(403, {.body = body, .shown = make_key("salon-1", all_but(needed))});
  const auto others = make_key("b", all_but(std::nullopt));
  if (needed && op->path.find("{id}") != std::string::npos) expect(404, {.body = body, .shown = others});
  open([](auto& with) { with.admin_token.clear(); });
  expect(403, {.body = body});
  open();
  const auto unseen = make_key("b", all_but(std::nullopt));  // what was shown before is remembered
  kept->is_away = true;
  expect(503, {.body = body, .shown = unseen});
  kept->is_away = false;
  if (!body.empty()) check_too_big();
}

/// It is refused by its head.
void OpenApi::check_too_big() {
  check(413, exchange(op->method + " " + target_of({}) +
                      " HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer admin\r\nContent-Length: " +
                      std::to_string(to->max_body_bytes + 1) + "\r\n\r\n"));
}

/// Of a list each parameter by itself: its example, each of its words, its bounds, and nothing beyond them.
void OpenApi::each_parameter() {
  const auto all = the_file().parameters(*op, "query");
  for (const auto* one : all) {
    form others;
    for (const auto* other : all)
      if (other != one && other->HasMember("required"))
        others.emplace_back(text_of((*other)["name"]), text_of((*other)["example"]));
    if (op->path == "/api/usage/variants" && text_of((*one)["name"]) != "tenant")
      others.emplace_back("tenant", "salon-1");
    try_parameter(*one, others);
  }
}

void OpenApi::try_parameter(const openapi_file::value& parameter, const form& others) {
  const auto ask = [&](unsigned status, const std::string& value) {
    auto fields = others;
    fields.emplace_back(text_of(parameter["name"]), value);
    expect(status, {.query = "?" + encoded(fields)});
  };
  const auto& schema = the_file().behind(parameter["schema"]);
  if (schema.HasMember("type") && text_of(schema["type"]) == "integer") {
    ask(200, std::to_string(schema["minimum"].GetInt()));
    ask(200, std::to_string(schema["maximum"].GetInt()));
    ask(400, std::to_string(schema["minimum"].GetInt() - 1));
    return ask(400, std::to_string(schema["maximum"].GetInt() + 1));
  }
  ask(200, std::string{text_of(parameter["example"])});
  if (!schema.HasMember("enum")) return;
  for (const auto& word : schema["enum"].GetArray()) ask(200, std::string{text_of(word)});
  ask(400, "none-of-them");
}

/// Signed, and not; the fields in the query of a GET, in the body of a POST.
void OpenApi::twilio_asks(unsigned status, const form& fields) {
  const bool in_body = op->method == "POST";
  const auto target = target_of({}) + (in_body ? "" : "?" + encoded(fields));
  const auto signature = model::twilio::signature(token, origin + target, in_body ? fields : form{});
  for (const auto& shown : {signature, std::string{"AAAAAAAAAAAAAAAAAAAAAAAAAAA="}})
    check(shown == signature ? status : 403,
          in_body ? exchange(post_bytes(target, fields, shown)) : get(target, "X-Twilio-Signature: " + shown + "\r\n"));
}

void OpenApi::places_calls() {
  tenant->outbound.emplace();
  tenant->outbound->enabled = true;
  tenant->outbound->allowed = {"+1"};
  tenant->outbound->per_day = 4;
  replace(registry, {*tenant});
  settle();
}

void OpenApi::rings(const model::call_sid& call) {
  model::dial one;
  one.asked.tenant = tenant->id;
  one.shown_by = {"t1"};
  (void)dials->begin(one, model::dial_verdict::allowed, {}, {}, counters);
  dials->placed(one.shown_by, call);
}

// --- the table

// NOLINTNEXTLINE(readability-function-cognitive-complexity): a table
const std::vector<row>& OpenApi::rows() {
  static const auto twiml = [](OpenApi& me) { me.twilio_asks(200, voice_form()); };
  static const auto noted = [](OpenApi& me) { me.twilio_asks(204, voice_form()); };
  static const auto initiation = [](OpenApi& me) {
    me.expect(200, {.body = "{}", .shown = "", .fields = "X-Webhook-Secret: wsec\r\n"});
    me.expect(401, {.body = "{}", .shown = ""});
  };
  static const auto tool = [](OpenApi& me) {
    const std::string secret = "X-Webhook-Secret: wsec\r\n", json = "Content-Type: application/json\r\n";
    if (me.op->method == "GET")
      me.check(200, me.get(me.op->path.substr(0, me.op->path.find('{')) +
                               (me.op->path.ends_with('}') ? "business_hours" : "") + "?tenantId=salon-1",
                           secret));
    else
      me.expect(200, {.body = R"({"tenantId":"salon-1"})", .shown = "", .fields = secret + json});
    me.expect(401, {.shown = ""});
  };
  static const auto ok = [](OpenApi& me) { me.expect(200, {.shown = ""}); };
  static const auto readiness_told = [](OpenApi& me) {
    me.expect(200, {.shown = ""});
    me.ready = {readiness::state::degraded, "the disk is full"};
    me.expect(200, {.shown = ""});
    me.ready = {readiness::state::not_ready, "this node is stopping"};
    me.expect(503, {.shown = ""});
  };
  static const auto figures = [](OpenApi& me) {
    me.expect(200, {.shown = ""});
    me.open([](auto& with) { with.metrics_token = "m3trics"; });
    me.expect(401, {.shown = ""});
    me.expect(200, {.shown = "m3trics"});
  };
  static const auto change_numbers = [](OpenApi& me) {
    me.expect(200, {.body = R"({"dryRun":true})"});
    me.expect(200, {.body = R"({"number":"+1 555 010 0002"})"});
    me.at_twilio->calls.clear();
    EXPECT_THAT(me.expect(200, {.body = "{}"}).body, HasSubstr("twilio_number_unknown"));
    me.expect(400, {.body = R"({"number":"x"})"});
    me.expect(404, {.body = "{}", .in_path = {{"id", "nobody"}}});
  };
  static const std::vector<row> all{
      // --- Twilio and ElevenLabs
      {"GET /api/webhooks/twilio/elevenlabs", twiml},
      {"POST /api/webhooks/twilio/elevenlabs", twiml},
      {"GET /api/webhooks/twilio/connect-action", twiml},
      {"POST /api/webhooks/twilio/connect-action", twiml},
      {"GET /api/webhooks/twilio/status", noted},
      {"POST /api/webhooks/twilio/status", noted},
      {"GET /api/webhooks/twilio/stream-status", noted},
      {"POST /api/webhooks/twilio/stream-status", noted},
      {"GET /api/webhooks/twilio/recording-status", noted},
      {"POST /api/webhooks/twilio/recording-status", noted},
      {"GET /api/webhooks/twilio/whisper", twiml},
      {"POST /api/webhooks/twilio/whisper", twiml},
      {"POST /api/webhooks/twilio/outbound/{ticket}", twiml},
      {"POST /api/webhooks/twilio/outbound-status/{ticket}",
       [](OpenApi& me) {
         auto last = voice_form();
         last[4].second = "busy";
         last[5].second = "outbound-api";
         me.twilio_asks(204, last);
         me.open([&](auto& with) { with.webhooks.registry = me.registry_that_is_away(); });
         me.twilio_asks(503, last);
       }},
      {"POST /api/webhooks/twilio/outbound-machine/{ticket}", noted},
      {"GET /api/webhooks/twilio/hold-music.wav", ok},
      {"HEAD /api/webhooks/twilio/hold-music.wav", ok},
      {"GET /media-stream/doctor",
       [](OpenApi& me) {
         const std::string path = "/media-stream/doctor";
         const auto now = std::chrono::system_clock::now().time_since_epoch();
         auto opening = upgrade_bytes(path, "none");
         opening.insert(opening.size() - 2,
                        std::string{model::doctor_field} + ": " +
                            model::doctor_proof("admin", std::chrono::floor<std::chrono::seconds>(now).count()) +
                            "\r\n");
         me.check(426, me.get(path));
         me.check(401, me.exchange(upgrade_bytes(path, "none")));
         me.check(101, me.exchange(opening));
         me.check(503, me.exchange(opening));
         me.open([](auto& with) { with.admin_token.clear(); });
         me.check(403, me.exchange(opening));
       }},
      {"GET /media-stream/{ticket}",
       [](OpenApi& me) {
         me.post(voice_path, voice_form());
         const std::string path = "/media-stream/ticket-1";
         me.check(426, me.get(path));
         me.check(403, me.exchange(upgrade_bytes(path, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
         me.check(404, me.upgrade("/media-stream/ticket-9"));
         me.check(101, me.upgrade(path));
         me.check(409, me.upgrade(path));
         caf::anon_send_exit(me.supervisor, caf::exit_reason::kill);
         me.settle();
         me.check(503, me.upgrade(path));
       }},
      {"POST /api/webhooks/elevenlabs/conversation-initiation", initiation},
      {"POST /api/ai/webhook/elevenlabs", initiation},
      {"GET /api/webhooks/elevenlabs/tools/{tool}", tool},
      {"POST /api/webhooks/elevenlabs/tools/{tool}", tool},
      {"GET /api/webhooks/elevenlabs/services", tool},
      {"POST /api/webhooks/elevenlabs/services", tool},
      {"GET /api/webhooks/elevenlabs/employees", tool},
      {"POST /api/webhooks/elevenlabs/employees", tool},
      {"GET /api/webhooks/elevenlabs/appointments", tool},
      {"POST /api/webhooks/elevenlabs/appointments", tool},
      {"POST /api/webhooks/elevenlabs/post-call",
       [](OpenApi& me) {
         const auto tell = [&](unsigned status, const std::string& body) {
           me.expect(
               status,
               {.body = body,
                .shown = "",
                .fields = "ElevenLabs-Signature: " + model::elevenlabs::sign("wsec", 1'800'000'000, body) + "\r\n"});
         };
         const auto report = [](const std::string& more) {
           return R"({"type":"post_call_transcription","event_timestamp":1739537297,"data":{"agent_id":"agent_01",)"
                  R"("conversation_id":"conv_01","status":"done")" +
                  more + "}}";
         };
         tell(200, report(""));
         tell(400, R"({"type":"post_call_audio","data":{"full_audio":"not base64!"}})");
         tell(413, report(",\"x\":\"" + std::string(9UL * 1024 * 1024, 'x') + "\""));
         *me.keeper_says = callback_kept::outcome::full;
         tell(503, report(""));
         me.expect(401, {.body = report(""), .shown = ""});
       }},

      {"POST /api/webhooks/doctor/{echo}",
       [](OpenApi& me) {
         const auto now = std::chrono::system_clock::now().time_since_epoch();
         const auto proof = std::string{model::doctor_field} + ": " +
                            model::doctor_proof("admin", std::chrono::floor<std::chrono::seconds>(now).count()) +
                            "\r\n";
         me.expect(200, {.shown = "", .fields = proof});
         me.expect(401);
         me.check_too_big();
         me.open([](auto& with) { with.admin_token.clear(); });
         me.expect(403, {.shown = "", .fields = proof});
       }},

      // --- machines
      {"GET /health", ok},
      {"HEAD /health", ok},
      {"GET /ready", readiness_told},
      {"HEAD /ready", readiness_told},
      {"GET /metrics", figures},
      {"HEAD /metrics", figures},

      // --- tenants
      {"POST /api/tenants",
       [](OpenApi& me) {
         me.at_twilio->calls["+15551234569"] = {};
         EXPECT_THAT(me.expect(201, {.body = document("c", "+1 (555) 123-4569", R"(,"attach":true)")}).body,
                     HasSubstr(R"("attach":[)"));
         me.expect(201, {.body = document("d", "+15551234570",
                                          R"(,"status":"pending","businessType":"hair salon",)"
                                          R"("secrets":{"elevenLabs":{"apiKey":"sk_1"}})")});
         EXPECT_THAT(me.expect(409, {.body = document("d", "+15551234571")}).head, HasSubstr("\r\nETag: "));
         me.expect(409, {.body = document("e", "+15551234570")});
         me.expect(400, {.body = document("f", "+15551234572", R"(,"settings":{"language":"?","wrong":1})")});
       }},
      {"GET /api/tenants",
       [](OpenApi& me) {
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"({"set":true})"));
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?limit=0"});
       }},
      {"GET /api/tenants/{id}",
       [](OpenApi& me) {
         const auto got = me.expect(200);
         me.expect(304, {.fields = "If-None-Match: " + header_in(got.head, "ETag") + "\r\n"});
         me.expect(400, {.fields = "If-Match: x\r\n"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
       }},
      {"PUT /api/tenants/{id}",
       [](OpenApi& me) {
         const std::string only_new = "If-None-Match: *\r\n";
         me.expect(200, {.body = document("salon-1", own_number, R"(,"settings":{"language":"da"})")});
         me.expect(201, {.body = document("c", "+15551234569"), .fields = only_new, .in_path = {{"id", "c"}}});
         me.expect(400, {.body = document("other", own_number)});
         me.expect(404, {.body = document("nobody", "+15551234570"), .in_path = {{"id", "nobody"}}});
         me.expect(409, {.body = document("salon-1", "+15551234568")});
         me.expect(412, {.body = document("salon-1", own_number), .fields = only_new});
         me.expect(403,
                   {.body = document("salon-1", "+15551234571"), .shown = me.make_key("salon-1", {scope::settings})});
       }},
      {"PATCH /api/tenants/{id}",
       [](OpenApi& me) {
         me.expect(200, {.body = R"({"settings":{"greeting":"Hi","language":null}})"});
         me.expect(200,
                   {.body = R"({"settings":{"greeting":"Hi"}})", .shown = me.make_key("salon-1", {scope::settings})});
         me.expect(400, {.body = R"({"settings":{"language":"?"}})"});
         me.expect(404, {.body = "{}", .in_path = {{"id", "nobody"}}});
         me.expect(409, {.body = R"({"status":"pending"})"});
         me.expect(412, {.body = R"({"name":"Late"})", .fields = "If-Match: \"0123\"\r\n"});
       }},
      {"DELETE /api/tenants/{id}",
       [](OpenApi& me) {
         me.expect(400, {.fields = "If-Match: x\r\n"});
         me.expect(412, {.fields = "If-Match: \"0123\"\r\n"});
         me.expect(204);
         me.expect(404);
       }},
      {"POST /api/tenant-store/restore",
       [](OpenApi& me) {
         me.expect(200);
         me.open([](auto& with) { with.mirror = nullptr; });
         me.expect(409);
       }},
      {"POST /api/tenant-store/whole", [](OpenApi& me) { me.expect(204); }},
      {"POST /api/tenant-store/rotate-secrets",
       [](OpenApi& me) {
         me.expect(200);
         me.open([](auto& with) {
           with.seal = std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
         });
         me.expect(409);
       }},
      {"GET /api/tenants/{id}/route",
       [](OpenApi& me) {
         me.expect(200);
         me.tenant->blocked_callers = {"+15550107777"};
         replace(me.registry, {*me.tenant});
         EXPECT_THAT(me.expect(200, {.query = "?from=%2B15550107777"}).body, HasSubstr("caller_blocked"));
         me.tenant->blocked_callers.clear();
         me.tenant->caller_rules = {{"vip", {"+15550107777"}, model::tenant::action::transfer, {}, allowed}};
         me.tenant->language = "da";
         replace(me.registry, {*me.tenant});
         EXPECT_THAT(me.expect(200, {.query = "?from=%2B15550107777"}).body, HasSubstr(R"("ruleName":"vip")"));
         me.expect(400, {.query = "?colour=red"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/numbers",
       [](OpenApi& me) {
         me.at_twilio->calls[own_number].application = "AP1";
         EXPECT_THAT(me.expect(200).body, HasSubstr("voiceApplicationSid"));
         me.at_twilio->calls[own_number].application.clear();
         me.at_twilio->calls[own_number].trunk = "TK1";
         EXPECT_THAT(me.expect(200).body, HasSubstr("trunkSid"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/numbers/attach", change_numbers},
      {"POST /api/tenants/{id}/numbers/detach", change_numbers},
      {"GET /api/tenants/{id}/live",
       [](OpenApi& me) {
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("vendor")"));
         tenant_usage usage;
         usage.vendor_calls = 20;
         const auto& schema = the_file().document()["components"]["schemas"]["Live"];
         EXPECT_EQ(the_file().objection_to_json(schema, to_json(*me.tenant, usage, true)), "");
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/webhooks/deliveries",
       [](OpenApi& me) {
         notice_database::notice one;
         one.id = "msg_1";
         one.to = {"salon-1", "crm"};
         one.event = "call.ended";
         one.call = some_call.value;
         me.deliveries->page = {one};
         one.attempts = 9;
         one.last_attempt = one.dead = one.due = one.queued;
         one.last_status = 503;
         one.last_error = "HTTP 503";
         me.deliveries->page.push_back(one);
         me.expect(200);
         me.deliveries->next = 41;
         EXPECT_THAT(me.expect(200, {.query = "?state=waiting"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?state=lost"});
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/webhooks/deliveries/{deliveryId}/redeliver",
       [](OpenApi& me) {
         notice_database::notice one;
         one.id = "msg_1";
         one.event = "call.ended";
         me.deliveries->page = {one};
         me.expect(202);
         EXPECT_THAT(me.expect(404, {.in_path = {{"deliveryId", "msg_9"}}}).body, HasSubstr("\"not_found\""));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/tenants/{id}/keys",
       [](OpenApi& me) {
         (void)me.make_key("salon-1", {scope::read});
         for (auto& [id, key] : me.kept->keys) key.last_used = std::chrono::sys_days{std::chrono::days{20'000}};
         EXPECT_THAT(me.expect(200).body, HasSubstr("lastUsed"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"POST /api/tenants/{id}/keys",
       [](OpenApi& me) {
         const std::string wanted = R"({"name":"our CRM","scopes":["read","control"]})";
         me.expect(201, {.body = wanted});
         me.expect(403, {.body = wanted, .shown = me.make_key("salon-1", {scope::settings})});
         me.expect(400, {.body = R"({"name":" ","scopes":[]})"});
         me.expect(404, {.body = wanted, .in_path = {{"id", "nobody"}}});
         while (me.kept->keys.size() < model::max_api_keys_of_a_tenant) (void)me.make_key("salon-1", {scope::read});
         me.expect(409, {.body = wanted});
       }},
      {"DELETE /api/tenants/{id}/keys/{keyId}",
       [](OpenApi& me) {
         const auto key = me.make_key("salon-1", {scope::read});
         me.expect(204, {.in_path = {{"keyId", std::string{*model::api_key_id(key)}}}});
         EXPECT_THAT(me.expect(404).body, HasSubstr("key_not_found"));
         me.expect(404, {.in_path = {{"id", "nobody"}}});
       }},
      {"GET /api/audit",
       [](OpenApi& me) {
         model::audit_entry entry;
         entry.seq = 1;
         entry.who = "operator";
         entry.what = "secrets.rotate";
         me.kept->trail = {entry};
         entry.seq = 2;
         entry.who = "key 0123456789ab";
         entry.what = "tenant.change";
         entry.tenant = {"salon-1"};
         entry.before = R"({"name":"A"})";
         entry.after = R"({"bytes":17000})";
         entry.secrets = R"(["secrets.elevenLabs.apiKey"])";
         me.kept->trail.push_back(entry);
         entry.secrets = R"({"bytes":17000})";
         me.kept->trail.push_back(entry);
         me.expect(200);
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?who=operator"});
       }},

      {"GET /api/webhooks/refused",
       [](OpenApi& me) {
         const auto fields = voice_form();
         me.exchange(post_bytes(voice_path, fields, "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "X-Request-Id: edge-1\r\n"));
         me.exchange(upgrade_bytes("/media-stream/ticket-9", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
         const auto got = me.expect(200);
         EXPECT_THAT(got.body, HasSubstr(R"("requestId":"edge-1")"));
         EXPECT_THAT(got.body, HasSubstr(R"("route":"media_stream")"));
         me.expect(400, {.query = "?since=yesterday&colour=red"});
       }},

      // --- usage
      {"GET /api/usage",
       [](OpenApi& me) {
         call_database::usage_row used;
         used.whose = {{"salon-1"}, std::chrono::system_clock::now(), {"agent_1"}, "old"};
         used.used = {61, 8'500, false, model::end_reason::caller_hung_up};
         me.stored->used = {used, used, used};
         me.expect(200);
         EXPECT_THAT(me.expect(200, {.query = "?by=tenant,day,agent,variant"}).body, HasSubstr(R"("variant":"old")"));
         me.expect(200, {.query = "?by="});
         me.expect(400, {.query = "?by=colour"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/usage/drift",
       [](OpenApi& me) {
         me.stored->ended = {ended_record()};
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("onlyOurs":{"count":)"));
         me.expect(400, {.query = "?by=day"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/usage/variants",
       [](OpenApi& me) {
         const std::string query = "?tenant=salon-1&a=old&b=new";
         call_database::usage_row used;
         const auto judged = [&](const std::string& variant, bool success) {
           used.whose.variant = variant;
           used.used.outcome = model::end_reason::caller_hung_up;
           used.success = success;
           me.stored->used.push_back(used);
         };
         for (int i = 0; i < 10; ++i) judged(i % 2 == 0 ? "old" : "new", i % 2 == 0 || i == 1);
         EXPECT_THAT(me.expect(200, {.query = query}).body, HasSubstr("callsToGo"));
         for (int i = 0; i < 200; ++i) judged(i % 2 == 0 ? "old" : "new", i % 2 == 0);
         EXPECT_THAT(me.expect(200, {.query = query}).body, HasSubstr(R"("better":"old")"));
         me.expect(400);
         me.expect(404, {.query = "?tenant=b&a=old&b=new", .shown = me.make_key("salon-1", {scope::read})});
       }},

      // --- calls
      {"GET /api/calls",
       [](OpenApi& me) {
         me.talk();
         me.stored->ended = {ended_record()};
         const auto got = me.expect(200);
         EXPECT_THAT(got.body, HasSubstr(R"("state":"talking")"));
         EXPECT_THAT(got.body, HasSubstr(R"("troubled":"slow_agent")"));
         EXPECT_THAT(me.expect(200, {.query = "?limit=1"}).body, HasSubstr("nextCursor"));
         me.expect(400, {.query = "?limit=0&colour=red"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/calls/export",
       [](OpenApi& me) {
         me.stored->ended = {ended_record()};
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("callSid":"CA1")"));
         EXPECT_THAT(me.expect(200, {.query = "?format=csv"}).body, HasSubstr("\r\nCA1,"));
         me.expect(400, {.query = "?limit=5"});
         me.expect(404, {.query = "?tenant=b", .shown = me.make_key("salon-1", {scope::read})});
       }},
      {"GET /api/calls/events",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr("event: snapshot"));
         const auto client = me.streams.back();
         EXPECT_EQ(me.api("POST", "/api/calls/" + some_call.value + "/hangup", "admin").status, 202u);
         me.pass(call_watchers_settings::pause);
         me.pass(call_watchers_settings::beat);
         const auto later = answer_on(*client);
         EXPECT_THAT(later.body, HasSubstr("event: ended"));
         me.check(200, later);
         me.expect(200, {.fields = "Last-Event-ID: 99999999\r\n"});
         me.expect(400, {.query = "?x=1"});
         for (std::size_t n = 0; n < call_watchers_settings::most; ++n) (void)me.send({});
         EXPECT_THAT(me.expect(503).body, HasSubstr("too many"));
       }},
      {"GET /api/calls/{CallSid}/events",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr("event: snapshot"));
         (void)me.expect(200, {.query = "?levels=1"});
         const auto client = me.streams.back();
         for (int n = 0; n < 10; ++n) me.tick(), me.pass(call_watchers_settings::levels_pause / 2);
         const auto later = answer_on(*client);
         EXPECT_THAT(later.body, HasSubstr("event: levels"));
         me.check(200, later);
         me.expect(400, {.query = "?levels=loud"});
         me.store_record(ended_record());
         me.expect(409, {.in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"GET /api/calls/{CallSid}/timeline",
       [](OpenApi& me) {
         me.expect(404);
         me.stored->events = {{some_call, {}, model::call_moment::webhook, "tenant salon-1"},
                              {some_call, {}, model::call_moment::ended, ""}};
         me.expect(200);
         me.store_record(unreadable);
         me.expect(500, {.shown = me.make_key("salon-1", {scope::read}), .in_path = call("CA9")});
       }},
      {"GET /api/calls/{CallSid}/why",
       [](OpenApi& me) {
         me.talk();
         me.expect(200);
         me.nobodys_and_unreadable();
       }},
      {"GET /api/calls/{CallSid}",
       [](OpenApi& me) {
         me.talk();
         EXPECT_THAT(me.expect(200).body, HasSubstr(R"("state":"talking")"));
         me.expect(200, {.shown = me.make_key("salon-1", {scope::read})});
         me.store_record(ended_record());
         EXPECT_THAT(me.expect(200, {.in_path = call("CA1")}).body, HasSubstr("transcriptLeftOut"));
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"DELETE /api/calls/{CallSid}",
       [](OpenApi& me) {
         me.talk();
         me.expect(409);
         me.store_record(ended_record());
         me.expect(204, {.in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable();
       }},
      {"POST /api/calls",
       [](OpenApi& me) {
         const auto wanted = [](const std::string& more) {
           return R"({"tenantId":"salon-1","to":"+15550100077")" + more + "}";
         };
         me.expect(403, {.body = wanted("")});
         me.places_calls();
         const twilio_answer placed{201, R"({"sid":"CA00000000000000000000000000000001"})", {}}, lost{0, {}, "lost"};
         me.at_twilio->next = {placed, {400, R"({"code":21211})", {}}, {429, R"({"code":20429})", {}}, lost};
         me.expect(201, {.body = wanted(R"(,"id":"a","variables":{"x":1},"machine":"off","from":"+15550100002")")});
         me.expect(200, {.body = wanted(R"(,"id":"a","variables":{"x":1},"machine":"off","from":"+15550100002")")});
         me.expect(409, {.body = wanted(R"(,"id":"a")")});
         me.expect(502, {.body = wanted("")});
         me.expect(503, {.body = wanted("")});
         EXPECT_EQ(me.send({.body = wanted(R"(,"id":"b")")}).status, 0u);
         const auto looking = me.streams.back();
         me.expect(202, {.body = wanted(R"(,"id":"b")")});
         me.pass(1s);
         me.pass(2s);
         me.check(504, answer_on(*looking));
         me.expect(429, {.body = R"({"tenantId":"salon-1","to":"+15550100078"})"});
         me.expect(400, {.body = R"({"tenantId":"salon-1","to":"me"})"});
         me.expect(404, {.body = R"({"tenantId":"nobody","to":"+15550100077"})"});
         me.stops = true;
         me.expect(503, {.body = wanted("")});
       }},
      {"POST /api/calls/{CallSid}/hangup",
       [](OpenApi& me) {
         me.talk();
         me.expect(202);
         me.nobodys_and_unreadable();
       }},
      {"POST /api/calls/{CallSid}/transfer",
       [](OpenApi& me) {
         me.talk();
         me.expect(409, {.body = R"({"to":"+15550100051"})"});
         me.expect(400, {.body = R"({"to":"555"})"});
         me.expect(202, {.body = R"({"to":"+1 555 010 0050"})"});
         me.nobodys_and_unreadable(R"({"to":"+15550100050"})");
       }},
      {"POST /api/calls/{CallSid}/say",
       [](OpenApi& me) {
         me.talk();
         me.expect(202, {.body = R"({"text":"We close in ten minutes."})"});
         me.expect(400, {.body = R"({"text":" "})"});
         me.store_record(ended_record());
         me.expect(409, {.body = R"({"text":"Hello"})", .in_path = call("CA1")});
         me.store_record("");
         me.nobodys_and_unreadable(R"({"text":"Hello"})");
       }},
      {"POST /api/calls/{CallSid}/recording",
       [](OpenApi& me) {
         me.talk();
         me.expect(200, {.body = R"({"action":"start"})"});
         me.expect(200, {.body = R"({"action":"pause"})"});
         me.expect(400, {.body = R"({"action":"sing"})"});
         me.at_recordings->next = {{0, {}, "lost"}};
         me.at_recordings->all.clear();
         me.expect(503, {.body = R"({"action":"start"})"});
         me.expect(409, {.body = R"({"action":"stop"})"});
         me.nobodys_and_unreadable(R"({"action":"start"})");
       }},
      {"POST /api/calls/{CallSid}/note",
       [](OpenApi& me) {
         me.talk();
         me.expect(202, {.body = R"({"text":"Called back."})"});
         me.expect(400, {.body = R"({"words":"Called back."})"});
         me.rings({"CA7"});
         me.expect(409, {.body = R"({"text":"Called back."})", .in_path = call("CA7")});
         me.nobodys_and_unreadable(R"({"text":"Paid."})");
       }},
      {"POST /api/forget",
       [](OpenApi& me) {
         me.stored->with_number = {{"CA1"}, {"CA2"}};
         me.expect(200, {.body = R"({"number":"+45 70 00 00 01"})"});
         me.expect(400, {.body = R"({"number":"me"})"});
       }},
  };
  return all;
}

TEST(OpenApiFile, IsAskedInEachOfItsOperations) {
  const auto& rows = OpenApi::rows();
  for (const auto& one : the_file().operations())
    EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [&](const row& each) { return each.operation == one.name(); }), 1)
        << one.name() << " is not in the table of what is asked";
}

/// Each status that the file has of the operation is provoked, and nothing else is answered.
TEST_P(OpenApi, AnswersAsTheFileSays) {
  op = the_file().find(GetParam().operation);
  ASSERT_TRUE(op != nullptr);
  const auto there = routes_by_operation();
  ASSERT_TRUE(there.contains(op->name()));
  to = there.at(op->name());
  if (to->may == audience::api_user) strangers();
  GetParam().asks(*this);
  if (to->may == audience::api_user) each_parameter();
  for (const auto status : the_file().statuses(*op))
    EXPECT_TRUE(answered.contains(status)) << op->name() << " has not answered " << status;
}

std::string name_of_row(const testing::TestParamInfo<row>& info) {
  std::string name;
  for (const char c : info.param.operation)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      name += c;
    else if (!name.ends_with('_'))
      name += '_';
  return name.substr(0, name.find_last_not_of('_') + 1);
}

INSTANTIATE_TEST_SUITE_P(Operations, OpenApi, testing::ValuesIn(OpenApi::rows()), name_of_row);

class OpenApiElse : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    open_doors();
  }
  static void check(const std::string& response, unsigned status, const answer& got) {
    EXPECT_EQ(got.status, status);
    const auto& says = the_file().document()["components"]["responses"][response.c_str()];
    EXPECT_EQ(the_file().objection_to_response(says, {got.status, got.head, got.body}, true), "") << got.body;
  }
};

TEST_F(OpenApiElse, IsAnsweredAsTheFileSaysToo) {
  check("MethodNotAllowed", 405, api("OPTIONS", "/api/calls", "admin"));
  check("MethodNotAllowed", 405, exchange("POST /health HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n\r\n"));
  check("NothingHere", 404, get("/nothing"));
  check("BrokenRequest", 400, exchange("GET /health HTTP/1.1\r\n\r\n"));
  check("BrokenRequest", 431, get("/health", "X: " + std::string(20'000, 'x') + "\r\n"));
}

// --- the test itself

/// A test that takes everything proves nothing.
TEST(OpenApiFile, RefusesWhatItDoesNotSay) {
  const auto& one = *the_file().find("GET /api/calls");
  const std::string named = "\r\nX-Request-Id: 1", json = "\r\nContent-Type: application/json";
  const struct {
    unsigned status;
    std::string head, body, objection;
  } answers[] = {
      {200, json + named, R"({"items":[],"more":1})", "additionalProperties"},
      {200, json + named, R"({"nextCursor":"x"})", "required"},
      {200, json + named, R"({"items":[{}]})", "required"},
      {200, json + named, "[", "no JSON"},
      {202, json + named, R"({"items":[]})", "202"},
      {200, json, R"({"items":[]})", "X-Request-Id"},
      {200, "\r\nContent-Type: text/html" + named, "<p>", "text/html"},
  };
  const std::string head = json + named;
  EXPECT_EQ(the_file().objection(one, {200, head, R"({"items":[]})"}), "");
  for (const auto& got : answers)
    EXPECT_THAT(the_file().objection(one, {got.status, got.head, got.body}), HasSubstr(got.objection));
}

TEST(OpenApiFile, RefusesARecordWithAFieldMore) {
  const auto& schema = the_file().document()["components"]["schemas"]["CallRecord"];
  auto record = to_json(model::test::whole_record());
  EXPECT_EQ(the_file().objection_to_json(schema, record), "");
  record.insert(1, R"("mood":"good",)");
  EXPECT_THAT(the_file().objection_to_json(schema, record), HasSubstr("additionalProperties"));
}

}  // namespace
}  // namespace tonris::actors::test
