#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/audio/format.hpp"
#include "net/loop.hpp"
#include "tools/sim/elevenlabs/agent_script.hpp"

namespace tonris::sim {

/// Who an agent talks to.
struct conversation_facts {
  std::uint64_t number = 0;  ///< of the server's conversations, from 1
  std::string conversation_id, agent_id;
  std::map<std::string, std::string> variables;  ///< dynamic variables of the initiation, as text
};

/// Where an agent's speech comes from. Loop thread only.
class speech_source {
 public:
  virtual ~speech_source() = default;
  /// Mu-law, 8 kHz; empty when there is no such sound.
  virtual std::vector<std::uint8_t> speech(const std::string& sound, const conversation_facts& who) = 0;
};

/// WAV files of a folder, each read once.
class speech_folder final : public speech_source {
 public:
  explicit speech_folder(std::string folder) : folder_(std::move(folder)) {}
  std::vector<std::uint8_t> speech(const std::string& sound, const conversation_facts& who) override;
  [[nodiscard]] const std::vector<std::string>& mistakes() const noexcept { return mistakes_; }

 private:
  std::string folder_;
  std::map<std::string, std::vector<std::uint8_t>> read_;
  std::vector<std::string> mistakes_;
};

/// Sends one sentence at a time as audio messages: converted to the agent's format, cut into chunks as the behaviour
/// says, faster than real time, and knows how far a listener in real time would be. Loop thread only.
class agent_speaker {
 public:
  using sender = std::function<void(std::string message)>;
  agent_speaker(net::loop& on, const agent_behaviour& behaviour, model::audio_format format, sender send);

  /// Replaces what is being said. `sent` is called when the last chunk has left.
  void say(const std::vector<std::uint8_t>& ulaw, std::int64_t event_id, std::function<void()> sent);
  /// Stops; returns up to `stragglers` further audio messages of the cut sentence.
  std::vector<std::string> cut(std::size_t stragglers);

  [[nodiscard]] bool playing() const;  ///< would somebody who hears in real time still hear it?
  [[nodiscard]] double heard() const;  ///< the share of the sentence heard by now, 0 to 1
  [[nodiscard]] bool sending() const noexcept { return !chunks_.empty(); }

 private:
  [[nodiscard]] std::vector<std::uint8_t> converted(const std::vector<std::uint8_t>& ulaw) const;
  void cut_into_chunks(const std::vector<std::uint8_t>& bytes);
  [[nodiscard]] std::string message_of(const std::vector<std::uint8_t>& chunk);
  void send_due();

  const agent_behaviour& behaviour_;
  model::audio_format format_;
  sender send_;
  net::timer timer_;
  std::deque<std::vector<std::uint8_t>> chunks_;
  std::vector<std::uint8_t> last_chunk_;
  std::function<void()> sent_;
  std::int64_t event_id_ = 0;
  std::uint64_t messages_ = 0;
  std::size_t next_size_ = 0;
  std::chrono::steady_clock::time_point began_{}, next_due_{};
  std::chrono::milliseconds lasts_{0};
};

}  // namespace tonris::sim
