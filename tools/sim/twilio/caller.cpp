#include "tools/sim/twilio/caller.hpp"

#include <algorithm>

#include "model/twilio/signature.hpp"
#include "tools/sim/twilio/stream_error_text.hpp"
#include "tools/sim/twilio/timestamps.hpp"
#include "tools/sim/wire/address.hpp"

namespace tonris::sim {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

std::shared_ptr<twilio_caller> twilio_caller::make(net::loop& on, net::http_client& client,
                                                   std::shared_ptr<net::tls_client_context> tls, caller_options options,
                                                   frame_source& source, frame_sink& sink) {
  return std::shared_ptr<twilio_caller>{
      new twilio_caller{on, client, std::move(tls), std::move(options), source, sink}};
}

twilio_caller::twilio_caller(net::loop& on, net::http_client& client, std::shared_ptr<net::tls_client_context> tls,
                             caller_options options, frame_source& source, frame_sink& sink)
    : loop_(on),
      tls_(std::move(tls)),
      options_(std::move(options)),
      source_(source),
      sink_(sink),
      poster_(client, options_.account),
      callbacks_(on, options_.callbacks,
                 [this](const twilio_callbacks::told& what, std::function<void()> answered) {
                   send_callback(what, std::move(answered));
                 }),
      runner_([this] {
        auto how = options_.twiml;
        how.account_sid = options_.account.sid;
        how.recording_sid = random_sid("RE");
        how.dial_sid = random_sid("CA");
        return how;
      }()),
      epoch_(std::make_shared<std::optional<clock::time_point>>()),
      step_timer_(on),
      limit_timer_(on),
      hang_up_timer_(on) {
  report_.call_sid = options_.call_sid.empty() ? random_sid("CA") : options_.call_sid;
}

void twilio_caller::call(done_handler done) {
  done_ = std::move(done);
  self_ = shared_from_this();
  began_ = clock::now();
  if (!options_.book) options_.book = std::make_shared<call_book>();
  const bool is_answered = options_.direction != "inbound";
  booked_call page{report_.call_sid, options_.account.sid, options_.from, options_.to, options_.direction};
  options_.book->open(std::move(page));
  if (is_answered) {
    options_.book->ring(report_.call_sid);
    options_.book->answer(report_.call_sid);
  }
  limit_timer_.after(options_.at_most, [this] {
    report_.violations.add("call_too_long", "the call was still going after its limit");
    hang_up();
  });
  fetch(options_.webhook_url, "POST", is_answered ? "in-progress" : "ringing", options_.extra_fields);
}

// --- documents

void twilio_caller::fetch(const std::string& url, const std::string& method, std::string_view status,
                          const form_fields& extra) {
  auto fields = voice_fields(status);
  fields.insert(fields.end(), extra.begin(), extra.end());
  const bool first = report_.documents == 0;
  post(std::make_shared<request>(request{
      url, method, std::move(fields),
      [this, url, first](net::result<webhook_poster::answer> got) { document_came(url, first, std::move(got)); }}));
}

void twilio_caller::document_came(const std::string& url, bool first, net::result<webhook_poster::answer> got) {
  if (!got) {
    if (report_.reached || got.error().code == net::errc::read_timeout)
      report_.violations.add("webhook_unanswered", "no answer: " + std::string{net::to_string(got.error().code)});
    return finish("failed", "the gateway did not answer: " + std::string{net::to_string(got.error().code)});
  }
  report_.reached = true;
  if (first) report_.webhook_ms = static_cast<double>(got->after.count());
  for (auto& fault : faults_of_document_answer(*got)) report_.violations.add(std::move(fault));
  if (got->status < 200 || got->status > 299) return finish("failed", "status " + std::to_string(got->status));
  auto document = twiml::read(got->body, url);
  for (auto& fault : document.faults) report_.violations.add(std::move(fault));
  for (const auto& verb : document.verbs) report_.verbs.emplace_back(twiml::name_of(verb));
  const bool rejected = !document.verbs.empty() && std::holds_alternative<twiml::reject>(document.verbs.front());
  if (!rejected) options_.book->answer(report_.call_sid);
  ++report_.documents;
  if (finishing_) return settle();
  runner_.load(std::move(document));
  go_on();
}

void twilio_caller::go_on() {
  if (finishing_) return;
  dialled_leg_.clear();
  const auto next = runner_.next();
  report_.redirects = runner_.redirects();
  std::visit([this](const auto& s) { act(s); }, next);
}

void twilio_caller::act(const twiml::speak& s) {
  report_.spoken.push_back(s.text);
  pass(s.lasting);
}

void twilio_caller::act(const twiml::wait& s) {
  pass(s.lasting);
}

void twilio_caller::act(const twiml::ask& s) {
  fetch(s.url, s.method, "in-progress", s.extra);
}

void twilio_caller::act(const twiml::ring& s) {
  for (const auto& number : s.numbers) report_.dialled.push_back(number);
  report_.dials.push_back({s.numbers, s.caller_id, s.timeout, s.time_limit, s.outcome, since_call()});
  if (!s.caller_id.empty() && s.caller_id != options_.from && s.caller_id != options_.to)
    report_.violations.add("caller_id", "callerId is neither the caller's number nor the called one (13214)");
  book_leg(s);
  if (!s.whisper) return pass(s.lasting);
  whisper(*s.whisper, [this, lasting = s.lasting] { pass(lasting); });
}

/// The leg to whom is dialled is a call of its own. As the TwiML may run fast, it lasts as long as its callback says.
void twilio_caller::book_leg(const twiml::ring& s) {
  booked_call leg{s.leg_sid, options_.account.sid, s.caller_id.empty() ? options_.from : s.caller_id,
                  s.numbers.empty() ? "" : s.numbers.front()};
  leg.direction = "outbound-dial";
  leg.parent = report_.call_sid;
  dialled_leg_ = s.leg_sid;
  options_.book->open(std::move(leg));
  options_.book->ring(s.leg_sid);
  if (s.talks.count() == 0) return options_.book->end(s.leg_sid, s.outcome, s.lasting);
  options_.book->answer(s.leg_sid);
  options_.book->end(s.leg_sid, "completed", s.talks);
}

/// The call to whoever answered is one of its own, with the caller's as its parent.
void twilio_caller::whisper(const twiml::action& what, std::function<void()> then) {
  const auto& dial = report_.dials.back();
  form_fields fields{{"AccountSid", options_.account.sid},
                     {"ApiVersion", "2010-04-01"},
                     {"CallSid", dialled_leg_},
                     {"ParentCallSid", report_.call_sid},
                     {"CallStatus", "in-progress"},
                     {"Direction", "outbound-dial"},
                     {"From", options_.from},
                     {"To", dial.numbers.front()}};
  post(std::make_shared<request>(
      request{what.url, what.method, std::move(fields),
              [this, url = what.url, then = std::move(then)](net::result<webhook_poster::answer> got) {
                if (!got || got->status != 200) {
                  report_.violations.add("whisper_unanswered", "the address of <Number> has no answer (11200)");
                  return then();
                }
                auto document = twiml::read(got->body, url);
                for (auto& fault : document.faults) report_.violations.add(std::move(fault));
                for (const auto& verb : document.verbs)
                  if (const auto* const say = std::get_if<twiml::say>(&verb))
                    report_.dials.back().whispered.push_back(say->text);
                then();
              }}));
}

void twilio_caller::act(const twiml::keep_message& s) {
  message_ = s;
  step_timer_.after(s.lasting, [this] {
    if (options_.twiml.leaves == twiml::runner_options::message::left_by_hanging_up) return hang_up();
    message_over(*std::exchange(message_, std::nullopt));
    go_on();
  });
}

void twilio_caller::act(const twiml::finish& s) {
  finish(s.call_status, s.why);
}

void twilio_caller::pass(std::chrono::milliseconds lasting) {
  step_timer_.after(lasting, [this] { go_on(); });
}

// --- the stream

/// Twilio has read the TwiML, and its stream is on its way: the caller hears nothing, and nobody hears him.
void twilio_caller::act(const twiml::open_stream& s) {
  stream_ = s.to;
  const auto away = options_.stream_setup - options_.start_after;
  step_timer_.after(std::max(away, std::chrono::milliseconds{0}), [this] { dial_stream(); });
}

void twilio_caller::dial_stream() {
  stream_sid_ = random_sid("MZ");
  auto url = stream_.url.substr(0, stream_.url.find('?'));  // Twilio drops the query
  media_leg_options how;
  how.account_sid = options_.account.sid;
  how.call_sid = report_.call_sid;
  how.stream_sid = stream_sid_;
  how.signature = model::twilio::signature(options_.account.token, url, {});  // of the address as the TwiML writes it
  how.url = over_wire(options_.account.dialled(url));
  how.parameters = stream_.parameters;
  how.start_after = options_.start_after;
  how.call_began = began_;
  how.epoch = epoch_;
  how.index = stream_reports_.size();
  how.over = wires_.empty() ? nullptr : wires_.back().get();
  how.gateway_may_die = options_.gateway_may_die;
  stream_reports_.push_back(std::make_unique<stream_report>());
  leg_ = std::make_unique<media_leg>(loop_, tls_, std::move(how), source_, sink_, *stream_reports_.back(),
                                     report_.violations, static_cast<media_leg_listener&>(*this));
  leg_->open();
}

void twilio_caller::stream_started() {
  options_.book->begin_stream(report_.call_sid);
  if (next_number_) report_.frames_into_void += leg_->first_number() - std::min(leg_->first_number(), *next_number_);
  report_stream("stream-started", {});
  apply_faults();
  arm_schedule();
}

void twilio_caller::source_ran_dry() {
  if (options_.hang_up_after_last_word) hang_up_timer_.after(*options_.hang_up_after_last_word, [this] { hang_up(); });
}

void twilio_caller::stream_failed(const net::error& why) {
  std::string detail{net::to_string(why.code)};
  if (why.http_status != 0) detail.append(1, ' ').append(std::to_string(why.http_status));
  if (!why.detail.empty()) detail.append(": ").append(why.detail);
  const bool broke_rules = why.code == net::errc::protocol_error;
  if (!options_.gateway_may_die || !never_arrived(why.code))
    report_.violations.add(broke_rules ? "handshake_rfc6455" : "stream_refused", std::move(detail));
  report_stream("stream-error", stream_error_text(why));
  step_timer_.after(std::chrono::milliseconds{0}, [this] {
    leg_.reset();
    go_on();
  });
}

void twilio_caller::stream_over() {
  options_.book->end_stream(report_.call_sid);
  auto& ended = *stream_reports_.back();
  if (leg_->next_number() > 0) next_number_ = leg_->next_number();
  if (options_.faults.next_stream_hears) deaf_ = false;
  if (report_.first_audio_ms < 0) report_.first_audio_ms = ended.first_audio_ms;
  const bool dropped = ended.ended_by == "drop";
  report_stream(dropped ? "stream-error" : "stream-stopped", dropped ? "31903 - Stream - WebSocket - Broken Pipe" : "");
  leg_.reset();
  if (const auto away = std::exchange(away_, std::nullopt); away && !hung_up_)
    return step_timer_.after(*away,
                             [this] { fetch(options_.webhook_url, "POST", "in-progress", options_.extra_fields); });
  if (!hung_up_) return go_on();
  // Twilio may still ask what comes next; the answer leads nowhere, the caller is gone.
  if (const auto next = runner_.pending()) fetch(next->url, next->method, "completed", next->extra);
  finish("completed", "the caller hung up");
}

void twilio_caller::report_stream(std::string_view event, std::string_view error) {
  if (stream_.status_callback.empty()) return;
  form_fields fields{{"AccountSid", options_.account.sid},
                     {"CallSid", report_.call_sid},
                     {"StreamSid", stream_sid_},
                     {"StreamName", stream_.name.empty() ? stream_sid_ : stream_.name},
                     {"StreamEvent", std::string{event}}};
  if (!error.empty()) fields.emplace_back("StreamError", error);
  fields.emplace_back("Timestamp", stream_time(std::chrono::system_clock::now()));
  callback(stream_.status_callback, stream_.status_method, fields);
}

// --- what the caller does

void twilio_caller::hang_up() {
  if (finishing_ || hung_up_) return;
  hung_up_ = true;
  report_.hung_up_ms = since_call();
  report_.hung_up_at = clock::now();
  if (options_.on_hung_up) options_.on_hung_up(report_.call_sid);
  if (const auto* const leg = options_.book->find(dialled_leg_))
    options_.book->end(dialled_leg_, leg->answered ? "completed" : "canceled");
  const bool streaming = leg_ && stream_reports_.back()->opened_ms >= 0;
  if (streaming) return leg_->stop();
  step_timer_.cancel();
  leg_.reset();
  if (message_) message_over(*std::exchange(message_, std::nullopt));
  const bool answered = options_.book->find(report_.call_sid)->answered.has_value();
  finish(answered ? "completed" : "canceled", "the caller hung up");
}

void twilio_caller::drop(drop_manner how, std::chrono::milliseconds noticed_after) {
  if (leg_) leg_->drop(how, noticed_after);
}

void twilio_caller::press(char digit) {
  if (leg_) leg_->press(digit);
}

void twilio_caller::send_raw(std::string_view text) {
  if (leg_) leg_->send_raw(text);
}

// --- the end

void twilio_caller::finish(std::string_view status, std::string why) {
  if (std::exchange(finishing_, true)) return settle();
  report_.final_status = std::string{status};
  report_.ended_why = std::move(why);
  report_.ended_ms = since_call();
  options_.book->end(report_.call_sid, status);
  if (options_.on_over) options_.on_over(report_.call_sid);
  if (!options_.status_callback_url.empty() && report_.reached) {
    auto fields = voice_fields(status);
    const auto seconds = options_.book->find(report_.call_sid)->seconds();
    fields.emplace_back("CallDuration", std::to_string(seconds));
    if (status == "completed")
      fields.emplace_back("Duration", std::to_string(std::max<std::int64_t>((seconds + 59) / 60, 1)));
    fields.emplace_back("Timestamp", rfc2822_time(std::chrono::system_clock::now()));
    fields.emplace_back("CallbackSource", "call-progress-events");
    fields.emplace_back("SequenceNumber", std::to_string(options_.final_sequence));
    callback(options_.status_callback_url, "POST", fields);
  }
  limit_timer_.cancel();  // what is told late is no part of the call
  callbacks_.call_is_over();
  settle();
}

void twilio_caller::callback(const std::string& url, std::string_view method, const form_fields& fields) {
  callbacks_.tell({url, std::string{method}, fields});
}

void twilio_caller::send_callback(const twilio_callbacks::told& what, std::function<void()> answered) {
  post(std::make_shared<request>(
      request{what.url, what.method, what.fields, [this, answered = std::move(answered)](auto got) {
                if (got)
                  for (auto& fault : faults_of_callback_answer(*got)) report_.violations.add(std::move(fault));
                else
                  report_.violations.add("callback_unanswered", std::string{net::to_string(got.error().code)});
                answered();
                settle();
              }}));
}

/// Over when the call has finished and nothing is owed to it any more.
void twilio_caller::settle() {
  if (!finishing_ || unanswered_ > 0 || callbacks_.owes() || over_) return;
  over_ = true;
  hang_up_timer_.cancel();
  timers_.clear();
  wires_.clear();
  for (const auto& stream : stream_reports_) report_.streams.push_back(*stream);
  // From the loop, so that nobody who called us is torn down under his own feet.
  loop_.post([me = std::move(self_)] {
    if (const auto done = std::exchange(me->done_, nullptr)) done(me->report_);
  });
}

form_fields twilio_caller::voice_fields(std::string_view status) const {
  return {{"AccountSid", options_.account.sid},
          {"ApiVersion", "2010-04-01"},
          {"CallSid", report_.call_sid},
          {"CallStatus", std::string{status}},
          {"Called", options_.to},
          {"CalledCountry", "US"},
          {"Caller", options_.from},
          {"CallerCity", ""},
          {"Direction", options_.direction},
          {"From", options_.from},
          {"FromCity", ""},
          {"FromCountry", "US"},
          {"StirVerstat", "TN-Validation-Passed-A"},
          {"To", options_.to},
          {"ToCity", ""}};
}

double twilio_caller::since_call() const {
  return std::chrono::duration<double, std::milli>(clock::now() - began_).count();
}

}  // namespace tonris::sim
