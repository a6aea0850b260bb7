#include "tests/e2e/world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <set>
#include <thread>

namespace tonris::e2e {

namespace {

constexpr std::chrono::seconds longest_call{120};

std::vector<std::uint8_t> tone(std::size_t bytes) {
  std::vector<std::uint8_t> ulaw(bytes);
  for (std::size_t i = 0; i < bytes; ++i) ulaw[i] = (i / 8) % 2 ? 0x90 : 0x10;  // a loud square wave of 500 Hz
  return ulaw;
}

}  // namespace

std::string one_tenant(const std::string& more) {
  return R"([{"id":"salon-1","name":"Test Salon","twilioPhoneNumber":"+15550100002","settings":{"elevenLabsAgentId":"agent_demo")" +
         (more.empty() ? std::string{} : "," + more) + "}}]";
}

std::string tenant(const std::string& id, const std::string& number, const std::string& agent,
                   const std::string& more) {
  return R"({"id":")" + id + R"(","name":"N","twilioPhoneNumber":")" + number +
         R"(","settings":{"elevenLabsAgentId":")" + agent + "\"" + (more.empty() ? "" : "," + more) + "}}";
}

world::world(behaviour agents, std::shared_ptr<net::tls_server_context> vendor_tls, std::string vendor_name) {
  loop_.start();
  on_loop([&] {
    client_ = net::http_client::make(loop_, trusts_);
    sim::elevenlabs_options options;
    options.api_key = api_key;
    options.behaviour = std::move(agents);
    options.tls = std::move(vendor_tls);
    options.name = std::move(vendor_name);
    auto listening = sim::elevenlabs_server::listen(loop_, std::move(options), *this, *this);
    if (!listening) throw std::runtime_error("the vendor cannot listen");
    vendor_ = std::move(*listening);
    sim::twilio_rest_options rest;
    rest.accounts = {{account_sid, auth_token}};
    rest.calls = book_;
    auto answering = sim::twilio_rest_server::listen(loop_, std::move(rest));
    if (!answering) throw std::runtime_error("Twilio's REST API cannot listen");
    twilio_ = std::move(*answering);
    sim::placed_calls::options phones;
    phones.book = book_;
    phones.phone = [this](const sim::call_order& order) { return phone ? phone(order) : sim::pick_up{}; };
    phones_ = std::make_unique<sim::placed_calls>(loop_, *client_, trusts_, std::move(phones));
    twilio_->ring_at(*phones_);
    twilio_->complete_by([this](const std::string& sid) {
      const auto known = on_the_line_.find(sid);
      const auto caller = known == on_the_line_.end() ? nullptr : known->second.lock();
      if (!caller || book_->find(sid) == nullptr || book_->find(sid)->ended) return false;
      caller->hang_up();
      return true;
    });
    twilio_->add(account_sid, "+15550100002");
  });
}

world::~world() {
  if (gateway_ && testing::Test::HasFailure()) std::cerr << "--- the gateway's log:\n" << gateway_->log() << "---\n";
  gateway_.reset();
  on_loop([&] {
    vendor_.reset();
    twilio_.reset();
    phones_.reset();
    client_.reset();
    askers_.clear();
  });
  loop_.stop();
}

void world::serve_over_tls(const bench::certificate_files& files) {
  ::setenv("SSL_CERT_FILE", files.authority.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): nobody asks for it now
  trusts_ = net::tls_client_context::make().value();
  ::unsetenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe)
  tls_settings_ = {{"TLS_CERT_FILE", files.certificate}, {"TLS_KEY_FILE", files.key}};
  close_http_connections();
}

gateway_process& world::start_gateway(const std::string& tenants, std::map<std::string, std::string> settings,
                                      const surroundings& around) {
  settings.emplace("TWILIO_ACCOUNT_SID", account_sid);
  settings.emplace("TWILIO_AUTH_TOKEN", auth_token);
  settings.emplace("ELEVENLABS_API_KEY", api_key);
  settings.emplace("ELEVENLABS_API_BASE_URL", on_loop([&] { return vendor_->base_url(); }));
  settings.emplace("TWILIO_API_BASE_URL", on_loop([&] { return twilio_->base_url(); }));
  settings.emplace("ADMIN_TOKEN", admin_token);
  settings.insert(tls_settings_.begin(), tls_settings_.end());
  gateway_ = std::make_unique<gateway_process>(std::move(settings), tenants, around);
  if (!gateway_->wait_until_healthy()) throw std::runtime_error("the gateway did not start: " + gateway_->log());
  return *gateway_;
}

sim::caller_options world::caller() const {
  sim::caller_options options;
  options.account = {account_sid, auth_token, {}, {}};
  options.webhook_url = gateway_->origin() + "/api/webhooks/twilio/elevenlabs";
  options.status_callback_url = gateway_->origin() + "/api/webhooks/twilio/status";
  options.twiml.fast = true;
  options.book = book_;
  return options;
}

std::future<sim::caller_report> world::place(sim::caller_options options, sim::frame_source& source,
                                             sim::frame_sink& sink, std::shared_ptr<sim::twilio_caller>* made) {
  options.on_hung_up = [this, also = std::move(options.on_hung_up)](const std::string& call_sid) {
    vendor_->caller_hung_up(call_sid);
    if (also) also(call_sid);
  };
  options.on_message = [this](const std::string& call_sid, const sim::twiml::keep_message& message) {
    twilio_->recordings().add_message(account_sid, call_sid, message.recording_sid, message.recorded);
  };
  options.on_over = [this](const std::string& call_sid) { twilio_->recordings().call_is_over(call_sid); };
  auto done = std::make_shared<std::promise<sim::caller_report>>();
  auto report = done->get_future();
  on_loop([&] {
    auto caller = sim::twilio_caller::make(loop_, *client_, trusts_, std::move(options), source, sink);
    if (made) *made = caller;
    on_the_line_[caller->call_sid()] = caller;
    caller->call([done](const sim::caller_report& r) { done->set_value(r); });
  });
  return report;
}

sim::caller_report world::call(sim::caller_options options, sim::frame_source& source, sim::frame_sink& sink) {
  auto report = place(std::move(options), source, sink);
  if (report.wait_for(longest_call) != std::future_status::ready)
    throw std::runtime_error("the call does not end: " + gateway_->log());
  return report.get();
}

sim::caller_report world::call(sim::caller_options options) {
  static silent says;
  listener hears;
  return call(std::move(options), says, hears);
}

void world::post_webhook(const std::string& call_sid, std::function<void(sim::webhook_poster::answer)> answered,
                         const std::string& path, const std::string& status, const sim::form_fields& further) {
  sim::form_fields fields{{"CallSid", call_sid},       {"AccountSid", account_sid}, {"From", "+15550100001"},
                          {"To", "+15550100002"},      {"CallStatus", status},      {"Direction", "inbound"},
                          {"ApiVersion", "2010-04-01"}};
  fields.insert(fields.end(), further.begin(), further.end());
  on_loop([&] { post(gateway_->origin() + path, fields, std::move(answered)); });
}

void world::tell_of_recordings() {
  on_loop([&] {
    twilio_->recordings().tell_by([this](const std::string& url, const model::form& fields) {
      post(url, sim::form_fields(fields.begin(), fields.end()), [](const sim::webhook_poster::answer&) {});
    });
  });
}

void world::post(const std::string& url, const sim::form_fields& fields,
                 std::function<void(sim::webhook_poster::answer)> answered) {
  const std::shared_ptr<net::http_client> client = net::http_client::make(loop_, trusts_);
  askers_.insert(client);
  auto poster = std::make_shared<sim::webhook_poster>(*client, sim::twilio_account{account_sid, auth_token, {}, {}});
  poster->send(url, "POST", fields,
               [this, poster, answered = std::move(answered),
                asker = std::weak_ptr{client}](net::result<sim::webhook_poster::answer> got) {
                 answered(got ? std::move(*got) : sim::webhook_poster::answer{});
                 loop_.post([this, asker] { askers_.erase(asker.lock()); });  // it is it who calls us
               });
}

void world::close_http_connections() {
  on_loop([&] { client_ = net::http_client::make(loop_, trusts_); });
}

std::vector<sim::conversation_record> world::conversations() {
  return on_loop(
      [&] { return std::vector<sim::conversation_record>(vendor_->ended().begin(), vendor_->ended().end()); });
}

std::vector<sim::violation> world::vendor_violations() {
  return on_loop([&] { return vendor_->all_violations(); });
}

bool world::wait_until(const std::function<bool()>& true_on_loop, std::chrono::seconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  while (std::chrono::steady_clock::now() < deadline) {
    if (on_loop([&] { return true_on_loop(); })) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return false;
}

std::vector<std::uint8_t> world::heard_by_agent(const std::string& call_sid) {
  return on_loop([&] { return heard_[call_sid]; });
}

std::vector<sim::conversation_record> world::conversations(const std::string& call_sid) {
  (void)wait_until([&] { return vendor_->of_call(call_sid) == nullptr; }, std::chrono::seconds{10});
  auto all = conversations();
  std::erase_if(all, [&](const sim::conversation_record& one) {
    const auto call = one.facts.variables.find("call_sid");
    return call == one.facts.variables.end() || call->second != call_sid;
  });
  return all;
}

std::string world::record(const std::string& call_sid, const std::string& awaited) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  auto record = ask_operator("/api/calls/" + call_sid);
  while (record.find(awaited) == std::string::npos && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    record = ask_operator("/api/calls/" + call_sid);
  }
  return record;
}

std::string world::events(const std::string& call_sid) {
  return ask_operator("/api/calls/" + call_sid + "/timeline");
}

std::string world::ask_operator(const std::string& path) {
  const auto answer = raw_exchange(
      gateway_->port(),
      "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer " + admin_token + "\r\n\r\n");
  const auto body = answer.find("\r\n\r\n");
  return body == std::string::npos ? answer : answer.substr(body + 4);
}

void world::caller_audio(const sim::conversation_facts& facts, std::span<const std::uint8_t> bytes) {
  if (agent_hears) agent_hears(bytes);
  const auto call = facts.variables.find("call_sid");
  if (call == facts.variables.end()) return;
  auto& heard = heard_[call->second];
  heard.insert(heard.end(), bytes.begin(), bytes.end());
}

std::vector<std::uint8_t> world::speech(const std::string& sound, const sim::conversation_facts& who) {
  return sounds ? sounds(sound, who) : tone(4000);
}

void identified_frames::fill(std::uint32_t id, std::uint64_t number, std::span<std::uint8_t> frame) {
  std::uint64_t x = (std::uint64_t{id} << 32) ^ number ^ 0x9E3779B97F4A7C15u;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    frame[i] = static_cast<std::uint8_t>(((x & 1) << 7) | (x >> 8 & 0x1F));  // loud: small codes are large samples
  }
  for (std::size_t i = 0; i < 4 && i < frame.size(); ++i) frame[i] = static_cast<std::uint8_t>(id >> (8 * i) & 0x7F);
  for (std::size_t i = 0; i < 4 && i + 4 < frame.size(); ++i)
    frame[4 + i] = static_cast<std::uint8_t>(number >> (7 * i) & 0x7F);
}

bool identified_frames::next(std::uint64_t number, std::span<std::uint8_t> frame) {
  if (number >= frames_) {
    std::fill(frame.begin(), frame.end(), sim::silence);
    return false;
  }
  fill(id_, number, frame);
  return true;
}

std::vector<std::uint8_t> identified_audio(std::uint32_t id, std::uint64_t count) {
  std::vector<std::uint8_t> all(count * sim::frame_bytes);
  for (std::uint64_t n = 0; n < count; ++n)
    identified_frames::fill(id, n, std::span{all}.subspan(n * sim::frame_bytes, sim::frame_bytes));
  return all;
}

std::size_t frames_found(std::uint32_t id, std::uint64_t count, const std::vector<std::uint8_t>& ulaw) {
  std::set<std::uint64_t> numbers;
  std::vector<std::uint8_t> frame(sim::frame_bytes);
  for (std::size_t at = 0; at + sim::frame_bytes <= ulaw.size(); at += sim::frame_bytes) {
    const std::uint64_t number = ulaw[at + 4] | ulaw[at + 5] << 7 | ulaw[at + 6] << 14;
    if (number >= count) continue;
    identified_frames::fill(id, number, frame);
    if (std::equal(frame.begin(), frame.end(), ulaw.begin() + static_cast<std::ptrdiff_t>(at))) numbers.insert(number);
  }
  return numbers.size();
}

bool silent::next(std::uint64_t number, std::span<std::uint8_t> frame) {
  std::fill(frame.begin(), frame.end(), sim::silence);
  return number < frames_;
}

void listener::heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool audible) {
  ear.resize(std::max<std::size_t>(ear.size(), (number + 1) * sim::frame_bytes), sim::silence);
  std::copy(frame.begin(), frame.end(), ear.begin() + static_cast<std::ptrdiff_t>(number * sim::frame_bytes));
  audible_frames += audible;
}

sim::agent_behaviour quiet_agent() {
  sim::agent_behaviour agent;
  agent.agent_id = "*";
  return agent;
}

std::string violations_of(const std::vector<sim::violation>& all) {
  std::string text;
  for (const auto& v : all) text += v.rule + ": " + v.detail + "\n";
  return text;
}

}  // namespace tonris::e2e
