#!lua flags=allow-oom
-- KEYS gen u:<tenant>:<month>  ARGV node seconds microdollars calls -> ok | again | lost
-- What a node has booked of a month in another life of the data, without what its live calls tell themselves: added once a node and life.
local R = redis.call if R('EXISTS', KEYS[1]) == 0 then return {'lost'} end if R('HSETNX', KEYS[2], 'n:' .. ARGV[1], '1') == 0 then return {'again'} end
R('HINCRBY', KEYS[2], 's', ARGV[2]) R('HINCRBY', KEYS[2], 'c', ARGV[3]) R('HINCRBY', KEYS[2], 'calls', ARGV[4]) R('EXPIRE', KEYS[2], 34300800, 'NX') return {'ok'}
