#include "tests/actors/web/openapi_fixture.hpp"

#include <algorithm>
#include <chrono>

#include "actors/callback/by_number.hpp"
#include "actors/recording/recorder.hpp"
#include "model/access/principal.hpp"
#include "model/json/lookup.hpp"
#include "tests/actors/admission/counting.hpp"
#include "tests/model/call/whole_record.hpp"

namespace tonris::actors::test {

using model::scope;
using model::text_of;
using tonris::test::openapi_file;

namespace {

model::scopes all_but(std::optional<scope> one) {
  model::scopes some;
  for (std::size_t i = 0; i < model::scope_count; ++i)
    if (const auto each = static_cast<scope>(i); each != one) some.add(each);
  return some;
}

/// As OpenAPI writes it: the rest of a path is a parameter like others.
std::string path_of(const route& of) {
  std::string path{of.pattern};
  if (const auto rest = path.find("..."); rest != std::string::npos) path.erase(rest, 3);
  return path;
}

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
  return {[](const forget_callbacks&) { return callbacks_forgotten{}; },
          [](const forget_callbacks_with&) { return callbacks_with_forgotten{}; },
          [](begin_audio) { return incoming_audio{1}; },
          [](const append_audio&) { return audio_appended{}; },
          [](const drop_audio&) {},
          [says](const keep_callback&) { return callback_kept{*says}; }};
}

}  // namespace

const openapi_file& the_file() {
  static const openapi_file file;
  return file;
}

std::optional<scope> scope_for(const route& of) {
  for (std::size_t i = 0; i < model::scope_count; ++i) {
    const auto one = static_cast<scope>(i);
    if (model::may_ever({model::principal::kind::tenant, {"salon-1"}, {one}, {}}, of.does)) return one;
  }
  return std::nullopt;
}

std::map<std::string, const route*> routes_by_operation() {
  std::map<std::string, const route*> all;
  for (const auto& one : routes()) {
    if (one.by.has(methods::websocket)) all["GET " + path_of(one)] = &one;
    for (const auto* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
      if (one.by.has(std::string_view{method})) all[method + (" " + path_of(one))] = &one;
  }
  return all;
}

void PrintTo(const operation_asked& one, std::ostream* out) {
  *out << one.operation;
}

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

/// A parameter or a body that nobody reads may have been meant to change what is done.
void OpenApi::what_it_does_not_take() {
  expect(400, {.query = "?colour=red"});
  if (op->method == "POST" && !op->says->HasMember("requestBody")) expect(400, {.body = "garbage"});
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

tenant_registry OpenApi::registry_that_is_away() {
  return track_as<tenant_registry>(system.spawn([](caf::event_based_actor*) -> caf::behavior {
    const auto nobody_there = [] { return caf::make_error(caf::sec::runtime_error, "away"); };
    return {[nobody_there](const find_tenant&) -> caf::result<found_tenant> { return nobody_there(); },
            [nobody_there](const find_tenant_by_id&) -> caf::result<found_tenant> { return nobody_there(); }};
  }));
}

std::string OpenApi::ended_record() {
  auto record = model::test::whole_record();
  record.lines_left_out = 3;
  return to_json(record);
}

void OpenApi::nobodys_and_unreadable(const std::string& body) {
  expect(404, {.body = body, .in_path = call("CA9")});
  store_record(unreadable);
  expect(500, {.body = body, .in_path = call("CA9")});
}

}  // namespace tonris::actors::test
