#!lua
-- KEYS gen vr:<vendor>  ARGV tenant calls tenant calls... -> ok | lost. All there are: who is not among them has nothing reserved.
local R = redis.call if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end R('DEL', KEYS[2]) for i = 1, #ARGV, 2 do R('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end return {'ok'}
