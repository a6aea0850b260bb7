#pragma once

#include <chrono>
#include <cstdint>

#include "model/call/record.hpp"

namespace tonris::model::test {

inline call_record::time at(std::int64_t ms) {
  return call_record::time{std::chrono::milliseconds{ms}};
}

/// Of a call to which everything has happened: it has each field that a record can have, but for the lines that a
/// transcript has lost. A new field belongs in it.
inline call_record whole_record() {
  call_record record;
  record.call.value = "CA1";
  record.tenant.value = "salon-1";
  record.direction = "outbound";
  record.from = "+15550100001";
  record.to = "+15550100002";
  record.agent.value = "agent_abc";
  record.variant = "old";
  record.rule = "caller_rule";
  record.rule_name = "vip";
  record.state = call_state::ended;
  record.started = at(1000);
  record.answered = at(2000);
  record.ended = at(63'200);
  record.reason = end_reason::agent_lost;
  record.end_detail = "reset by peer";
  record.troubled = call_trouble{end_reason::slow_agent, std::chrono::milliseconds{42'125}};
  record.interruptions = 1;
  record.restarts = 5;
  record.streams = {{{"MZ1"}, at(2000), at(30'000)}, {{"MZ2"}, at(31'000), {}}};
  record.conversations = {{{"conv_1"}, at(2100), at(63'200), 1006}, {{"conv_2"}, at(2100), {}, {}}};
  record.transcript = {{true, "Good morning \"you\"", at(2200), "Good mor", 0}, {false, "", at(2300), {}, 0}};
  record.media = {3060,
                  2800,
                  2,
                  56'000,
                  0.4,
                  {4, 900, 1'800, 1'900},
                  {14, 3'200, 900, 1'200, 1'310, 70, 3, 2, 1},
                  {120, 56'000, 2, 410, 280, 40, 310}};
  record.media.from_caller.jitter_us = 3'212;
  record.media.from_caller.worst_jitter_us = 24'100;
  record.voicemail = {{"RE1", "https://api.twilio.com/RE1", 12, at(63'100)}};
  record.recordings = {{"RE3", "completed", "https://api.twilio.com/RE3", 57, "callback", at(64'000)},
                       {"RE4", "in-progress", "", 0, "answer", at(2500)}};
  record.fallback = "voicemail";
  record.fallback_at = at(63'050);
  record.fallback_source = "callback";
  call_record::vendor_report report;
  report.conversation = {"conv_1"};
  report.agent = {"agent_1"};
  report.at = at(70'000);
  report.seconds = 62;
  report.credits = 410;
  report.llm_price = 0.0021;
  report.price = 103'000;
  report.burst = true;
  report.termination = "Client disconnected";
  report.error_code = 1008;
  report.error = "missing";
  report.successful = "success";
  report.summary = "A haircut.";
  report.analysis = R"({"service":"haircut"})";
  report.audio_bytes = 4711;
  report.audio_at = at(71'000);
  report.audio_deleted = true;
  report.audio_deleted_at = at(95'000);
  report.source = "poll";
  record.reports.push_back(report);
  report = {};
  report.conversation = {"conv_2"};
  report.at = at(70'000);
  record.reports.push_back(report);
  record.tool_calls = {{at(5000), "get_services", "t1", false, true, 12}, {at(6000), "hold", "", true, false, 0}};
  record.notes = {{at(7000), "wants \"Anna\"", "agent"}, {at(7500), "call back", "operator", "request-1"}};
  record.transfers = {
      {at(8000), "+15550109999", "billing", call_record::transfer::outcome_type::not_answered, at(8600), "callback"},
      {at(9000), "+15550109998", "", call_record::transfer::outcome_type::answered}};
  record.metered_seconds = 63;
  const cost_part part{{8'500, us_dollars}, true, cost_source::vendor, at(90'000)};
  record.cost = {part, part, part, part, part, part, part};
  record.legs = {{{"CA2"}, "no-answer", 0, at(8500), {}}, {{"CA3"}, "completed", 54, at(9500), part}};
  record.voicemail[0].cost = part;
  record.voicemail[0].source = "callback";
  record.voicemail[0].deleted = true;
  record.voicemail[0].deleted_at = at(96'000);
  record.legs[0].source = "callback";
  record.legs[1].source = "rest";
  record.recordings[0].cost = cost_part{{2'500, us_dollars}, false, cost_source::estimate, at(64'000)};
  record.twilio =
      carrier_progress{carrier_progress::source_type::callback, twilio::call_status::completed, 3, 61, at(80'000)};
  record.heard = who_answered{twilio::answered_by::human, carrier_progress::source_type::callback, at(3000)};
  record.cut_off = call_record::hang_up{"api", at(79'000)};
  record.account.value = "AC1";
  record.node = "node-1";
  record.build = "1.0-abc";
  return record;
}

}  // namespace tonris::model::test
