#!lua
-- KEYS l:<call> k:<call> kt:<call>  ARGV node epoch keep_ms json first_line line... -> ok | fenced node. Transcript lines from first_line (0-based) on replace what stands there.
local R, l = redis.call, redis.call('HMGET', KEYS[1], 'n', 'e') if l[1] ~= ARGV[1] or l[2] ~= ARGV[2] then return {'fenced', l[1] or ''} end
R('HSET', KEYS[2], 'json', ARGV[4], 'e', ARGV[2]) R('PEXPIRE', KEYS[2], ARGV[3])
if #ARGV > 5 then if ARGV[5] == '0' then R('DEL', KEYS[3]) else R('LTRIM', KEYS[3], 0, ARGV[5] - 1) end for i = 6, #ARGV do R('RPUSH', KEYS[3], ARGV[i]) end end R('PEXPIRE', KEYS[3], ARGV[3]) return {'ok'}
