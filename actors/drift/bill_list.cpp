#include "actors/drift/bill_list.hpp"

#include <utility>

#include "actors/drift/bills.hpp"
#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

namespace {

using outcome = bill_metrics::outcome;
using settings_type = bill_reader_settings;

bool is_refusal(unsigned status) noexcept {
  return status == 401 || status == 403 || status == 404;
}

}  // namespace

bill_list::bill_list(std::chrono::sys_days day, twilio_account as, model::tenant_id otherwise)
    : day_(day), as_(std::move(as)), otherwise_(std::move(otherwise)), place_(model::twilio_day_target(as_.sid, day)) {}

bill_list::bill_list(std::chrono::sys_days day, tenant_ptr whose, model::tenant_id otherwise)
    : day_(day), whose_(std::move(whose)), otherwise_(std::move(otherwise)) {}

std::string bill_list::name() const {
  if (is_twilios()) return as_.sid.value;
  return whose_ ? model::vendor_of(*whose_) : std::string{model::shared_vendor_key};
}

ask_twilio bill_list::question_to_twilio() const {
  return {as_, place_};
}

fetch_conversations bill_list::question_to_elevenlabs() const {
  return {day_, place_, whose_};
}

bill_list::progress bill_list::take(const twilio_answer& answer, const model::known_ids& known) {
  if (is_refusal(answer.status)) return {next::end, outcome::refused};
  if (answer.status != 200) return again();
  auto page = model::parse_twilio_call_page(answer.body, as_.sid);
  if (!page) return again();
  for (auto& one : page->calls)
    if (one.is_billed() && (!one.started || is_of_day(*one.started)) && !known.has(one))
      calls_.push_back(std::move(one));
  return go_on(std::move(page->next), page->calls.size());
}

bill_list::progress bill_list::take(const vendor_document& answer, const model::known_ids& known) {
  using found = vendor_document::outcome;
  if (answer.is == found::bad_key || answer.is == found::unknown) return {next::end, outcome::refused};
  if (answer.is != found::found) return again();
  auto page = model::elevenlabs::decode_conversation_page(answer.body);
  if (!page) return again();
  for (auto& one : page->conversations)
    if (one.seconds > 0 && is_of_day(one.started) && !known.has(one.conversation.value))
      conversations_.push_back(std::move(one));
  return go_on(std::move(page->cursor), page->conversations.size());
}

bill_list::progress bill_list::again() noexcept {
  if (++tries_ < settings_type::most_tries) return {next::again};
  return {next::end, outcome::failed};
}

/// A page without anything, or one that leads to itself, would never end.
bill_list::progress bill_list::go_on(std::string place, std::size_t listed) {
  tries_ = 0;
  has_page_ = true;
  listed_ += listed;
  if (place.empty()) return {next::end, outcome::read};
  if (listed == 0 || place == place_) return {next::end, outcome::failed};
  if (listed_ >= settings_type::most_listed) return {next::end, outcome::cut};
  place_ = std::move(place);
  return {next::page};
}

bool bill_list::is_of_day(std::chrono::sys_seconds at) const noexcept {
  return at >= day_ && at < day_ + std::chrono::days{1};
}

}  // namespace tonris::actors
