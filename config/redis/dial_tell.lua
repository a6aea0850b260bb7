#!lua flags=allow-oom
-- What a node knows of a call that was placed, by its ticket. The first CallSid that comes with it counts.
-- KEYS dial:<ticket> dialled:<ticket>
-- ARGV at ('' as it is) call ('' not known) name value...
--   at: the node that serves it from now on; with a - before it, no more. Of what is named the first word stands, but that nobody knows who answered.
-- -> ok tenant call at hung heard heard_ms dial ('' gone) | unknown
local R, known = redis.call, redis.call('HMGET', KEYS[1], 'call', 'pair')
local call = ARGV[2]
if not known[1] or (call ~= '' and known[1] ~= '' and known[1] ~= call) then return {'unknown'} end
if call ~= '' and known[1] == '' then
  R('HSET', KEYS[1], 'call', call)
  if R('GET', known[2]) == string.match(KEYS[1], '[^:]*$') then R('DEL', known[2]) end
end
local left = ARGV[1]:match('^%-(.*)$')
if left and R('HGET', KEYS[1], 'at') == left then R('HSET', KEYS[1], 'at', '') end
if ARGV[1] ~= '' and not left then R('HSET', KEYS[1], 'at', ARGV[1]) end
local told = {}
for i = 3, #ARGV, 2 do told[ARGV[i]] = ARGV[i + 1] end
if (told.heard or 'unknown') ~= 'unknown' and R('HGET', KEYS[1], 'heard') == 'unknown' then
  R('HDEL', KEYS[1], 'heard', 'heard_ms')
end
for i = 3, #ARGV, 2 do R('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
local now = R('HMGET', KEYS[1], 'tenant', 'call', 'at', 'hung', 'heard', 'heard_ms')
for i = 1, 6 do now[i] = now[i] or '' end
return {'ok', now[1], now[2], now[3], now[4], now[5], now[6], R('GET', KEYS[2]) or ''}
