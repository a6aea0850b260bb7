#include "tools/sim/elevenlabs/callbacks.hpp"

#include <utility>
#include <vector>

#include "model/elevenlabs/signature.hpp"
#include "model/json/writer.hpp"
#include "model/text/base64.hpp"
#include "model/text/percent.hpp"
#include "tools/sim/elevenlabs/conversation_document.hpp"

namespace tonris::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto tool_limit = 20s;  // the vendor's default

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string report(std::string_view type, std::string_view data) {
  std::string text;
  model::json_writer out{text};
  out.open_object();
  out.member("type", type);
  out.member("event_timestamp", unix_now());
  out.key("data");
  out.json(data);
  out.close_object();
  return text;
}

std::string transcription(const conversation_record& of) {
  return report("post_call_transcription", conversation_document(of, conversation_status::done));
}

std::string sound(const conversation_record& of, std::size_t bytes) {
  std::string data;
  model::json_writer out{data};
  out.open_object();
  out.member("agent_id", of.facts.agent_id);
  out.member("conversation_id", of.facts.conversation_id);
  out.member("full_audio", model::to_base64(std::vector<std::uint8_t>(bytes, 0x55)));
  out.close_object();
  return report("post_call_audio", data);
}

}  // namespace

vendor_callbacks::vendor_callbacks(net::loop& on, callback_options options, violation_log& violations)
    : loop_(on), options_(std::move(options)), violations_(violations) {
  auto tls = net::tls_client_context::make();
  if (tls) client_ = net::http_client::make(loop_, std::move(*tls));
}

vendor_callbacks::~vendor_callbacks() {
  client_.reset();  // what is under way comes back, and finds us
}

void vendor_callbacks::become(callback_options options) {
  options_ = std::move(options);
}

void vendor_callbacks::ask_tool(const tool_use& tool, const conversation_facts& of,
                                std::function<void(std::string)> then) {
  if (options_.origin.empty() || !client_) return loop_.post([then] { then({}); });
  std::string query = "?conversation_id=" + model::percent_encoded(of.conversation_id);
  if (const auto call = of.variables.find("call_sid"); call != of.variables.end())
    query += "&call_sid=" + model::percent_encoded(call->second);
  net::http_request request;
  request.method = tool.parameters == "{}" ? "GET" : "POST";
  request.fields.set("X-Webhook-Secret", options_.secret);
  if (request.method == "POST") {
    request.fields.set("Content-Type", "application/json");
    request.body = tool.parameters;
  }
  client_->request(options_.origin + "/api/webhooks/elevenlabs/tools/" + tool.name + query, std::move(request),
                   tool_limit, [this, then, name = tool.name](const net::result<net::http_response>& got) {
                     const bool right = got && got->status == 200 &&
                                        got->fields.get("Content-Type").starts_with("application/json") &&
                                        (got->body.starts_with('{') || got->body.starts_with('['));
                     if (!right) violations_.add("tool_answer", name + " was not answered with 200 and JSON");
                     then(right ? got->body : std::string{});
                   });
}

void vendor_callbacks::tell(const conversation_record& of) {
  if (options_.origin.empty() || !client_ || (options_.tells && !options_.tells(of))) return;
  std::vector<std::string> bodies{transcription(of)};
  if (options_.audio_bytes > 0) bodies.push_back(sound(of, options_.audio_bytes));
  if (options_.audio_first) std::swap(bodies.front(), bodies.back());
  later(options_.delay, [this, bodies] {
    if (options_.badly_signed_first) post(bodies.front(), options_.secret + " of somebody else", false);
    for (unsigned n = 0; n < options_.times; ++n)
      for (const auto& body : bodies) post(body, options_.secret, true);
  });
}

void vendor_callbacks::post(const std::string& body, const std::string& secret, bool must_be_taken) {
  net::http_request request;
  request.method = "POST";
  request.fields.set("Content-Type", "application/json");
  request.fields.set("ElevenLabs-Signature", model::elevenlabs::sign(secret, unix_now(), body));
  request.body = body;
  client_->request(options_.origin + "/api/webhooks/elevenlabs/post-call", std::move(request), 30s,
                   [this, must_be_taken](const net::result<net::http_response>& got) {
                     const auto status = got ? got->status : 0;
                     if (status == 200) ++told_;
                     if (must_be_taken && status != 200)
                       violations_.add("report_refused", "a report was answered with " + std::to_string(status));
                     if (!must_be_taken && status == 200)
                       violations_.add("report_taken", "a report with a wrong signature was taken");
                   });
}

void vendor_callbacks::later(std::chrono::milliseconds delay, std::function<void()> work) {
  const auto id = next_timer_++;
  auto& timer = timers_[id] = std::make_unique<net::timer>(loop_);
  timer->after(delay, [this, id, work = std::move(work)] {
    const auto done = std::move(timers_.extract(id).mapped());
    work();
  });
}

}  // namespace tonris::sim
