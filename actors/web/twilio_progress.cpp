/// The Twilio webhooks' part for what Twilio tells of calls that go on: their state, their streams, their recordings.
#include <string>
#include <utility>

#include "actors/web/metrics.hpp"
#include "actors/web/told_once.hpp"
#include "actors/web/twilio_answers.hpp"
#include "actors/web/twilio_webhooks.hpp"

namespace tonris::actors {

namespace twilio = model::twilio;

void twilio_webhooks::call_progress(const model::form& fields, const responder& to) {
  const auto told = twilio::parse_call_progress(fields);
  send(config_.supervisor,
       call_status_changed{{std::string{model::field(fields, "CallSid")}}, told.status, told.sequence, told.seconds});
  to->respond(no_content());
}

void twilio_webhooks::stream_progress(const model::form& fields, const responder& to) {
  auto status = twilio::parse_stream_status(fields);
  if (!status) {
    config_.refused->note(web_metrics::endpoint::stream_status, web_metrics::refusal::bad_form, to.from,
                          model::claims_in(fields));
    return to->respond(no_content());
  }
  send(config_.supervisor, stream_reported{std::move(*status)});
  to->respond(no_content());
}

void twilio_webhooks::recording_progress(const model::form& fields, const responder& to) {
  auto status = twilio::parse_recording_status(fields);
  if (status) {
    const auto call = status->call;
    send(config_.supervisor, recording_reported{call, std::move(*status)});
    return answer_once_written(this, config_.supervisor, config_.store, call, to.to);
  }
  config_.refused->note(web_metrics::endpoint::recording_status, web_metrics::refusal::bad_form, to.from,
                        model::claims_in(fields));
  to->respond(no_content());
}

}  // namespace tonris::actors
