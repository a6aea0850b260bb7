#include "tools/sim/twilio/placed_calls.hpp"

#include <utility>

#include "tools/sim/twilio/timestamps.hpp"

namespace tonris::sim {

namespace {

class mute final : public frame_source {
 public:
  bool next(std::uint64_t, std::span<std::uint8_t>) override { return false; }
};
class nobody final : public frame_sink {
 public:
  void heard(std::uint64_t, std::span<const std::uint8_t>, bool) override {}
};

std::string_view status_of(pick_up::kind what) noexcept {
  switch (what) {
    case pick_up::kind::answers: return "in-progress";
    case pick_up::kind::busy: return "busy";
    case pick_up::kind::no_answer: return "no-answer";
    case pick_up::kind::failed: return "failed";
    case pick_up::kind::canceled: return "canceled";
  }
  return "failed";
}

std::string_view sip_of(pick_up::kind what) noexcept {
  switch (what) {
    case pick_up::kind::busy: return "486";
    case pick_up::kind::no_answer:
    case pick_up::kind::canceled: return "487";
    case pick_up::kind::failed: return "404";
    case pick_up::kind::answers: break;
  }
  return "200";
}

}  // namespace

struct placed_calls::line {
  line(net::loop& on, net::http_client& client, violation_log& faults, twilio_account whose, placed what, pick_up phone)
      : violations(faults),
        account(std::move(whose)),
        is(std::move(what)),
        how(std::move(phone)),
        poster(client, account),
        callbacks(
            on, how.callbacks,
            [this](const twilio_callbacks::told& told, std::function<void()> done) { send(told, std::move(done)); }),
        step(on),
        hearing(on) {}

  void send(const twilio_callbacks::told& told, std::function<void()> done) {
    poster.send(told.url, told.method, told.fields, [this, done = std::move(done)](const auto& got) {
      if (got)
        for (auto& fault : faults_of_callback_answer(*got)) violations.add(std::move(fault));
      done();
    });
  }

  violation_log& violations;
  twilio_account account;
  placed is;
  pick_up how;
  webhook_poster poster;
  twilio_callbacks callbacks;
  net::timer step, hearing;
  std::shared_ptr<twilio_caller> caller;  ///< he who has answered
  mute says_nothing;
  nobody hears_nothing;
  unsigned sequence = 0;
};

placed_calls::placed_calls(net::loop& on, net::http_client& client, std::shared_ptr<net::tls_client_context> tls,
                           options how)
    : loop_(on), client_(client), tls_(std::move(tls)), options_(std::move(how)) {}

placed_calls::~placed_calls() = default;

std::string placed_calls::place(const twilio_account& account, call_order order) {
  auto sid = random_sid("CA");
  booked_call call{sid, account.sid, order.from, order.to};
  call.direction = "outbound-api";
  options_.book->open(std::move(call));
  auto phone = options_.phone ? options_.phone(order) : pick_up{};
  auto& one = *lines_.emplace_back(std::make_unique<line>(loop_, client_, violations_, account,
                                                          placed{sid, {}, std::move(order)}, std::move(phone)));
  one.step.after(std::chrono::milliseconds{0}, [this, &one] { ring(one); });
  return sid;
}

void placed_calls::ring(line& one) {
  tell(one, "initiated", "initiated");
  options_.book->ring(one.is.sid);
  tell(one, "ringing", "ringing");
  one.step.after(one.how.rings, [this, &one] { outcome(one); });
}

void placed_calls::outcome(line& one) {
  if (one.how.what == pick_up::kind::answers) return answered(one);
  const auto status = status_of(one.how.what);
  options_.book->end(one.is.sid, status);
  tell(one, "completed", status, {{"CallDuration", "0"}, {"SipResponseCode", std::string{sip_of(one.how.what)}}});
  one.callbacks.call_is_over();
  over(one, status);
}

void placed_calls::answered(line& one) {
  options_.book->answer(one.is.sid);
  tell(one, "answered", "in-progress");
  one.callbacks.call_is_over();  // what comes later is the caller's
  if (one.is.order.listens_for_machines) {
    options_.book->listen_for_machine(one.is.sid);
    one.hearing.after(one.how.heard_after, [this, &one] { tell_who_answered(one); });
  }
  caller_options how;
  how.account = one.account;
  how.webhook_url = one.is.order.what_next.url;
  if (one.is.order.wants("completed")) how.status_callback_url = one.is.order.progress.url;
  how.call_sid = one.is.sid;
  how.from = one.is.order.from;
  how.to = one.is.order.to;
  how.direction = "outbound-api";
  how.final_sequence = one.sequence;
  how.book = options_.book;
  how.twiml.fast = true;
  if (one.how.as) one.how.as(how);
  auto& source = one.how.source ? *one.how.source : one.says_nothing;
  auto& sink = one.how.sink ? *one.how.sink : one.hears_nothing;
  one.caller = twilio_caller::make(loop_, client_, tls_, std::move(how), source, sink);
  one.caller->call([this, &one](const caller_report& report) {
    one.is.report = report;
    over(one, report.final_status);
  });
}

void placed_calls::tell_who_answered(line& one) {
  if (one.is.is_over) return;
  options_.book->tell_answered_by(one.is.sid, one.how.answered_by);
  one.send({one.is.order.machine.url,
            one.is.order.machine.method,
            {{"CallSid", one.is.sid},
             {"AccountSid", one.account.sid},
             {"AnsweredBy", one.how.answered_by},
             {"MachineDetectionDuration", std::to_string(one.how.heard_after.count())}}},
           [] {});
}

void placed_calls::tell(line& one, std::string_view event, std::string_view status, const form_fields& more) {
  const auto number = one.sequence++;
  if (!one.is.order.wants(event)) return;
  form_fields fields{{"AccountSid", one.account.sid},
                     {"ApiVersion", "2010-04-01"},
                     {"CallSid", one.is.sid},
                     {"CallStatus", std::string{status}},
                     {"Called", one.is.order.to},
                     {"Caller", one.is.order.from},
                     {"Direction", "outbound-api"},
                     {"From", one.is.order.from},
                     {"To", one.is.order.to},
                     {"Timestamp", rfc2822_time(std::chrono::system_clock::now())},
                     {"CallbackSource", "call-progress-events"},
                     {"SequenceNumber", std::to_string(number)}};
  fields.insert(fields.end(), more.begin(), more.end());
  one.callbacks.tell({one.is.order.progress.url, one.is.order.progress.method, std::move(fields)});
}

void placed_calls::over(line& one, std::string_view status) {
  one.is.final_status = std::string{status};
  one.is.is_over = true;
}

std::vector<placed_calls::placed> placed_calls::all() const {
  std::vector<placed> calls;
  for (const auto& one : lines_) {
    calls.push_back(one->is);
    calls.back().is_over = one->is.is_over && !one->callbacks.owes();
  }
  return calls;
}

bool placed_calls::end(std::string_view sid, std::string_view status) {
  for (const auto& one : lines_) {
    if (one->is.sid != sid) continue;
    if (one->is.is_over) return false;
    if (!one->caller)
      take_back(*one, status);
    else if (status == "completed")
      one->caller->hang_up();
    return true;
  }
  return false;
}

/// Of one that was still queued nobody is told anything.
void placed_calls::take_back(line& one, std::string_view status) {
  one.step.cancel();
  const bool rang = options_.book->find(one.is.sid)->rang.has_value();
  options_.book->end(one.is.sid, status);
  if (rang) tell(one, "completed", status, {{"CallDuration", "0"}, {"SipResponseCode", "487"}});
  one.callbacks.call_is_over();
  over(one, status);
}

void placed_calls::hang_up(std::string_view sid) {
  for (const auto& one : lines_)
    if (one->is.sid == sid && one->caller) one->caller->hang_up();
}

}  // namespace tonris::sim
