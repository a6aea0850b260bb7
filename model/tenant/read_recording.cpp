#include "model/tenant/read_recording.hpp"

#include "model/tenant/rules.hpp"

namespace tonris::model {

tenant::recording_type read_recording(json_fields& settings) {
  tenant::recording_type recording;
  settings.object("recording", [&](json_fields& fields) {
    recording.allowed = fields.flag("allowed").value_or(false);
    recording.dual = fields.text("channels", tenant_rules::channels).value_or("mono") == "dual";
  });
  return recording;
}

void put_recording(json_writer& out, const tenant::recording_type& recording) {
  if (recording == tenant::recording_type{}) return;
  out.open_object("recording");
  out.member("allowed", recording.allowed);
  out.member("channels", recording.dual ? "dual" : "mono");
  out.close_object();
}

}  // namespace tonris::model
