#include "actors/call/pressed_keys.hpp"

namespace tonris::actors {

void pressed_keys::press(const key_pressed& key, bool is_told) {
  auto& life = *call_.life;
  if (life.keys.size() >= most) life.keys.erase(0, 1);
  life.keys += key.digit;
  life.state.sealed_keys = call_.services->seal(life.keys);
  call_.note(model::call_moment::key_pressed);
  if (is_told) tell();
  call_.save();
}

void pressed_keys::tell() {
  const auto& life = *call_.life;
  if (life.keys.empty() || !life.agent_live) return;
  call_.self->send(life.agent_leg,
                   tell_agent{"The caller pressed these keys on the phone so far: " + life.keys, "dtmf"});
}

}  // namespace tonris::actors
