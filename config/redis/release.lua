#!lua flags=allow-oom
-- KEYS gen l:<call> c:<tenant> m:<tenant> u:<tenant>:<month> v:<vendor> vn:<vendor> r:<tenant>:<caller>  ARGV call tenant node epoch final_s final_u settle_ms undo(0|1)
-- -> ok | again | fenced node | lost. epoch '': never heard whether it was admitted. The tombstone stops an admission that is still on its way.
local R = redis.call if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end local l = R('HMGET', KEYS[2], 'n', 'e', 's', 'c', 'end') if l[5] then return {'again'} end
if l[1] and (l[1] ~= ARGV[3] or (ARGV[4] ~= '' and l[2] ~= ARGV[4])) then return {'fenced', l[1]} end R('ZREM', KEYS[3], ARGV[1])
if R('ZREM', KEYS[6], ARGV[2] .. '|' .. ARGV[1]) == 1 and R('HINCRBY', KEYS[7], ARGV[2], -1) <= 0 then R('HDEL', KEYS[7], ARGV[2]) end
if l[1] then local ds, dc = ARGV[5] - (l[3] or 0), ARGV[6] - (l[4] or 0)  -- what was booked ahead and not used comes back
if ds ~= 0 then R('HINCRBY', KEYS[5], 's', ds) end if dc ~= 0 then R('HINCRBY', KEYS[5], 'c', dc) end
if ARGV[8] == '1' then R('ZREM', KEYS[4], ARGV[1]) R('ZREM', KEYS[8], ARGV[1]) R('HINCRBY', KEYS[5], 'calls', -1)
if ARGV[4] ~= '' then R('DEL', KEYS[2]) return {'ok'} end end end  -- it never began, and nothing of it is on its way: it may ask anew, elsewhere
R('HSET', KEYS[2], 'end', R('TIME')[1], 's', ARGV[5], 'c', ARGV[6]) R('PEXPIRE', KEYS[2], ARGV[7]) return {'ok'}
