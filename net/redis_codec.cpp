#include "net/redis_codec.hpp"

#include <hiredis/hiredis.h>

#include <new>
#include <vector>

namespace tonris::net {

/// What is left of the limits for the reply that is being read. hiredis asks for each part of it before it has it.
struct redis_reply_budget {
  explicit redis_reply_budget(const redis_reply_limits& most) : limits{most}, left{most} {}

  bool take_items(std::size_t count) {
    if (count > left.items) return false;
    left.items -= count;
    return true;
  }
  bool take_bytes(std::size_t count) {
    if (count > left.bytes) return false;
    left.bytes -= count;
    return true;
  }

  redis_reply_limits limits;
  redis_reply_limits left;
};

namespace {

/// The reply to fill: a new one, or its place in the array around it. Nothing but the root has an owner of its own.
redis_reply* place_of(const redisReadTask* task) {
  if (task->parent == nullptr) return new (std::nothrow) redis_reply;
  auto* const around = static_cast<redis_reply*>(task->parent->obj);
  return &around->items[static_cast<std::size_t>(task->idx)];
}

void free_reply(void* reply) {
  delete static_cast<redis_reply*>(reply);
}

void drop(const redisReadTask* task, redis_reply* what) {
  if (task->parent == nullptr) delete what;
}

std::size_t depth_of(const redisReadTask* task) {
  std::size_t depth = 0;
  for (; task != nullptr; task = task->parent) ++depth;
  return depth;
}

redis_reply::kind kind_of(int type) {
  if (type == REDIS_REPLY_STATUS) return redis_reply::kind::status;
  if (type == REDIS_REPLY_ERROR) return redis_reply::kind::failure;
  return redis_reply::kind::text;
}

redis_reply_budget& budget_of(const redisReadTask* task) {
  return *static_cast<redis_reply_budget*>(task->privdata);
}

// Each answers null for what it will not have, which hiredis tells as "Out of memory". Nothing may be thrown through
// it.
void* create_text(const redisReadTask* task, char* text, std::size_t size) {
  if (!budget_of(task).take_bytes(size)) return nullptr;
  auto* const out = place_of(task);
  if (out == nullptr) return nullptr;
  try {
    out->is = kind_of(task->type);
    out->text.assign(text, size);
    return out;
  } catch (const std::bad_alloc&) {
    drop(task, out);
    return nullptr;
  }
}

void* create_items(const redisReadTask* task, int count) {
  auto& left = budget_of(task);
  if (depth_of(task) > left.limits.depth || !left.take_items(static_cast<std::size_t>(count))) return nullptr;
  auto* const out = place_of(task);
  if (out == nullptr) return nullptr;
  try {
    out->is = redis_reply::kind::items;
    out->items.resize(static_cast<std::size_t>(count));
    return out;
  } catch (const std::bad_alloc&) {
    drop(task, out);
    return nullptr;
  }
}

void* create_integer(const redisReadTask* task, long long value) {
  auto* const out = place_of(task);
  if (out == nullptr) return nullptr;
  out->is = redis_reply::kind::integer;
  out->integer = value;
  return out;
}

void* create_nil(const redisReadTask* task) {
  return place_of(task);
}

redisReplyObjectFunctions functions{create_text, create_items, create_integer, create_nil, free_reply};

}  // namespace

void append_redis_command(std::span<const std::string_view> arguments, std::string& out) {
  std::vector<const char*> starts;
  std::vector<std::size_t> sizes;
  starts.reserve(arguments.size());
  sizes.reserve(arguments.size());
  for (const auto argument : arguments) {
    starts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* text = nullptr;
  const int size = redisFormatCommandArgv(&text, static_cast<int>(arguments.size()), starts.data(), sizes.data());
  if (size < 0) throw std::bad_alloc{};
  const std::unique_ptr<char, void (*)(char*)> owned{text, redisFreeCommand};
  out.append(text, static_cast<std::size_t>(size));
}

std::string eval_of(std::string_view evalsha, std::string_view script) {
  constexpr std::string_view name = "$7\r\nEVALSHA\r\n";
  constexpr std::size_t hash = 5 + 40 + 2;  // with its length before it and its end
  const auto at = evalsha.find(name);
  std::string out{evalsha.substr(0, at)};
  out.append("$4\r\nEVAL\r\n$").append(std::to_string(script.size())).append("\r\n").append(script).append("\r\n");
  return out.append(evalsha.substr(at + name.size() + hash));
}

redis_decoder::redis_decoder(const redis_reply_limits& limits)
    : budget_{std::make_unique<redis_reply_budget>(limits)}, reader_{redisReaderCreateWithFunctions(&functions)} {
  if (!reader_) throw std::bad_alloc{};
  reader_->privdata = budget_.get();
  reader_->maxbuf = 0;  // its buffer is not freed whenever it is empty
}

redis_decoder::~redis_decoder() = default;

void redis_decoder::free_reader::operator()(redisReader* reader) const noexcept {
  redisReaderFree(reader);
}

bool redis_decoder::feed(std::string_view bytes) {
  if (failed()) return false;
  if (redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK) return fail(reader_->errstr);
  return true;
}

std::optional<redis_reply> redis_decoder::next() {
  void* read = nullptr;
  if (redisReaderGetReply(reader_.get(), &read) != REDIS_OK) {
    fail(reader_->err == REDIS_ERR_OOM ? "a reply beyond all limits" : reader_->errstr);
    return std::nullopt;
  }
  if (read == nullptr) {
    if (reader_->len - reader_->pos > budget_->limits.bytes) fail("a reply beyond all limits");
    return std::nullopt;
  }
  const std::unique_ptr<redis_reply> owned{static_cast<redis_reply*>(read)};
  budget_->left = budget_->limits;
  return std::move(*owned);
}

bool redis_decoder::fail(std::string why) {
  failure_ = std::move(why);
  return false;
}

}  // namespace tonris::net
