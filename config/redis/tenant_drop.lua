#!lua flags=allow-oom
-- KEYS gen seq t:<id> num ids imp keys:<id>  ARGV id want channel prefix
-- -> ok seq numbers_before | unknown | stale etag | lost. Its keys go with it, of which there are few.
local call, id, want = redis.call, ARGV[1], ARGV[2]
if call('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local there = call('HMGET', KEYS[3], 'etag', 'num')
local etag, before = there[1], there[2] or ''
if not etag then return {'unknown'} end
if want ~= '*' and want ~= etag then return {'stale', etag} end
local seq = string.format('%.0f', call('INCR', KEYS[2]))
for number in before:gmatch('%S+') do call('HDEL', KEYS[4], number) end
for _, one in ipairs(call('SMEMBERS', KEYS[7])) do call('DEL', ARGV[4] .. 'key:' .. one) end
call('DEL', KEYS[3], KEYS[7])
call('HDEL', KEYS[6], id)
call('ZREM', KEYS[5], id)
call('PUBLISH', ARGV[3], seq .. '\n' .. id .. '\n' .. before .. '\n')
return {'ok', seq, before}
