#include "model/outbound/ringing.hpp"

namespace tonris::model {

call_record record_of(const dial& one) {
  call_record record;
  record.call = one.call;
  record.tenant = one.asked.tenant;
  record.direction = "outbound-api";
  record.from = one.asked.from;
  record.to = one.asked.to;
  record.agent = one.asked.agent;
  record.state = call_state::ringing;
  record.started = one.began_at;
  return record;
}

}  // namespace tonris::model
