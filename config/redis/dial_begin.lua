#!lua
-- A call that Twilio is to be asked for, or what stands against it: a client's id stands for one call at all nodes, and
-- a tenant's attempts are counted over all of them, by Redis' clock. A day begins with the first, and lasts 24 h.
-- KEYS gen dial:<ticket> dialled:<ticket> dial_id:<tenant>:<id> dial_pair:<from and to> dial_minute:<tenant>
--   dial_day:<tenant>
-- ARGV prefix ticket tenant id ('' the client has none) asked dial per_minute per_day ticket_ms kept_ms
--   asked: a digest of what was asked for
-- -> ok | before ticket asked call ('' not known) lost age_ms dial ('' gone) at over hung heard heard_ms | being_called
--    | too_many_a_minute | too_many_a_day | lost
local R, prefix, ticket, id = redis.call, ARGV[1], ARGV[2], ARGV[4]
if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end
local time = R('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = id ~= '' and R('GET', KEYS[4])
local one = known and R('HMGET', prefix .. 'dial:' .. known, 'asked', 'call', 'lost', 'began', 'at', 'over', 'hung',
  'heard', 'heard_ms')
if one and one[1] then
  local age = string.format('%.0f', now - one[4])
  for i = 5, 9 do one[i] = one[i] or '' end
  return {'before', known, one[1], one[2], one[3] or '', age, R('GET', prefix .. 'dialled:' .. known) or '', one[5],
    one[6], one[7], one[8], one[9]}
end
if R('EXISTS', KEYS[5]) == 1 then return {'being_called'} end
R('ZREMRANGEBYSCORE', KEYS[6], '-inf', string.format('%.0f', now - 60000))
if R('ZCARD', KEYS[6]) >= tonumber(ARGV[7]) then return {'too_many_a_minute'} end
if tonumber(R('GET', KEYS[7]) or '0') >= tonumber(ARGV[8]) then return {'too_many_a_day'} end
R('ZADD', KEYS[6], string.format('%.0f', now), ticket)
R('PEXPIRE', KEYS[6], 60000)
if R('INCR', KEYS[7]) == 1 then R('PEXPIRE', KEYS[7], 86400000) end
R('HSET', KEYS[2], 'tenant', ARGV[3], 'asked', ARGV[5], 'call', '', 'at', '', 'began', string.format('%.0f', now),
  'pair', KEYS[5], 'id', id ~= '' and KEYS[4] or '')
R('PEXPIRE', KEYS[2], ARGV[10])
R('SET', KEYS[3], ARGV[6], 'PX', ARGV[9])
R('SET', KEYS[5], ticket, 'PX', ARGV[9])
if id ~= '' then R('SET', KEYS[4], ticket, 'PX', ARGV[10]) end
return {'ok'}
