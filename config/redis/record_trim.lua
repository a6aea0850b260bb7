#!lua flags=allow-oom
-- KEYS records records:cut  ARGV keep_ms most -> how many entries went
-- What is too old goes also while nobody sends anything: whole blocks of the stream first, about so many at once, then
-- the part of one that is left. cut as in record_put.lua.
local R = redis.call
local time = R('TIME')
local least = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[1])
local old = R('XREVRANGE', KEYS[1], '(' .. least .. '-0', '-', 'COUNT', 1)
if not old[1] then return 0 end
R('SET', KEYS[2], old[1][1])
local went = R('XTRIM', KEYS[1], 'MINID', '~', least, 'LIMIT', ARGV[2])
if went == 0 then went = R('XTRIM', KEYS[1], 'MINID', '=', least) end
return went
