#include "model/finding/other_party.hpp"

#include "model/phone/number.hpp"
#include "model/twilio/webhook.hpp"

namespace tonris::model {

std::string shown_calling(std::string_view direction, std::string_view from) {
  return twilio::is_outbound(direction) ? std::string{from} : redacted(from);
}

call_record without_other_number(call_record record) {
  record.from = shown_calling(record.direction, record.from);
  record.to = shown_called(record.direction, record.to);
  return record;
}

}  // namespace tonris::model
