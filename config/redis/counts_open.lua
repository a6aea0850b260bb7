#!lua flags=allow-oom
-- KEYS gen young schema  ARGV my_last_gen new_gen recover_ms schema -> {gen, schema}
-- Each node's admission, after each connect, first of all. my_last_gen: of the data that it has told its calls to, ''
-- none. Where that was another, or the calls may have lapsed meanwhile, nobody comes in before all nodes had time to
-- tell theirs. Of tenants it says nothing (open.lua does).
local R, g = redis.call, redis.call('GET', KEYS[1])
if not g then g = ARGV[2] R('SET', KEYS[1], g) R('SET', KEYS[3], ARGV[4]) end
if ARGV[1] ~= '' and ARGV[1] ~= g then R('SET', KEYS[2], '1', 'PX', ARGV[3]) end
return {g, R('GET', KEYS[3])}
