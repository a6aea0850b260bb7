#include "model/finding/went_wrong.hpp"

namespace tonris::model {

bool is_wrong_end(end_reason reason) noexcept {
  return gravity_of(reason) != gravity::ordinary;
}

bool went_wrong(const call_record& record) noexcept {
  return record.troubled.has_value() || (record.reason && is_wrong_end(*record.reason));
}

}  // namespace tonris::model
