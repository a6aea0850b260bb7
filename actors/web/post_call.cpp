#include "actors/web/post_call.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/front.hpp"
#include "model/elevenlabs/audio_splitter.hpp"

namespace tonris::actors {

namespace el = model::elevenlabs;

namespace {

constexpr std::chrono::seconds keeper_limit{10};
constexpr double least_age = 1;  // seconds

net::http_response try_again_later() {
  auto answer = error_answer(error_code::unavailable, "this cannot be kept now: send it again");
  answer.fields.set("Retry-After", "30");
  return answer;
}

net::http_response answer_to(callback_kept::outcome how) {
  switch (how) {
    case callback_kept::outcome::kept:
    case callback_kept::outcome::known:
    case callback_kept::outcome::forgotten: return json_answer(R"({"received":true})");
    case callback_kept::outcome::full:
    case callback_kept::outcome::failed: break;
  }
  return try_again_later();
}

net::http_response answer_to(model::codec_errc mistake) {
  if (mistake == model::codec_errc::too_long)
    return net::make_response(413, "application/json", error_answer(error_code::bad_request, "too long").body);
  return error_answer(error_code::bad_request, "this is no JSON of ElevenLabs'");
}

}  // namespace

/// One of them, from its head to its answer. On the connection's loop, whose reader it is; what the keeper answers
/// comes back there.
class post_call_intake final : public net::http_body_reader, public std::enable_shared_from_this<post_call_intake> {
 public:
  post_call_intake(post_call_desk& at, request_context& asked)
      : desk_(&at),
        keeper_(at.config_.keeper),
        system_(*at.config_.system),
        counters_(at.config_.counters),
        path_(asked.request.path()),
        from_(at.config_.refused->source_of(asked.request)),
        responder_(std::move(asked.responder)),
        body_(responder_->body()),
        loop_(responder_->on_loop()),
        deadline_(loop_),
        verifier_(at.signatures_.verifier(asked.request)),
        splitter_([this](std::span<const std::uint8_t> bytes) {
          audio_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());  // NOLINT: bytes are bytes
        }) {}
  ~post_call_intake() override { drop_audio(); }
  post_call_intake(const post_call_intake&) = delete;
  post_call_intake& operator=(const post_call_intake&) = delete;

  [[nodiscard]] el::signature_check so_far() const noexcept { return verifier_.so_far(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const request_source& from() const noexcept { return from_; }

  /// Bytes a second so far. Whoever has only begun is not slow, and who has sent everything is not waited for.
  [[nodiscard]] double pace() const {
    const std::chrono::duration<double> since = loop_.now() - began_;
    if (whole_ || since.count() < least_age) return std::numeric_limits<double>::infinity();
    return static_cast<double>(taken_) / since.count();
  }

  void begin() {
    deadline_.after(post_call_desk::limit, [this] { end(try_again_later()); });
    body_.read_to(shared_from_this());
  }

  [[nodiscard]] bool on_body(std::string_view bytes) override {
    if (is_over()) return true;
    taken_ += bytes.size();
    verifier_.update(bytes);
    if (const auto fed = splitter_.feed(bytes); !fed) {
      refuse(fed.error());
      return true;
    }
    go_on();
    paused_ = !is_over() && asking_;
    return !paused_;
  }

  void on_body_end(std::optional<net::errc> why) override {
    if (is_over()) return;
    if (why) {  // the server answers
      if (why == net::errc::too_big) note(web_metrics::refusal::too_large);
      return leave();
    }
    if (!desk_->signatures_.passes(endpoint::post_call, verifier_.finish(), path_, from_))
      return end(error_answer(error_code::unauthorized, "this is not signed by ElevenLabs"));
    whole_ = true;
    go_on();
  }

  void end(net::http_response answer) {
    if (is_over()) return;
    auto responder = std::move(*responder_);
    leave();
    responder.respond(std::move(answer));
  }

 private:
  using endpoint = web_metrics::endpoint;

  [[nodiscard]] bool is_over() const noexcept { return desk_ == nullptr; }

  void note(web_metrics::refusal why) const { desk_->config_.refused->note(endpoint::post_call, why, from_); }

  void refuse(model::codec_errc mistake) {
    const bool is_too_long = mistake == model::codec_errc::too_long;
    note(is_too_long ? web_metrics::refusal::too_large : web_metrics::refusal::bad_form);
    end(answer_to(mistake));
  }

  /// It is the desk's no more; `this` may be gone behind it.
  void leave() {
    const auto self = shared_from_this();
    auto& desk = *std::exchange(desk_, nullptr);
    deadline_.cancel();
    drop_audio();
    desk.open_.remove(self);
  }

  void drop_audio() {
    if (number_.number != 0) caf::anon_send(keeper_, actors::drop_audio{std::exchange(number_, {})});
  }
  template <class Answer>
  void not_wanted(const std::optional<Answer>& answer) {
    if constexpr (std::is_same_v<Answer, incoming_audio>)
      if (answer) caf::anon_send(keeper_, actors::drop_audio{*answer});
  }

  /// What waits goes to the keeper, one piece at a time; nothing more is read meanwhile.
  void go_on() {
    if (is_over() || asking_) return;
    if (!audio_.empty() && (whole_ || audio_.size() >= post_call_desk::piece_bytes)) {
      if (number_.number == 0)
        return ask_keeper<incoming_audio>(begin_audio{}, [this](const incoming_audio& begun) { number_ = begun; });
      return ask_keeper<audio_appended>(append_audio{number_, std::exchange(audio_, {})}, [](const audio_appended&) {});
    }
    if (whole_) return keep();
    if (std::exchange(paused_, false)) body_.resume();
  }

  void keep() {
    auto split = splitter_.finish();
    if (!split) return refuse(split.error());
    ask_keeper<callback_kept>(keep_callback{std::move(split->json), std::exchange(number_, {})},
                              [this](const callback_kept& kept) { end(answer_to(kept.how)); });
  }

  /// `then` is called on the loop, unless it is over by then.
  template <class Answer, class Question>
  void ask_keeper(Question question, std::function<void(const Answer&)> then) {
    asking_ = true;
    const std::function<void(std::optional<Answer>)> come_back =
        [self = shared_from_this(), then = std::move(then)](std::optional<Answer> answer) {
          self->loop_.post([self, then, answer = std::move(answer)] {
            self->asking_ = false;
            if (self->is_over()) return self->not_wanted(answer);
            if (!answer) return self->end(try_again_later());
            then(*answer);
            self->go_on();
          });
        };
    system_.spawn([keeper = keeper_, question = std::move(question), come_back,
                   counters = counters_](caf::event_based_actor* self) {
      guard(self, *counters);
      ask(self, keeper, keeper_limit, question)
          .then([come_back](const Answer& answer) { come_back(answer); },
                [come_back](const caf::error&) { come_back(std::nullopt); });
    });
  }

  post_call_desk* desk_;  ///< null: it is over
  const callback_keeper keeper_;
  caf::actor_system& system_;
  metrics* const counters_;
  const std::string path_;
  const request_source from_;
  std::optional<net::http_responder> responder_;
  const net::http_body_stream body_;
  net::loop& loop_;
  net::timer deadline_;
  el::signature_verifier verifier_;
  el::audio_splitter splitter_;
  std::string audio_;  ///< decoded, on its way to the keeper
  incoming_audio number_;
  const std::chrono::steady_clock::time_point began_ = loop_.now();
  std::uint64_t taken_ = 0;  ///< bytes of the body
  bool asking_ = false, paused_ = false, whole_ = false;
};

post_call_desk::~post_call_desk() {
  while (!open_.empty()) open_.front()->end(try_again_later());
}

/// Of those who were here before the newest; where none is slow, the oldest.
const std::shared_ptr<post_call_intake>& post_call_desk::slowest() const {
  return *std::min_element(open_.begin(), std::prev(open_.end()),
                           [](const auto& one, const auto& other) { return one->pace() < other->pace(); });
}

void post_call_desk::take(request_context& asked) {
  if (!config_.keeper) return asked.answer(try_again_later());
  const auto intake = std::make_shared<post_call_intake>(*this, asked);
  open_.push_back(intake);
  // Who can be nobody's is told so before a byte of his body is read.
  if (const auto check = intake->so_far(); check != el::signature_check::ok) {
    (void)signatures_.passes(web_metrics::endpoint::post_call, {check, 0}, intake->path(), intake->from());
    return intake->end(error_answer(error_code::unauthorized, "this is not signed by ElevenLabs"));
  }
  if (open_.size() > most) {
    const auto given_up = slowest();
    config_.refused->note(web_metrics::endpoint::post_call, web_metrics::refusal::too_many, given_up->from());
    given_up->end(try_again_later());
  }
  intake->begin();
}

void take_post_call(http_front& at, request_context& asked) {
  at.post_calls().take(asked);
}

}  // namespace tonris::actors
