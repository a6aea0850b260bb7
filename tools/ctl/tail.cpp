#include "tools/ctl/tail.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <ostream>
#include <string_view>
#include <thread>
#include <utility>

#include <rapidjson/document.h>

#include "model/finding/call_line.hpp"
#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/event_stream.hpp"
#include "model/text/one_line.hpp"
#include "model/text/percent.hpp"
#include "net/http_client.hpp"
#include "net/run_on.hpp"
#include "tools/ctl/program.hpp"

namespace tonris::ctl {

namespace {

using event = model::server_sent_event;

std::string text_in(const rapidjson::Value& object, std::string_view name) {
  const auto* const field = model::find_field(object, name);
  return field != nullptr && field->IsString() ? std::string{model::text_of(*field)} : std::string{};
}

/// Events of a stream, written as lines as they come. On the loop's thread.
class follower {
 public:
  follower(const tail_wanted& wanted, std::ostream& out) : wanted_(wanted), out_(out) {}

  void begin_connection() { reader_ = {}; }
  void take(std::string_view piece) {
    if (said_.size() < most_of_a_refusal) said_.append(piece.substr(0, most_of_a_refusal - said_.size()));
    for (const auto& one : reader_.put(piece)) take_event(one);
    out_.flush();
  }

  [[nodiscard]] bool wants_more() const { return !has_ended_ && out_.good() && !reader_.is_too_long(); }
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }
  [[nodiscard]] bool is_broken() const noexcept { return reader_.is_too_long(); }
  [[nodiscard]] const std::string& last_id() const noexcept { return last_id_; }
  [[nodiscard]] std::string take_said() { return std::exchange(said_, {}); }  ///< how an answer began

 private:
  static constexpr std::size_t most_of_a_refusal = 4096;

  void take_event(const event& what) {
    constexpr model::json_limits limits{event_limit};
    rapidjson::Document data;
    if (!parse_object(what.data, limits, data)) return;
    if (what.name == "snapshot")
      take_snapshot(data);
    else if (wanted_.tenant.empty() || text_in(data, "tenantId") == wanted_.tenant)
      write(what.name, data);
    if (!what.id.empty()) last_id_ = what.id;
    has_ended_ = !wanted_.call.empty() && what.name == "ended" && text_in(data, "callSid") == wanted_.call;
  }

  void take_snapshot(const rapidjson::Document& data) {
    if (!last_id_.empty() && !wanted_.as_json) out_ << "(some of what happened was missed)\n";
    const auto* const calls = model::find_field(data, "calls");
    if (calls == nullptr || !calls->IsArray()) return;
    for (const auto& one : calls->GetArray())
      if (one.IsObject() && (wanted_.tenant.empty() || text_in(one, "tenantId") == wanted_.tenant)) write("live", one);
  }

  void write(std::string_view name, const rapidjson::Value& what) {
    std::string line;
    if (wanted_.as_json) {
      model::json_writer to{line};
      to.open_object();
      to.member("event", name);
      to.close_object();
      line.back() = ',';
      line.append(model::json_text(what), 1);
    } else {
      const bool goes_on = name == "live";
      std::string told = text_in(what, goes_on ? "startedAt" : "at");
      told.append("  ").append(text_in(what, "callSid")).append("  ").append(text_in(what, "tenantId"));
      told.append("  ").append(name).append("  ").append(text_in(what, goes_on ? "state" : "detail"));
      model::append_one_line(told, line);
      while (line.ends_with(' ')) line.pop_back();
    }
    out_ << line << '\n';
  }

  static constexpr std::size_t event_limit = model::event_stream_reader::most;

  const tail_wanted& wanted_;
  std::ostream& out_;
  model::event_stream_reader reader_;
  std::string last_id_, said_;
  bool has_ended_ = false;
};

using answer = net::result<net::http_response>;

std::string path_of(const tail_wanted& wanted) {
  if (!wanted.call.empty()) return "/api/calls/" + wanted.call + "/events";
  return "/api/calls/events" + (wanted.tenant.empty() ? "" : "?tenant=" + model::percent_encoded(wanted.tenant));
}

/// One connection, for as long as it lasts.
answer watch(net::loop& io, const std::shared_ptr<net::tls_client_context>& tls, const gateway& of,
             const tail_wanted& wanted, follower& told) {
  net::http_request request;
  request.fields.set("Accept", "text/event-stream");
  request.fields.set("Authorization", "Bearer " + of.token.reveal());
  if (!told.last_id().empty()) request.fields.set("Last-Event-ID", told.last_id());
  told.begin_connection();
  const auto url = of.origin + path_of(wanted);
  auto over = std::make_shared<std::promise<answer>>();
  auto got = over->get_future();
  auto client = net::run_on(io, [&] {
    auto made = net::http_client::make(io, tls);
    made->stream(
        url, std::move(request), wanted.patience,
        [&told, over, is_over = false](std::string_view piece) mutable {
          if (is_over) return;
          told.take(piece);
          if (told.wants_more()) return;
          is_over = true;
          over->set_value(tl::unexpected{net::error{net::errc::aborted, "enough", 0}});
        },
        [&told, over](answer how) {
          if (told.wants_more()) over->set_value(std::move(how));
        });
    return made;
  });
  auto how = got.get();
  net::run_on(io, [&] { client.reset(); });
  return how;
}

/// Not worth another try.
bool is_refusal(unsigned status) noexcept {
  return status / 100 == 3 || (status / 100 == 4 && status != 429);
}

/// Of tries, one after the other, that come to nothing.
class trouble {
 public:
  trouble(const tail_wanted& wanted, std::ostream& err) : wanted_(wanted), err_(err), pause_(wanted.pause) {}

  /// The next one is not to be made at once. What is said already is not said again.
  void wait_after(const std::string& why) {
    if (why != said_) err_ << "tonrisctl: " << why << "; it is tried again\n" << std::flush;
    said_ = why;
    std::this_thread::sleep_for(pause_);
    pause_ = std::min(2 * pause_, wanted_.most_pause);
  }
  void is_over() {
    said_.clear();
    pause_ = wanted_.pause;
  }

 private:
  const tail_wanted& wanted_;
  std::ostream& err_;
  std::chrono::milliseconds pause_;
  std::string said_;
};

}  // namespace

int follow_calls(const gateway& of, const tail_wanted& wanted, std::ostream& out, std::ostream& err) {
  auto tls = net::tls_client_context::make();
  if (!tls) return refuse(err, tls.error().detail);
  net::loop io{"tonrisctl"};
  io.start();
  follower told{wanted, out};
  trouble without{wanted, err};
  while (true) {
    const auto how = watch(io, *tls, of, wanted, told);
    if (told.has_ended()) return found;
    if (!out.good()) return found;  // whoever read it has gone
    if (told.is_broken()) return refuse(err, name_of(of) + " sends an event without end");
    const auto said = told.take_said();
    if (how && is_refusal(how->status)) return refuse(err, complaint(of, how->status, said));
    if (how && how->status != 200) {
      without.wait_after(complaint(of, how->status, said).line);
      continue;
    }
    if (!how && said.empty()) {
      const auto silence = name_of(of) + " does not answer: " + std::string(to_string(how.error().code));
      if (told.last_id().empty()) return refuse(err, silence);
      without.wait_after(silence);
      continue;
    }
    without.is_over();  // the connection was made, and broke
    std::this_thread::sleep_for(wanted.pause);
  }
}

}  // namespace tonris::ctl
