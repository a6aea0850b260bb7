#include "actors/trace/exporter.hpp"

#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/tracing/trace_context.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds store_limit{5};

bool is_end(const live_board::happening& what) {
  return what.what == to_string(model::call_moment::ended) || what.what == to_string(model::call_moment::refused);
}

/// As OTLP/HTTP has it: everything else would be refused again.
bool may_be_taken_later(const net::result<net::http_response>& response) {
  if (!response) return true;
  switch (response->status) {
    case 429:
    case 502:
    case 503:
    case 504: return true;
    default: return false;
  }
}

bool is_taken(const net::result<net::http_response>& response) {
  return response && response->status >= 200 && response->status < 300;
}

std::string in_words(const net::result<net::http_response>& response) {
  if (response) return "HTTP " + std::to_string(response->status);
  return net::in_words(response.error());
}

}  // namespace

trace_exporter::trace_exporter(caf::actor_config& actor, config settings)
    : loop_bound_actor(actor), config_(std::move(settings)) {}

trace_exporter::behavior_type trace_exporter::make_behavior() {
  guard(this, *config_.counters);
  live_until_exit();
  alive_ = std::make_shared<trace_exporter*>(this);
  seen_ = config_.board->newest();
  delayed_send(this, caf::timespan{look_pause}, export_ended_calls{});
  return {
      [this](const export_ended_calls&) {
        look();
        delayed_send(this, caf::timespan{look_pause}, export_ended_calls{});
      },
      [this](const traces_answered& m) { came(*m.response); },
      [this](const traces_again&) { post(); },
  };
}

void trace_exporter::on_exit() {
  alive_.reset();
  loop_bound_actor::on_exit();
}

// --- ended calls

void trace_exporter::look() {
  const auto news = config_.board->since(seen_);
  seen_ = news.newest;
  if (news.lost) lose(trace_metrics::loss::queue_full);
  for (const auto& what : news.all)
    if (is_end(what)) take(what.call);
  may_read_ = most_a_look;
  read_next();
  show_waiting();
}

void trace_exporter::take(const model::call_sid& call) {
  if (!model::is_sampled(model::trace_id_of(call), config_.share)) return;
  if (waiting_.size() == most_waiting) return lose(trace_metrics::loss::queue_full);
  waiting_.push_back({call, clock().now()});
}

bool trace_exporter::has_room() const noexcept {
  return batch_.size() < most_in_batch && spans_ < most_spans_in_batch;
}

/// One after the other, until there is none whose turn it is.
void trace_exporter::read_next() {
  if (reading_) return;
  const bool is_due = !waiting_.empty() && clock().now() - waiting_.front().since >= until_written;
  if (!is_due || may_read_ == 0 || !has_room()) return send_what_there_is();
  --may_read_;
  reading_ = true;
  const auto call = std::move(waiting_.front().call);
  waiting_.pop_front();
  ask(this, config_.store, store_limit, find_record{call})
      .then(
          [this](const found_record& found) {
            auto record = model::parse_call_record(found.json);
            if (!record) return read(false);
            read_events(std::move(*record));
          },
          [this](const caf::error&) { read(false); });
}

void trace_exporter::read_events(model::call_record record) {
  const find_events wanted{record.call};
  ask(this, config_.store, store_limit, wanted)
      .then(
          [this, record = std::move(record)](const found_events& found) {
            spans_ += batch_.emplace_back(model::trace_of(record, found.events)).spans.size();
            read(true);
          },
          [this](const caf::error&) { read(false); });
}

void trace_exporter::read(bool is_told) {
  reading_ = false;
  if (!is_told) lose(trace_metrics::loss::unread);
  read_next();
}

void trace_exporter::show_waiting() const {
  counted().waiting.set(waiting_.size() + batch_.size() + sending_);
}

// --- the collector

void trace_exporter::send_what_there_is() {
  if (batch_.empty() || !body_.empty()) return;
  body_ = to_otlp_json(batch_, config_.resource);
  sending_ = batch_.size();
  is_second_try_ = false;
  batch_.clear();
  spans_ = 0;
  post();
}

void trace_exporter::post() {
  net::http_request what;
  what.method = "POST";
  what.fields.set("Content-Type", "application/json");
  what.fields.set("User-Agent", "tonris");
  what.body = body_;
  config_.send(config_.url, std::move(what), answer_limit,
               [me = std::weak_ptr{alive_}](const net::result<net::http_response>& response) {
                 if (const auto self = me.lock()) (*self)->deliver(traces_answered{&response});
               });
}

void trace_exporter::came(const net::result<net::http_response>& response) {
  if (!is_taken(response)) {
    be_troubled(in_words(response));
    if (may_be_taken_later(response) && !std::exchange(is_second_try_, true))
      return delayed_send(this, caf::timespan{retry_pause}, traces_again{});
    lose(trace_metrics::loss::collector, sending_);
  } else {
    be_well();
    counted().sent(sending_);
  }
  body_ = {};
  sending_ = 0;
  read_next();
  show_waiting();
}

void trace_exporter::be_troubled(std::string_view why) {
  if (!std::exchange(troubled_, true))
    log::warn("The collector of OTEL_EXPORTER_OTLP_ENDPOINT takes no traces: {why}", {{"why", why}});
}

void trace_exporter::be_well() {
  if (std::exchange(troubled_, false)) log::info("The collector of OTEL_EXPORTER_OTLP_ENDPOINT takes traces again");
}

}  // namespace tonris::actors
