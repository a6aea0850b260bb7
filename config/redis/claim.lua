#!lua flags=allow-oom
-- KEYS gen l:<call> k:<call> node:<me>  ARGV prefix me url lease_ms force(0|1) -> {'yours', epoch, checkpoint} | alive node url | ended | unknown | lost
local R = redis.call if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end R('SET', KEYS[4], ARGV[3], 'PX', ARGV[4]) local l = R('HMGET', KEYS[2], 'n', 'e', 'end')  -- who claims lives: the next claim must see that
if not l[1] then return {'unknown'} end if l[3] then return {'ended'} end if l[1] ~= ARGV[2] then local url = R('GET', ARGV[1] .. 'node:' .. l[1])
if url and ARGV[5] ~= '1' then return {'alive', l[1], url} end R('HSET', KEYS[2], 'n', ARGV[2]) end
return {'yours', R('HINCRBY', KEYS[2], 'e', 1), R('HGETALL', KEYS[3])}  -- always a new epoch: this node's former life is fenced as well
