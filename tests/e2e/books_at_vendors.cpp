// What the simulated vendors have in their books of a day of calls, and what the records say of the same.
#include <gtest/gtest.h>

#include <iostream>
#include <optional>

#include "model/call/end_reason.hpp"
#include "tests/e2e/books.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tools/sim/elevenlabs/price_list.hpp"

namespace tonris::e2e {

namespace {

model::micros amount_of(const std::optional<model::cost_part>& part) {
  return part ? part->amount.amount : 0;
}

}  // namespace

void Books::expect_twilios_book(const std::vector<model::call_record>& all) {
  const auto book = w.on_loop([&] { return w.book().all(); });
  std::unordered_map<std::string, const sim::booked_call*> pages;
  std::int64_t seconds = 0, told_seconds = 0;
  model::micros billed = 0, told = 0, estimated = 0;
  for (const auto& page : book) {
    if (!page.parent.empty()) continue;  // a leg that was dialled is a call of its own, on the same bill
    pages.emplace(page.sid, &page);
    seconds += page.seconds();
    billed += page.costs.amount;
  }
  for (const auto& record : all) {
    const auto page = pages.find(record.call.value);
    ASSERT_NE(page, pages.end()) << record.call.value;
    const auto& booked = *page->second;
    ASSERT_TRUE(record.twilio) << record.call.value << " " << to_string(*record.reason);
    EXPECT_EQ(to_string(record.twilio->status), booked.final_status) << record.call.value;
    EXPECT_EQ(record.twilio->seconds.value_or(0), booked.seconds()) << record.call.value;
    told_seconds += record.twilio->seconds.value_or(0);
    if (is_untaken(record)) {
      EXPECT_EQ(booked.costs.amount, 0) << record.call.value;
      continue;
    }
    ASSERT_TRUE(record.cost.twilio) << record.call.value;
    EXPECT_EQ(record.cost.twilio->is_final, price_after(id_of(record.call.value)).has_value()) << record.call.value;
    EXPECT_EQ(record.cost.twilio->amount, booked.costs)
        << record.call.value << ", told: " << record.cost.twilio->is_final << ", after " << booked.seconds() << " s";
    (record.cost.twilio->is_final ? told : estimated) += record.cost.twilio->amount.amount;
  }
  EXPECT_EQ(told_seconds, seconds);
  EXPECT_EQ(told + estimated, billed);
  EXPECT_GT(estimated, 0) << "some are never priced";
  EXPECT_EQ(pages.size(), all.size());
  std::cout << "At Twilio: " << pages.size() << " calls, " << seconds << " s, " << billed << " millionths, of which "
            << estimated << " are told nobody" << std::endl;
}

void Books::expect_fees_without_a_price(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::booked_call> book;
  for (const auto& page : w.on_loop([&] { return w.book().all(); }))
    if (page.parent.empty()) book.emplace(page.sid, page);
  model::micros streams = 0, listening = 0;
  for (const auto& record : all) {
    const auto page = book.find(record.call.value);
    ASSERT_NE(page, book.end()) << record.call.value;
    const auto& booked = page->second;
    EXPECT_EQ(amount_of(record.cost.stream), booked.stream_fee())
        << record.call.value << ", streams: " << record.streams.size() << " and " << booked.streams.size();
    EXPECT_EQ(amount_of(record.cost.machine_detection), booked.detection_fee()) << record.call.value;
    streams += booked.stream_fee();
    listening += booked.detection_fee();
  }
  EXPECT_GT(streams, 0);
  EXPECT_GT(listening, 0);
  std::cout << "In no price of its: streams " << streams << ", listening for machines " << listening << " millionths"
            << std::endl;
}

void Books::expect_legs(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::booked_call> book;
  for (const auto& page : w.on_loop([&] { return w.book().all(); }))
    if (!page.parent.empty()) book.emplace(page.sid, page);
  std::size_t legs = 0, taken = 0;
  model::micros billed = 0, told = 0;
  for (const auto& [sid, page] : book) billed += page.costs.amount;
  for (const auto& record : all) {
    model::micros of_the_call = 0;
    for (const auto& leg : record.legs) {
      const auto page = book.find(leg.call.value);
      ASSERT_NE(page, book.end()) << leg.call.value;
      EXPECT_EQ(page->second.parent, record.call.value);
      EXPECT_EQ(leg.status, page->second.final_status) << leg.call.value;
      EXPECT_EQ(leg.seconds, page->second.seconds()) << leg.call.value;
      ASSERT_TRUE(leg.cost && leg.cost->is_final) << leg.call.value;
      EXPECT_EQ(leg.cost->amount, page->second.costs) << leg.call.value;
      of_the_call += leg.cost->amount.amount;
      ++legs;
      if (leg.seconds > 0) ++taken;
    }
    EXPECT_EQ(record.cost.transfer.has_value(), !record.legs.empty()) << record.call.value;
    EXPECT_EQ(amount_of(record.cost.transfer), of_the_call) << record.call.value;
    told += of_the_call;
  }
  EXPECT_EQ(legs, book.size());
  EXPECT_EQ(told, billed);
  EXPECT_GT(taken, 0u);
  EXPECT_GT(legs, taken) << "some were not taken";
  std::cout << "Beside them " << legs << " legs that were dialled, " << taken << " of them taken: " << told
            << " millionths" << std::endl;
}

void Books::expect_recordings(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::twilio_recordings::recording> book;
  for (auto& one : w.on_loop([&] { return w.twilio().recordings().all(); })) book.emplace(one.sid, one);
  std::size_t recordings = 0, messages = 0;
  model::micros billed = 0, told = 0;
  for (const auto& [sid, one] : book)
    if (price_after(id_of(one.call))) billed += sim::twilio_recordings::costs(one);
  const auto expect_one = [&](const model::call_record& of, const std::string& sid, std::uint32_t seconds,
                              const std::optional<model::cost_part>& cost) {
    const auto booked = book.find(sid);
    ASSERT_NE(booked, book.end()) << sid;
    EXPECT_EQ(booked->second.call, of.call.value);
    EXPECT_EQ(seconds, booked->second.seconds) << sid;
    ASSERT_TRUE(cost) << sid;
    EXPECT_EQ(cost->amount.amount, sim::twilio_recordings::costs(booked->second)) << sid;
    EXPECT_EQ(cost->is_final, price_after(id_of(of.call.value)).has_value()) << sid;
    if (cost->is_final) told += cost->amount.amount;
  };
  for (const auto& record : all) {
    for (const auto& one : record.recordings) expect_one(record, one.sid, one.seconds, one.cost);
    for (const auto& one : record.voicemail) expect_one(record, one.recording, one.seconds, one.cost);
    recordings += record.recordings.size();
    messages += record.voicemail.size();
  }
  EXPECT_EQ(recordings + messages, book.size());
  EXPECT_EQ(told, billed);
  EXPECT_GT(recordings, 0u);
  EXPECT_GT(messages, 0u);
  std::cout << "And " << recordings << " recordings and " << messages << " messages: " << told << " millionths"
            << std::endl;
}

/// The vendor's charge where it tells credits; else its seconds by our rates, and what it says of the model. Both come
/// to what it bills.
void Books::expect_charges(const model::call_record& record, const conversation_book& book) {
  model::micros conversations = 0, models = 0;
  bool is_charged = !record.reports.empty(), has_model = false;
  for (const auto& report : record.reports) {
    const auto booked = book.find(report.conversation.value);
    ASSERT_NE(booked, book.end()) << report.conversation.value;
    const auto& bill = booked->second.bill;
    const auto charge = sim::charge_of(booked->second);
    const auto told = bill.tells_credits ? std::optional{static_cast<std::uint64_t>(charge.credits())} : std::nullopt;
    EXPECT_EQ(report.seconds, sim::seconds_of(booked->second)) << report.conversation.value;
    EXPECT_EQ(report.credits, told) << report.conversation.value;
    EXPECT_EQ(report.llm_price.has_value(), bill.has_model) << report.conversation.value;
    conversations += bill.tells_credits ? charge.price() : charge.price_of_call();
    models += bill.tells_credits ? 0 : charge.price_of_model();
    is_charged = is_charged && bill.tells_credits;
    has_model = has_model || (bill.has_model && !bill.tells_credits);
  }
  ASSERT_TRUE(record.cost.elevenlabs) << record.call.value << " " << to_string(*record.reason);
  EXPECT_TRUE(record.cost.elevenlabs->is_final) << record.call.value;
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, conversations) << record.call.value;
  EXPECT_EQ(record.cost.elevenlabs->source, is_charged ? model::cost_source::vendor : model::cost_source::estimate)
      << record.call.value;
  EXPECT_EQ(record.cost.llm.has_value(), has_model) << record.call.value;
  EXPECT_EQ(amount_of(record.cost.llm), models) << record.call.value;
}

void Books::expect_elevenlabs_book(const std::vector<model::call_record>& all) {
  conversation_book book;
  for (auto& one : w.conversations()) book.emplace(one.facts.conversation_id, std::move(one));
  std::int64_t seconds = 0;
  model::micros billed = 0, charged = 0, models = 0;
  std::size_t on_line = 0, by_webhook = 0;
  for (const auto& [id, one] : book) {
    seconds += sim::seconds_of(one);
    billed += sim::charge_of(one).price();
    on_line += one.tool_results.size();
    by_webhook += one.webhook_answers.size();
  }
  std::int64_t told_seconds = 0;
  model::micros told_conversations = 0;
  std::size_t told = 0, told_on_line = 0, told_by_webhook = 0, without = 0;
  for (const auto& record : all) {
    for (const auto& tool : record.tool_calls) ++(tool.on_the_line ? told_on_line : told_by_webhook);
    told += record.reports.size();
    for (const auto& report : record.reports) told_seconds += report.seconds.value_or(0);
    if (record.metered_seconds == 0) {  // it was refused, or nobody took it
      EXPECT_FALSE(record.cost.elevenlabs || record.cost.llm) << record.call.value;
      continue;
    }
    without += record.reports.empty();
    expect_charges(record, book);
    told_conversations += amount_of(record.cost.elevenlabs);
    models += amount_of(record.cost.llm);
    if (record.cost.elevenlabs && record.cost.elevenlabs->source == model::cost_source::vendor)
      charged += record.cost.elevenlabs->amount.amount;
  }
  EXPECT_EQ(told, book.size());
  EXPECT_EQ(told_seconds, seconds);
  EXPECT_EQ(told_conversations + models, billed);
  EXPECT_EQ(told_on_line, on_line);
  EXPECT_EQ(told_by_webhook, by_webhook);
  EXPECT_GT(on_line, 0U);
  EXPECT_GT(by_webhook, 0U);
  EXPECT_GT(charged, 0) << "of some it is the vendor's word";
  EXPECT_GT(told_conversations, charged) << "and of some our estimate";
  EXPECT_GT(models, 0) << "beside which the model is told by itself";
  EXPECT_GT(without, 0u) << "some had no conversation: that costs nothing";
  const auto asked_for = w.on_loop([&] { return w.vendor().documents_told(); });
  EXPECT_GT(asked_for, 0u) << "some were never reported";
  std::cout << "At ElevenLabs: " << book.size() << " conversations, " << seconds << " s, " << billed
            << " millionths, of which " << charged << " are its charge and " << models << " models by themselves; "
            << on_line + by_webhook << " tools; " << asked_for << " answers to who asked for a report" << std::endl;
}

}  // namespace tonris::e2e
