#include "tools/sim/elevenlabs/server.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include "model/text/percent.hpp"
#include "tools/sim/elevenlabs/conversation_list.hpp"
#include "tools/sim/elevenlabs/vendor_answers.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::sim {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t records_kept = 20'000;
/// A wire goes on after its conversation, so that what the two ends said last still arrives.
constexpr std::chrono::seconds wire_outlives{5};
constexpr std::chrono::seconds left_within{1};    ///< the one that was slower
constexpr std::chrono::seconds hang_up_known{2};  ///< by then to the gateway, so that it begins nothing more

std::optional<std::string> query_value(const net::http_request& request, std::string_view name) {
  auto query = request.query();
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    if (pair.substr(0, pair.find('=')) == name && pair.size() > name.size())
      return model::percent_decoded(pair.substr(name.size() + 1));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
  }
  return std::nullopt;
}

std::string call_of(const conversation& talk) {
  const auto& variables = talk.record().facts.variables;
  const auto found = variables.find("call_sid");
  return found == variables.end() ? std::string{} : found->second;
}

constexpr std::string_view agents_path = "/v1/convai/agents/", conversations_path = "/v1/convai/conversations/";

net::websocket_limits socket_limits() {
  net::websocket_limits out;
  out.max_message_bytes = 1024 * 1024;
  out.max_queued_bytes = 64 * 1024 * 1024;
  return out;
}

}  // namespace

net::result<std::unique_ptr<elevenlabs_server>> elevenlabs_server::listen(net::loop& on, elevenlabs_options options,
                                                                          speech_source& speech,
                                                                          conversation_listener& listener) {
  const auto host = options.host;
  const auto port = options.port;
  std::unique_ptr<elevenlabs_server> made{new elevenlabs_server{on, std::move(options), speech, listener}};
  auto* me = made.get();
  auto server = net::http_server::listen(
      on, host, port, {}, made->options_.tls,
      [me, alive = made->alive_](const net::http_request& request, net::http_responder responder) {
        if (*alive) me->handle(request, std::move(responder));
      });
  if (!server) return tl::unexpected{server.error()};
  made->server_ = std::move(*server);
  made->server_->start();
  return made;
}

elevenlabs_server::elevenlabs_server(net::loop& on, elevenlabs_options options, speech_source& speech,
                                     conversation_listener& listener)
    : loop_(on),
      options_(std::move(options)),
      speech_(speech),
      listener_(listener),
      callbacks_(on, options_.callbacks, violations_) {}

void elevenlabs_server::call_back(callback_options how) {
  callbacks_.become(std::move(how));
}

elevenlabs_server::~elevenlabs_server() {
  *alive_ = false;
}

std::string elevenlabs_server::authority() const {
  return (options_.name.empty() ? options_.host : options_.name) + ":" + std::to_string(server_->port());
}

std::string elevenlabs_server::base_url() const {
  return (options_.tls ? "https://" : "http://") + authority();
}

void elevenlabs_server::handle(const net::http_request& request, net::http_responder responder) {
  const auto path = request.path();
  if (path == "/v1/convai/conversation/get-signed-url" || path == "/v1/convai/conversation/get_signed_url")
    return signed_url(request, std::move(responder));
  if (path == "/v1/convai/conversation") return upgrade(request, std::move(responder));
  if (const auto told = workspace_.find(path); told != workspace_.end())
    return tell_workspace(told->second, request, responder);
  if (path.starts_with(agents_path)) return agent_settings(request, std::move(responder));
  if (path == "/v1/convai/conversations") return tell_list(request, responder);
  if (path.starts_with(conversations_path)) return tell_conversation(request, responder);
  violations_.add("unknown_path", std::string{path.substr(0, 80)});
  ++refused_;
  responder.respond(net::make_response(404, "application/json", R"({"detail":"Not Found"})"));
}

// --- keys

bool elevenlabs_server::is_key(std::string_view given) const {
  const auto is_given = [&](const auto& one) { return one.second == given; };
  return options_.api_key.empty() || given == options_.api_key ||
         std::any_of(keys_of_agents_.begin(), keys_of_agents_.end(), is_given);
}

bool elevenlabs_server::may_see(std::string_view key, const std::string& agent_id) const {
  const auto owner = keys_of_agents_.find(agent_id);
  if (owner != keys_of_agents_.end()) return owner->second == key;
  return options_.api_key.empty() || key == options_.api_key;
}

// --- signed addresses

void elevenlabs_server::signed_url(const net::http_request& request, net::http_responder responder) {
  if (request.method != "GET") {
    violations_.add("method", "get-signed-url was asked by " + request.method.substr(0, 20));
    return refuse(responder, 405, "method", "Method Not Allowed");
  }
  const auto key = request.fields.get("xi-api-key");
  if (!is_key(key)) return refuse(responder, 401, "invalid_api_key", "The API key is not valid.");
  const auto agent_id = query_value(request, "agent_id");
  if (!agent_id || agent_id->empty()) return refuse(responder, 422, "missing", "");
  const auto behaviour = may_see(key, *agent_id) ? behaviour_of(*agent_id) : std::nullopt;
  if (!behaviour) return refuse(responder, 404, "agent_not_found", "Agent does not exist.");
  if (behaviour->signed_url.never_answers) {
    never_answered_.push_back(std::make_shared<net::http_responder>(std::move(responder)));
    return;
  }
  const auto held = std::make_shared<net::http_responder>(std::move(responder));
  if (behaviour->signed_url.delay.count() == 0) return answer_signed_url(*agent_id, *behaviour, std::move(*held));
  later(behaviour->signed_url.delay,
        [this, held, id = *agent_id, how = *behaviour] { answer_signed_url(id, how, std::move(*held)); });
}

void elevenlabs_server::answer_signed_url(const std::string& agent_id, const agent_behaviour& behaviour,
                                          net::http_responder responder) {
  const auto& how = behaviour.signed_url;
  if (how.status != 200 && failures_given_[agent_id] < how.times) {
    ++failures_given_[agent_id];
    return refuse(responder, how.status, code_of(how.status), "refused by the script");
  }
  const auto expires = clock::now() + how.valid_for;
  const auto signature = signatures_.issue(agent_id, expires);
  ++signed_given_;
  auto to = authority();
  if (behaviour.failure.needs_wire()) {
    if (auto laid = wire::lay(loop_, server_->port(), wire::gateway_end::dials)) {
      to = "127.0.0.1:" + std::to_string((*laid)->port());
      wires_.keep(signature, std::move(*laid), clock::now(), expires);
    }
  }
  responder.respond(signed_url_answer((options_.tls ? "wss://" : "ws://") + to + "/v1/convai/conversation?agent_id=" +
                                      model::percent_encoded(agent_id) + "&conversation_signature=" + signature));
}

void elevenlabs_server::refuse(net::http_responder& responder, unsigned status, std::string_view code,
                               std::string_view message) {
  ++refused_;
  responder.respond(error_answer(status, code, message));
}

// --- the workspace

void elevenlabs_server::tell(std::string path, std::string json) {
  workspace_.insert_or_assign(std::move(path), std::move(json));
}

void elevenlabs_server::tell_workspace(const std::string& json, const net::http_request& request,
                                       net::http_responder& responder) {
  if (!is_key(request.fields.get("xi-api-key")))
    return refuse(responder, 401, "invalid_api_key", "The API key is not valid.");
  responder.respond(net::make_response(200, "application/json", json));
}

// --- an agent's settings

void elevenlabs_server::agent_settings(const net::http_request& request, net::http_responder responder) {
  const auto key = request.fields.get("xi-api-key");
  if (!is_key(key)) return refuse(responder, 401, "invalid_api_key", "The API key is not valid.");
  const std::string agent_id{request.path().substr(agents_path.size())};
  const auto behaviour = may_see(key, agent_id) ? behaviour_of(agent_id) : std::nullopt;
  if (!behaviour) return refuse(responder, 404, "agent_not_found", "Agent does not exist.");
  auto answer = settings_answer(agent_id, *behaviour);
  if (behaviour->settings_delay.count() == 0) return responder.respond(std::move(answer));
  later(behaviour->settings_delay,
        [held = std::make_shared<net::http_responder>(std::move(responder)), answer] { held->respond(answer); });
}

// --- what is known of a conversation

void elevenlabs_server::tell_conversation(const net::http_request& request, net::http_responder& responder) {
  const auto key = request.fields.get("xi-api-key");
  if (request.method != "GET") return refuse(responder, 405, "method", "Method Not Allowed");
  if (!is_key(key)) return refuse(responder, 401, "invalid_api_key", "The API key is not valid.");
  const auto id = model::percent_decoded(request.path().substr(conversations_path.size()));
  const auto tell = [&](const conversation_record& of, conversation_status status) {
    ++documents_told_;
    responder.respond(net::make_response(200, "application/json", conversation_document(of, status)));
  };
  const auto is_it = [&](const conversation_record& one) {
    return one.facts.conversation_id == id && may_see(key, one.facts.agent_id);
  };
  for (const auto& [number, talk] : live_)
    if (is_it(talk->record()))
      return tell(talk->record(),
                  talk->record().metadata_ms < 0 ? conversation_status::initiated : conversation_status::in_progress);
  const auto over = std::find_if(ended_.rbegin(), ended_.rend(), is_it);
  if (over == ended_.rend()) return refuse(responder, 404, "conversation_not_found", "Conversation does not exist.");
  tell(*over, status_of(*over));
}

void elevenlabs_server::tell_list(const net::http_request& request, net::http_responder& responder) {
  const auto key = request.fields.get("xi-api-key");
  if (request.method != "GET") return refuse(responder, 405, "method", "Method Not Allowed");
  if (!is_key(key)) return refuse(responder, 401, "invalid_api_key", "The API key is not valid.");
  if (busy_for_lists_ > 0) {
    --busy_for_lists_;
    return refuse(responder, 429, code_of(429), "Too many requests.");
  }
  std::vector<listed_record> all;
  const auto add = [&](const conversation_record& one, conversation_status status) {
    if (may_see(key, one.facts.agent_id)) all.push_back({&one, status});
  };
  for (const auto& [number, talk] : live_)
    add(talk->record(),
        talk->record().metadata_ms < 0 ? conversation_status::initiated : conversation_status::in_progress);
  for (const auto& one : ended_) add(one, status_of(one));
  std::ranges::stable_sort(all, std::greater{}, [](const auto& one) { return one.of->began; });
  responder.respond(list_conversations(request, all, violations_));
}

void elevenlabs_server::had_elsewhere(conversation_record one) {
  ended_.push_back(std::move(one));
  if (ended_.size() > records_kept) ended_.pop_front();
}

conversation_status elevenlabs_server::status_of(const conversation_record& ended) const {
  if (clock::now() < ended.ended_at + options_.processing) return conversation_status::processing;
  return options_.fails && options_.fails(ended) ? conversation_status::failed : conversation_status::done;
}

// --- conversations

void elevenlabs_server::upgrade(const net::http_request& request, net::http_responder responder) {
  if (!net::is_upgrade(request)) {
    violations_.add("not_an_upgrade", "the conversation endpoint was asked without an upgrade");
    return refuse(responder, 426, "upgrade", "Upgrade Required");
  }
  check_handshake(request);
  const auto agent_id = query_value(request, "agent_id").value_or("");
  if (const auto status = refusal_status(request, agent_id); status != 0)
    return refuse(responder, status, code_of(status), "the session was refused");
  auto line = wires_.take(query_value(request, "conversation_signature").value_or(""));
  responder.upgrade(socket_limits(), [this, agent_id, line, alive = alive_](std::shared_ptr<net::websocket> socket) {
    if (*alive && socket) opened(std::move(socket), line, agent_id);
  });
}

void elevenlabs_server::check_handshake(const net::http_request& request) {
  if (request.fields.has("Sec-WebSocket-Extensions"))
    violations_.add("extension_offered", "compression or another extension was offered");
  if (request.fields.has("Sec-WebSocket-Protocol")) violations_.add("subprotocol_offered", "a subprotocol was offered");
  for (const auto* name : {"output_format", "input_format"})
    if (query_value(request, name)) violations_.add("format_in_query", std::string{name} + " has no effect");
}

unsigned elevenlabs_server::refusal_status(const net::http_request& request, const std::string& agent_id) {
  if (!behaviour_of(agent_id)) return 404;
  const auto signature = query_value(request, "conversation_signature");
  if (!signature) {
    if (!options_.api_key.empty() && request.fields.get("xi-api-key") == options_.api_key) return 0;
    return 401;
  }
  switch (signatures_.use(*signature, agent_id, clock::now())) {
    case signed_urls::verdict::good: return 0;
    case signed_urls::verdict::used:
      violations_.add("signature_reused", "a signed address was dialled twice");
      return 403;
    case signed_urls::verdict::other_agent:
      violations_.add("signature_changed", "a signed address was not dialled verbatim");
      return 403;
    case signed_urls::verdict::unknown:
    case signed_urls::verdict::expired: return 403;
  }
  return 403;
}

std::optional<agent_behaviour> elevenlabs_server::behaviour_of(const std::string& agent_id) {
  return options_.behaviour(agent_id, conversations_of_[agent_id] + 1);
}

void elevenlabs_server::opened(std::shared_ptr<net::websocket> socket, std::shared_ptr<wire> line,
                               const std::string& agent_id) {
  auto behaviour = behaviour_of(agent_id);
  ++conversations_of_[agent_id];
  if (!behaviour) return socket->abort();
  conversation_facts facts;
  const auto number = facts.number = ++conversations_;
  facts.agent_id = agent_id;
  facts.conversation_id = "conv_sim" + random_uuid().substr(0, 8) + std::to_string(number);
  auto talk = std::make_shared<conversation>(
      loop_, std::move(facts), std::move(*behaviour), speech_, listener_,
      conversation_hooks{[this, number] { initiated(number); }, [this, number] { began(number); },
                         [this, number] { over(number); },
                         [this, number](const tool_use& tool, std::function<void(std::string)> then) {
                           callbacks_.ask_tool(tool, live_.at(number)->record().facts, std::move(then));
                         }});
  live_.emplace(number, talk);
  talk->begin(std::move(socket), std::move(line));
}

/// A caller talks to one agent, as long as he is there: the conversation before must have been left, unless its line
/// keeps that from us, or it never began.
void elevenlabs_server::initiated(std::uint64_t number) {
  const auto call = call_of(*live_.at(number));
  if (call.empty()) return;
  auto others = beside(number);
  std::erase_if(others, [this](std::uint64_t other) { return live_.at(other)->is_overdue(); });
  judge_others(number, others);
  const auto gone = hung_up_.find(call);
  if (gone != hung_up_.end() && clock::now() > gone->second + hang_up_known)
    violations_.add("nobody_there", "conversation " + std::to_string(number) + " began after its caller had hung up");
}

/// Whichever was tried beside it is left now.
void elevenlabs_server::began(std::uint64_t number) {
  if (beside(number).empty()) return;
  later(left_within, [this, number] {
    if (live_.contains(number)) judge_others(number, beside(number));
  });
}

std::vector<std::uint64_t> elevenlabs_server::beside(std::uint64_t number) const {
  const auto call = call_of(*live_.at(number));
  std::vector<std::uint64_t> out;
  for (const auto& [other, talk] : live_)
    if (!call.empty() && other != number && talk->stands() && call_of(*talk) == call) out.push_back(other);
  return out;
}

void elevenlabs_server::judge_others(std::uint64_t number, const std::vector<std::uint64_t>& others) {
  for (const auto other : others)
    violations_.add("two_conversations", "conversations " + std::to_string(other) + " and " + std::to_string(number) +
                                             " are one call's, at once");
}

void elevenlabs_server::caller_hung_up(const std::string& call_sid) {
  hung_up_.try_emplace(call_sid, clock::now());
}

void elevenlabs_server::over(std::uint64_t number) {
  const auto found = live_.find(number);
  if (found == live_.end()) return;
  ended_.push_back(found->second->record());
  callbacks_.tell(ended_.back());
  if (ended_.size() > records_kept) ended_.pop_front();
  if (auto line = found->second->line()) later(wire_outlives, [line] {});
  // It is in the middle of telling us: it goes when the loop comes by again.
  loop_.post([talk = std::move(found->second)] {});
  live_.erase(found);
}

std::vector<std::shared_ptr<conversation>> elevenlabs_server::live() const {
  std::vector<std::shared_ptr<conversation>> out;
  for (const auto& [number, talk] : live_) out.push_back(talk);
  return out;
}

std::shared_ptr<conversation> elevenlabs_server::of_call(std::string_view call_sid) const {
  for (const auto& [number, talk] : live_)
    if (call_of(*talk) == call_sid) return talk;
  return nullptr;
}

std::vector<violation> elevenlabs_server::all_violations() const {
  auto out = violations_.all();
  const auto add = [&out](const violation_log& log) { out.insert(out.end(), log.all().begin(), log.all().end()); };
  for (const auto& record : ended_) add(record.violations);
  for (const auto& [number, talk] : live_) add(talk->record().violations);
  return out;
}

void elevenlabs_server::later(std::chrono::milliseconds delay, std::function<void()> work) {
  const auto number = ++next_timer_;
  auto& timer = timers_[number] = std::make_unique<net::timer>(loop_);
  timer->after(delay, [this, number, work = std::move(work)] {
    work();
    loop_.post([this, number, alive = alive_] {
      if (*alive) timers_.erase(number);
    });
  });
}

}  // namespace tonris::sim
