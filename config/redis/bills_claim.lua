#!lua flags=allow-oom
-- Who reads the vendors' lists of a day, for all nodes: one, for as long as he says so again in time.
-- KEYS gen bills:<day> bills_by:<day>  ARGV node lease_ms may_read (0: he cannot, and only asks)
-- -> mine | held (by another, or by nobody yet) | read (nobody needs to any more) | lost
local R = redis.call
if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end
if R('EXISTS', KEYS[2]) == 1 then return {'read'} end
local by = R('GET', KEYS[3])
if by and by ~= ARGV[1] then return {'held'} end
if ARGV[3] == '0' then return {'held'} end
R('SET', KEYS[3], ARGV[1], 'PX', ARGV[2])
return {'mine'}
