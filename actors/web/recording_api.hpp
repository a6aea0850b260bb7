#pragma once

namespace tonris::actors {

class http_front;
struct request_context;

/// POST /api/calls/{CallSid}/recording: begins, pauses, resumes and stops the recording of a call that goes on, where
/// its tenant allows that.
void record_call_by_api(http_front& at, request_context& asked);

}  // namespace tonris::actors
