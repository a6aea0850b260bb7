#include "actors/drift/bill_list.hpp"

#include <functional>
#include <unordered_set>
#include <utility>

#include "actors/drift/bills.hpp"
#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

namespace {

using outcome = bill_metrics::outcome;
using settings_type = bill_reader_settings;

/// Of a page behind the first, to which the vendor no longer knows the way, the list itself says nothing.
bool is_refusal(unsigned status, bool is_first_page) noexcept {
  return status == 401 || status == 403 || (status == 404 && is_first_page);
}

/// Adds what is unknown while there is room for it. False: there was not for all.
template <class Listed, class IsUnknown>
bool add_unknown(std::vector<Listed>& to, std::vector<Listed>& page, std::size_t room, IsUnknown is_unknown) {
  for (auto& one : page) {
    if (!is_unknown(one)) continue;
    if (room == 0) return false;
    --room;
    to.push_back(std::move(one));
  }
  return true;
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

std::string bill_list::identity() const {
  if (is_twilios()) return as_.sid.value;
  const auto key = whose_ ? std::hash<std::string>{}(whose_->secrets.api_key.text) : 0;
  return name() + " " + std::to_string(key);
}

bool bill_list::can_be_asked() const {
  if (is_twilios()) return !as_.token.empty();
  return !whose_ || whose_->secrets.api_key.is_plain();
}

bool bill_list::has_token_of(const bill_list& other) const {
  return as_.token.reveal() == other.as_.token.reveal();
}

void bill_list::go_on_as(const bill_list& other) {
  as_ = other.as_;
  whose_ = other.whose_;
  otherwise_ = other.otherwise_;
}

bill_list::progress bill_list::take(const twilio_answer& answer, const model::known_ids& known, std::size_t room) {
  if (is_refusal(answer.status, !has_page_)) return {next::end, outcome::refused};
  if (answer.status != 200) return again();
  auto page = model::parse_twilio_call_page(answer.body, as_.sid);
  if (!page) return again();
  const auto listed = page->calls.size();
  const bool had_room = add_unknown(calls_, page->calls, room, [&](const auto& one) {
    return one.is_billed() && (!one.started || is_of_day(*one.started)) && !known.has(one);
  });
  return go_on(std::move(page->next), listed, had_room);
}

bill_list::progress bill_list::take(const vendor_document& answer, const model::known_ids& known, std::size_t room) {
  using found = vendor_document::outcome;
  if (answer.is == found::bad_key || (answer.is == found::unknown && !has_page_)) return {next::end, outcome::refused};
  if (answer.is != found::found) return again();
  auto page = model::elevenlabs::decode_conversation_page(answer.body);
  if (!page) return again();
  const auto listed = page->conversations.size();
  const bool had_room = add_unknown(conversations_, page->conversations, room, [&](const auto& one) {
    return one.seconds > 0 && is_of_day(one.started) && !known.has(one.conversation.value);
  });
  return go_on(std::move(page->cursor), listed, had_room);
}

void bill_list::forget_known(const model::known_ids& known) {
  std::unordered_set<std::string> seen;
  std::erase_if(calls_, [&](const auto& one) { return known.has(one) || !seen.insert(one.call.value).second; });
  std::erase_if(conversations_, [&](const auto& one) {
    return known.has(one.conversation.value) || !seen.insert(one.conversation.value).second;
  });
}

void bill_list::forget_unknown() {
  calls_ = {};
  conversations_ = {};
}

bill_list::progress bill_list::again() noexcept {
  if (++tries_ < settings_type::most_tries) return {next::again};
  return {next::end, outcome::failed};
}

/// A page without anything, or one that leads to itself, would never end.
bill_list::progress bill_list::go_on(std::string place, std::size_t listed, bool had_room) {
  tries_ = 0;
  has_page_ = true;
  listed_ += listed;
  if (!had_room) return {next::end, outcome::cut};
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
