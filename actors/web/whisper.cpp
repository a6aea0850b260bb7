#include "actors/web/whisper.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "model/twilio/twiml.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

namespace {

// Somebody is on the line and hears nothing meanwhile.
constexpr std::chrono::milliseconds words_limit{1500};
constexpr std::string_view call_name = "call";

net::http_response document(std::string twiml) {
  return net::make_response(200, "text/xml; charset=utf-8", std::move(twiml));
}

}  // namespace

std::string whisper_query(const model::call_sid& call) {
  return std::string{"?"}.append(call_name).append("=").append(call.value);
}

model::call_sid call_of(const signed_request& request) {
  if (request.kind != webhook_kind::whisper) return {std::string{model::field(request.fields, "CallSid")}};
  const auto query = model::parse_form(request.query);
  return {query ? std::string{model::field(*query, call_name)} : std::string{}};
}

net::http_response no_whisper() {
  return document(model::twiml::empty());
}

void answer_whisper(loop_bound* self, const call_supervisor& supervisor, const signed_request& request) {
  ask(self, supervisor, words_limit, describe_transfer{call_of(request)})
      .then(
          [to = request.responder](const transfer_words& words) {
            to->respond(words.text.empty() ? no_whisper()
                                           : document(model::twiml::whisper(words.text, words.language, words.voice)));
          },
          [to = request.responder](const caf::error&) { to->respond(no_whisper()); });
}

}  // namespace tonris::actors
