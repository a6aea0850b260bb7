#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "actors/store/private_database.hpp"
#include "model/text/ids.hpp"
#include "net/sqlite.hpp"

namespace tonris::actors {

/// What ElevenLabs told after its conversations, in `callbacks.db`, beside the call store's file and under its lock:
/// kept before it is answered, worked off later. Once it is in its call's record, or nobody's, its body goes, and the
/// event stays known. One thread at a time; blocks on the disk.
class callback_database {
 public:
  using time = std::chrono::system_clock::time_point;
  template <class T>
  using result = net::sqlite::result<T>;

  /// An event that is done with. Sound that belongs to a call stays as long as the call's record.
  static constexpr std::chrono::days kept_for{30};
  /// What waits: no tenant keeps what was said for less, so no rule of theirs is over before.
  static constexpr std::chrono::hours waits_for{24};
  /// A deleted call's id and its conversations' are known so long, by their digests: as long as the call store knows
  /// it.
  static constexpr std::chrono::days forgotten_for{400};
  /// Of all that waits; beyond it there is no room for more.
  static constexpr std::int64_t max_bodies_bytes = 2LL * 1024 * 1024 * 1024;
  /// Of bodies, a little more at most, that are read in one go for a number.
  static constexpr std::size_t most_searched_bytes = 16UL * 1024 * 1024;
  static constexpr std::int64_t max_audio_bytes = 4LL * 1024 * 1024 * 1024;

  /// One event. A conversation has one of each type; what names no conversation goes by a digest of its body.
  struct key {
    std::string conversation, type;
    bool operator==(const key&) const = default;
  };
  enum class progress : std::uint8_t {
    waiting,
    told,  ///< to whoever keeps the record, and once more, later or in the next life: a crash loses nothing then
    done,
    nobodys,  ///< nobody knows the conversation
  };
  struct callback {
    key of;
    time received;
    std::string body;        ///< the JSON, without the audio that was in it; "": it is done with
    std::string audio_file;  ///< its name in DATA_DIR/callbacks; "": none
    std::uint64_t audio_bytes = 0;
    progress is = progress::waiting;
    unsigned tries = 0;      ///< so far
    model::call_sid call{};  ///< that it names; "": none
    bool is_polled = false;  ///< the vendor was asked for it
  };
  struct counts {
    std::int64_t waiting = 0, nobodys = 0;
  };

  /// Makes the file where there is none, for its owner only. The directory has to be there.
  [[nodiscard]] static tl::expected<callback_database, unusable_database> open(const std::string& data_dir);

  enum class kept : std::uint8_t { yes, known, full, forgotten };
  /// Commits it. `known`: that event is there already, and stays as it is. `full`: there is no room for it.
  /// `forgotten`: its call or its conversation was deleted.
  [[nodiscard]] result<kept> keep(const callback& what);
  /// The one that is due first, if one is.
  [[nodiscard]] result<std::optional<callback>> next_due(time now);
  [[nodiscard]] result<std::optional<time>> next_time();  ///< when that is; nothing: nothing waits
  struct settlement {
    progress to = progress::waiting;
    std::optional<time> again{};  ///< when it is due once more; nothing: never
    model::call_sid call{};       ///< whose it is, once that is known
    bool is_a_try = true;
  };
  /// The name of a file that is nobody's then; "": none is.
  [[nodiscard]] result<std::string> settle(const key& of, const settlement& how);
  /// Of an event of that conversation which was settled; "": none tells.
  [[nodiscard]] result<model::call_sid> call_of(const std::string& conversation);
  [[nodiscard]] result<counts> count();
  /// Deletes what is older than it is kept for, and the oldest beyond its room, and gives up what has waited for too
  /// long; the names of the files that are nobody's then.
  [[nodiscard]] result<std::vector<std::string>> prune(time now);
  /// Deletes all that was told of those calls, of conversations of theirs and of those; what comes of them later is
  /// not kept. The names of the files that are nobody's then.
  [[nodiscard]] result<std::vector<std::string>> forget(const std::vector<model::call_sid>& calls,
                                                        std::vector<model::conversation_id> conversations, time now);
  struct found_waiting {
    std::vector<model::conversation_id> conversations;  ///< whose calls were looked for: they are nobody's so far
    std::size_t not_looked_for = 0;                     ///< others: whose they are is about to be known
    std::int64_t last = 0;                              ///< the row that was read last, where there may be more; else 0
  };
  /// Of what waits in the rows behind that one: what names that number (model::is_mentioned), and that tenant where one
  /// is wanted. What waits has a bound, and so has each look (most_searched_bytes).
  [[nodiscard]] result<found_waiting> waiting_with(const std::string& number,
                                                   const std::optional<model::tenant_id>& tenant, std::int64_t behind);
  /// The audio alone, and likewise.
  [[nodiscard]] result<std::vector<std::string>> forget_audio(const model::call_sid& call);
  [[nodiscard]] result<std::vector<std::string>> audio_files();  ///< all that belong to an event
  /// Whose audio came before then and is in their records, in order behind that one.
  [[nodiscard]] result<std::vector<model::call_sid>> calls_with_audio(const model::call_sid& behind, time before,
                                                                      std::size_t most);
  /// Nothing that was deleted is left in the write-ahead log either.
  [[nodiscard]] result<void> erase_traces();
  [[nodiscard]] net::sqlite::database& connection() noexcept { return db_; }

 private:
  explicit callback_database(net::sqlite::database db) : db_(std::move(db)) {}
  [[nodiscard]] result<void> measure();
  [[nodiscard]] result<bool> is_forgotten(const callback& what);
  [[nodiscard]] result<void> note_forgotten(const std::string& id, time now);
  [[nodiscard]] result<std::vector<std::string>> files_of(const model::call_sid& call);
  [[nodiscard]] result<std::vector<std::string>> give_up(time now);

  net::sqlite::database db_;
  std::int64_t bodies_ = 0;  ///< bytes of all that wait
};

}  // namespace tonris::actors
