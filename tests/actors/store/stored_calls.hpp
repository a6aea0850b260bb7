#pragma once

#include <chrono>
#include <string>

#include "model/call/checkpoint.hpp"
#include "model/call/record.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {

inline const model::call_sid some_call{"CA00000000000000000000000000000001"};

inline std::chrono::system_clock::time_point now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

inline std::string checkpoint_of(const model::call_sid& call) {
  model::call_checkpoint c;
  c.record.call = call;
  c.record.started = now();
  return to_json(c);
}

inline std::string record_of(const model::call_sid& call) {
  model::call_record r;
  r.call = call;
  r.started = now();
  return to_json(r);
}

inline const model::call_record::voicemail_message some_message{"RE1", "https://recordings.example/RE1", 7, now()};

}  // namespace tonris::actors::test
