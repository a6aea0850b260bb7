#!lua flags=allow-oom
-- KEYS gen young seq schema  ARGV my_last_gen new_gen recover_ms schema -> {gen, made_now, seq, schema}. Each node, after each connect, first of all.
local R, g, made = redis.call, redis.call('GET', KEYS[1]), 0 if not g then g, made = ARGV[2], 1 R('SET', KEYS[1], g) R('SET', KEYS[4], ARGV[4]) end
if ARGV[1] ~= '' and ARGV[1] ~= g then R('SET', KEYS[2], '1', 'PX', ARGV[3]) end  -- somebody remembers another life: data was lost
return {g, made, tonumber(R('GET', KEYS[3]) or 0), R('GET', KEYS[4])}
